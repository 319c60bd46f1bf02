// A plugin of TypeDoc. A comment may link to what another part of the library exports, such as {@link ArgumentsError},
// although its file does not import that: the package exports all parts as one.
export function load(app) {
    app.converter.addUnknownSymbolResolver((reference, comment) => {
        const name = reference.symbolReference?.path?.map(({ path }) => path).join(".");
        const part = comment.project.children?.find((module) => module.getChildByName(name));
        return part && `${part.name}.md#${name.toLowerCase()}`;
    });
}
