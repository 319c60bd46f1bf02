import * as fs from "node:fs";
import * as path from "node:path";
import MarkdownIt from "markdown-it";

/** The checkout. */
export const root = path.resolve(__dirname, "../../../..");

/** A code block of a page or of a doc comment. */
export interface Block {
    /** Path from the checkout's root. */
    readonly file: string;
    /** Line of the first line of code. */
    readonly line: number;
    /** As the fence says; empty when it says nothing. */
    readonly language: string;
    /** What the fence says beyond the language. */
    readonly annotation: string;
    readonly text: string;
    /** Blocks of one page, or of one doc comment, build on each other. */
    readonly group: string;
}

/** Something wrong in the documentation: `docs/a.md:12: why`. */
export type Fault = string;

/** A fault at a line of a block, counted from 0. */
export const faultAt = (block: Block, line: number, reason: string): Fault =>
    `${block.file}:${block.line + line}: ${reason}`;

/** Files below a directory whose name matches, as paths from the checkout's root. */
export function filesBelow(directory: string, pattern: RegExp): string[] {
    const absolute = path.join(root, directory);
    return fs
        .readdirSync(absolute, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && pattern.test(entry.name))
        .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
        .sort();
}

/** The pages that people write. */
export function pages(): string[] {
    const atRoot = fs.readdirSync(root).filter((name) => name.endsWith(".md"));
    const written = filesBelow("docs", /\.md$/).filter((file) => !file.startsWith(path.join("docs", "api")));
    return [...atRoot.sort(), ...written];
}

export const readPage = (file: string): string => fs.readFileSync(path.join(root, file), "utf8");

const markdown = new MarkdownIt({ html: true });

/** The code blocks of a Markdown text. */
export function blocksOf(text: string, file: string, group: string, firstLine = 1): Block[] {
    return markdown
        .parse(text, {})
        .filter(({ type }) => type === "fence" || type === "code_block")
        .map((token) => {
            const [, language, annotation] = /^(\S*)\s*(.*)$/.exec(token.info.trim())!;
            const line = firstLine + token.map![0] + (token.type === "fence" ? 1 : 0);
            return { file, line, language: language!, annotation: annotation!, text: token.content, group };
        });
}

/** The code blocks of all pages. */
export function pageBlocks(): Block[] {
    return pages().flatMap((file) => blocksOf(readPage(file), file, file));
}

/** The code blocks of all doc comments below components/, and the examples that stand there without a fence. */
export function commentBlocks(): Block[] {
    return filesBelow("components", /\.m?ts$/).flatMap((file) => commentsOf(file).flatMap(blocksOfComment));
}

interface Comment {
    readonly file: string;
    readonly line: number;
    /** Without the stars. */
    readonly text: string;
}

function commentsOf(file: string): Comment[] {
    const source = readPage(file);
    return [...source.matchAll(/^[ \t]*\/\*\*([\s\S]*?)\*\//gm)].map((match) => ({
        file,
        line: source.slice(0, match.index).split("\n").length,
        text: match[1]!.replace(/^[ \t]*\* ?/gm, ""),
    }));
}

function blocksOfComment({ file, line, text }: Comment): Block[] {
    const group = `${file}:${line}`;
    const bare = [...text.matchAll(/^@example[ \t]*([\s\S]*?)(?=^@\w|$(?![\s\S]))/gm)].filter(
        ([, example]) => !example!.includes("```"),
    );
    const examples = bare.map((match) => {
        const example = match[1]!;
        const codeAt = match.index + match[0].length - example.length;
        const before = text.slice(0, codeAt).split("\n").length - 1;
        return { file, line: line + before, language: "ts", annotation: "", text: example, group };
    });
    return [...blocksOf(text, file, group, line), ...examples];
}
