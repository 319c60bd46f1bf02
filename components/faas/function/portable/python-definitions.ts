import { type Offered, mentions } from "./offered";

/** A name bound at the left margin: a function, a class or a variable. */
const binding = /^(?:(?:async[ \t]+)?def[ \t]+|class[ \t]+)?([\p{ID_Start}_]\p{ID_Continue}*)[ \t]*(?=\(|\[|:|=(?!=))/u;

/** Ways to bind names that reading line by line cannot follow. */
const dynamic = /\bimport[ \t]*\*|\b(globals|setattr|exec|vars|locals)[ \t]*\(|^def[ \t]+__getattr__\b/m;

/** Statements that look like a binding. */
const keywords = new Set(["else", "try", "finally"]);

/**
 * The names that a Python module binds at its left margin. Names can also be bound by imports, in indented lines and in
 * several lines, so only a name that the file does not mention is surely absent.
 */
export function pythonDefinitions(text: string): Offered {
    const names = text.split(/\r?\n/).flatMap((line) => {
        const name = binding.exec(line)?.[1];
        return name !== undefined && !keywords.has(name) && isBinding(line) ? [name] : [];
    });
    return { names: [...new Set(names)], mayOffer: (name) => dynamic.test(text) || mentions(text, name) };
}

/** A call at the left margin, like `setup(...)`, binds nothing. */
function isBinding(line: string): boolean {
    return /^(async[ \t]+def|def|class)[ \t]/.test(line) || /^[^(]*?(:|=)/.test(line);
}
