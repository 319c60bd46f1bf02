import { Module } from "node:module";
import * as vm from "node:vm";
import { cjsModuleLexer as cjs, esModuleLexer as esm } from "../../../core/lazy-modules";
import type { SourceFile } from "../driver";
import { type Offered, mentions } from "./offered";
import { hasModuleSyntax } from "./handler-name";

/** Exports that no lexer sees: copied, spread, computed, or made by a call. */
const dynamicExports =
    /Object\s*\.\s*(assign|definePropert)|\.\.\.|exports\s*\[|__export|module\s*\.\s*exports\s*=\s*(?!\s|function|async|class|[{(=])/;

/** The module is a single function or class, which Node also calls its default export. */
const singleExport = /module\s*\.\s*exports\s*=\s*(async\b|function\b|class\b|\()/;

/** The default export is itself a function or a class, so it carries no functions of other names. */
const directDefault = /^\s*(async\s+)?(function|class|\()/;

/** A module that the lexers cannot read may export anything. */
const unknown: Offered = { names: [], mayOffer: () => true };

/** What a Node module exports, read by the lexers that Node itself uses for CommonJS and for ES modules. */
export function nodeExports(file: SourceFile, files: readonly SourceFile[]): Offered {
    const text = file.content.toString();
    return isEsModule(file.path, text, files) ? esModuleExports(text) : commonJsExports(file.path, text);
}

/** Node's rule (https://nodejs.org/api/packages.html#determining-module-system). */
function isEsModule(path: string, text: string, files: readonly SourceFile[]): boolean {
    if (!path.endsWith(".js")) {
        return path.endsWith(".mjs");
    }
    const type = packageType(path, files);
    return type === undefined ? hasModuleSyntax(text) : type === "module";
}

/** The `type` of the nearest package.json. */
function packageType(path: string, files: readonly SourceFile[]): string | undefined {
    const folders = path.split("/").slice(0, -1);
    for (let depth = folders.length; depth >= 0; depth--) {
        const wanted = [...folders.slice(0, depth), "package.json"].join("/");
        const found = files.find((file) => file.path === wanted);
        if (found) {
            return typeIn(found.content.toString());
        }
    }
    return undefined;
}

function typeIn(text: string): string | undefined {
    try {
        const { type } = JSON.parse(text) as { type?: unknown };
        return typeof type === "string" ? type : undefined;
    } catch {
        return undefined;
    }
}

function esModuleExports(text: string): Offered {
    try {
        const [, exports] = esm.parse(text);
        const names = exports.flatMap((each) => ("name" in each && typeof each.name === "string" ? [each.name] : []));
        const everything = exports.some((each) => each.type === "reexport-all");
        const open = everything || hasOpenDefault(text, exports);
        return { names, mayOffer: () => open };
    } catch {
        return unknown;
    }
}

/** A default export that may be an object with the handler in it. */
function hasOpenDefault(text: string, exports: ReturnType<typeof esm.parse>[1]): boolean {
    const found = exports.find((each) => "name" in each && each.name === "default");
    return found !== undefined && !directDefault.test(text.slice(found.end));
}

function commonJsExports(path: string, text: string): Offered {
    const problem = syntaxProblem(path, text);
    if (problem !== undefined) {
        return { names: [], mayOffer: () => false, problem };
    }
    try {
        const { exports, reexports } = cjs.parse(text);
        const names = exports.length === 0 && singleExport.test(text) ? ["default"] : [...new Set(exports)];
        return { names, mayOffer: (name) => reexports.length > 0 || mayExport(text, names, name) };
    } catch {
        return unknown;
    }
}

/**
 * The lexer stops at the first value of `module.exports = {...}` that is more than a name, so only a name that the file
 * does not mention is surely absent.
 */
function mayExport(text: string, names: readonly string[], name: string): boolean {
    if (dynamicExports.test(text)) {
        return true;
    }
    return !names.includes("default") && mentions(text, name);
}

/** Why Node would refuse to parse a CommonJS file. */
function syntaxProblem(path: string, text: string): string | undefined {
    try {
        new vm.Script(Module.wrap(text.replace(/^#!.*/, "")), { filename: path });
        return undefined;
    } catch (error) {
        const [place] = String((error as Error).stack).split("\n", 1);
        return `but ${JSON.stringify(place)} cannot be parsed: ${(error as Error).message}`;
    }
}
