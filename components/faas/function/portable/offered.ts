/** What reading a file, without running it, tells about the functions that it offers. */
export interface Offered {
    /** Names that are surely there. */
    names: string[];
    /** Whether another name may be there too, made when the file is run. */
    mayOffer(name: string): boolean;
    /** Why the file cannot be loaded at all. */
    problem?: string;
}

/** Whether a text holds a name as a word of its own. */
export function mentions(text: string, name: string): boolean {
    return text.split(/[^\p{ID_Continue}$]+/u).includes(name);
}
