/** An entry of a zip's central directory, as far as fflate does not tell. */
export interface ZipEntry {
    name: string;
    isLink: boolean;
    isEncrypted: boolean;
}

// Layouts: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.12 and 4.3.16.
const endSignature = 0x06054b50;
const endLength = 22;
const longestComment = 0xffff;
const entrySignature = 0x02014b50;
const entryLength = 46;

/** The upper half of the attributes holds the Unix file mode: its type bits, and the type of a symbolic link. */
const modeShift = 16;
const typeMask = 0o170000;
const linkType = 0o120000;

/** The entries of a zip, or nothing when the bytes are none. */
export function zipEntries(bytes: Buffer): ZipEntry[] | undefined {
    const end = findEnd(bytes);
    if (end === undefined) {
        return undefined;
    }
    const entries: ZipEntry[] = [];
    let offset = bytes.readUInt32LE(end + 16);
    for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
        if (offset + entryLength > bytes.length || bytes.readUInt32LE(offset) !== entrySignature) {
            return undefined;
        }
        const nameLength = bytes.readUInt16LE(offset + 28);
        const nameStart = offset + entryLength;
        entries.push({
            name: bytes.toString("utf8", nameStart, nameStart + nameLength),
            isLink: ((bytes.readUInt32LE(offset + 38) >>> modeShift) & typeMask) === linkType,
            isEncrypted: (bytes.readUInt16LE(offset + 8) & 1) === 1,
        });
        offset = nameStart + nameLength + bytes.readUInt16LE(offset + 30) + bytes.readUInt16LE(offset + 32);
    }
    return entries;
}

/** The end record stands last, before a comment of any length that fits. */
function findEnd(bytes: Buffer): number | undefined {
    const first = Math.max(0, bytes.length - endLength - longestComment);
    for (let offset = bytes.length - endLength; offset >= first; offset--) {
        if (bytes.readUInt32LE(offset) === endSignature) {
            return offset;
        }
    }
    return undefined;
}
