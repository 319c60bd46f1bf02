import * as fs from "node:fs";
import * as path from "node:path";
import GithubSlugger from "github-slugger";
import MarkdownIt from "markdown-it";
import { type Fault, readPage, root } from "./blocks";
import { commandFaults, commandsOf, pathFaults } from "./shell";

const markdown = new MarkdownIt({ html: true });

/** A piece of a page's text and the line of its paragraph. */
interface Inline {
    readonly type: string;
    readonly content: string;
    readonly href?: string;
    readonly line: number;
}

function inlines(text: string): Inline[] {
    let line = 0;
    return markdown.parse(text, {}).flatMap(({ children, map }) => {
        // The cells of a table have no place of their own, its rows have.
        line = map ? map[0] + 1 : line;
        return (children ?? []).map((child) => ({
            type: child.type,
            content: child.content,
            href: child.attrGet("href") ?? child.attrGet("src") ?? undefined,
            line,
        }));
    });
}

const anchorsByText = new Map<string, Set<string>>();

/** The anchors of a page: GitHub's for its headings, and those written as HTML. */
function anchorsOf(text: string): Set<string> {
    const anchors = anchorsByText.get(text) ?? findAnchors(text);
    anchorsByText.set(text, anchors);
    return anchors;
}

function findAnchors(text: string): Set<string> {
    const slugger = new GithubSlugger();
    const tokens = markdown.parse(text, {});
    const headings = tokens
        .filter((_, index) => tokens[index - 1]?.type === "heading_open")
        .map(({ children }) => (children ?? []).map(({ content }) => content).join(""));
    const written = [...text.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)].map(([, id]) => id!);
    return new Set([...headings.map((heading) => slugger.slug(heading)), ...written]);
}

/** Links of a page that lead nowhere. Addresses on the Internet are not asked. */
export function linkFaults(file: string, text = readPage(file)): Fault[] {
    return inlines(text)
        .filter(({ href }) => href !== undefined && !/^[a-z]+:/i.test(href))
        .flatMap(({ href, line }) => {
            const [target, anchor] = decodeURI(href!).split("#");
            const page = target ? path.join(path.dirname(file), target) : file;
            if (target && !fs.existsSync(path.join(root, page))) {
                return [`${file}:${line}: the link ${href} leads to no file`];
            }
            const goal = target ? undefined : text;
            const known = !anchor || anchorsOf(goal ?? readPage(page)).has(anchor);
            return known ? [] : [`${file}:${line}: the link ${href} leads to no heading`];
        });
}

/** Commands and paths between backticks in the text of a page that are not there. */
export async function proseFaults(file: string, text = readPage(file)): Promise<Fault[]> {
    const codes = inlines(text).filter(({ type }) => type === "code_inline");
    const perCode = await Promise.all(
        codes.map(async ({ content, line }) => {
            const words = commandsOf({ language: "sh", text: content }).flatMap((command) => [command.words]);
            const commands = (await Promise.all(words.map(commandFaults))).flat();
            return [...pathFaults([content]), ...commands].map((reason) => `${file}:${line}: ${reason}`);
        }),
    );
    return perCode.flat();
}
