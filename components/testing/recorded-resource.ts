import * as pulumi from "@pulumi/pulumi";

/** The resource hooks of one resource, by name. */
export interface RecordedHooks {
    beforeCreate: string[];
    beforeUpdate: string[];
    beforeDelete: string[];
    afterCreate: string[];
    afterUpdate: string[];
    afterDelete: string[];
}

/** The options that a resource was registered with. What was not given is `undefined` or empty. */
export interface RecordedOptions {
    protect?: boolean;
    retainOnDelete?: boolean;
    deleteBeforeReplace?: boolean;
    /** Logical names, from `dependsOn` and from the outputs in the inputs. */
    dependencies: string[];
    deletedWith?: string;
    /** Logical names of the resources that replace this one when they are replaced. */
    replaceWith: string[];
    ignoreChanges: string[];
    replaceOnChanges: string[];
    additionalSecretOutputs: string[];
    aliases: string[];
    importId?: string;
    /** The value whose change replaces the resource. */
    replacementTrigger?: unknown;
    hooks: RecordedHooks;
}

/** One registered resource. */
export interface RecordedResource {
    type: string;
    name: string;
    /** Plain values: secrets are unwrapped, unknown ones are the text `<unknown>`. */
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read deep into these; a precise type would only add casts
    inputs: Record<string, any>;
    /** Paths within `inputs` that were secret, for example `stringData`. */
    secretPaths: string[];
    /** Logical name of the explicit provider. */
    provider?: string;
    /** As the plugin would give it: `namespace/name` of a Kubernetes object. None of a component. */
    id?: string;
    /** False for a component. */
    custom: boolean;
    /** Logical name of the parent; none when it is the stack. */
    parent?: string;
    parentType?: string;
    options: RecordedOptions;
}

/** What stands in {@link RecordedResource.inputs} for a value that is not known before a deployment. */
export const unknownText = "<unknown>";

/** The parts of the engine's RegisterResourceRequest that are read here. */
export interface RegisterRequest {
    getType(): string;
    getName(): string;
    getParent(): string;
    getCustom(): boolean;
    getProvider(): string;
    getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
    hasProtect(): boolean;
    getProtect(): boolean | undefined;
    hasRetainondelete(): boolean;
    getRetainondelete(): boolean | undefined;
    getDeletebeforereplacedefined(): boolean;
    getDeletebeforereplace(): boolean;
    getDependenciesList(): string[];
    getDeletedwith(): string;
    getReplaceWithList(): string[];
    getIgnorechangesList(): string[];
    getReplaceonchangesList(): string[];
    getAdditionalsecretoutputsList(): string[];
    getAliasesList(): AliasMessage[];
    getImportid(): string;
    getReplacementTrigger(): { toJavaScript(): unknown } | undefined;
    getHooks(): HooksMessage | undefined;
}

interface AliasMessage {
    getUrn(): string;
    getSpec(): { getName(): string; getType(): string } | undefined;
}

interface HooksMessage {
    getBeforeCreateList(): string[];
    getBeforeUpdateList(): string[];
    getBeforeDeleteList(): string[];
    getAfterCreateList(): string[];
    getAfterUpdateList(): string[];
    getAfterDeleteList(): string[];
}

/** A registration request as a plain record. */
export function toRecorded(request: RegisterRequest): RecordedResource {
    const secretPaths: string[] = [];
    const inputs = plain(request.getObject()?.toJavaScript() ?? {}, "", secretPaths) as Record<string, unknown>;
    const parent = request.getParent();
    const parentType = typeOf(parent);
    const hasParent = parent !== "" && parentType !== "pulumi:pulumi:Stack";
    return {
        type: request.getType(),
        name: request.getName(),
        inputs,
        secretPaths,
        provider: request.getProvider() === "" ? undefined : nameOf(request.getProvider()),
        custom: request.getCustom(),
        parent: hasParent ? nameOf(parent) : undefined,
        parentType: hasParent ? parentType : undefined,
        options: options(request),
    };
}

function options(request: RegisterRequest): RecordedOptions {
    return {
        protect: request.hasProtect() ? request.getProtect() : undefined,
        retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
        deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
        dependencies: request.getDependenciesList().map(nameOf).sort(),
        deletedWith: request.getDeletedwith() === "" ? undefined : nameOf(request.getDeletedwith()),
        replaceWith: request.getReplaceWithList().map(nameOf),
        ignoreChanges: request.getIgnorechangesList(),
        replaceOnChanges: request.getReplaceonchangesList(),
        additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
        aliases: request.getAliasesList().map((alias) => alias.getUrn() || (alias.getSpec()?.getName() ?? "")),
        importId: request.getImportid() === "" ? undefined : request.getImportid(),
        replacementTrigger: request.getReplacementTrigger()?.toJavaScript(),
        hooks: hooks(request.getHooks()),
    };
}

function hooks(message: HooksMessage | undefined): RecordedHooks {
    return {
        beforeCreate: message?.getBeforeCreateList() ?? [],
        beforeUpdate: message?.getBeforeUpdateList() ?? [],
        beforeDelete: message?.getBeforeDeleteList() ?? [],
        afterCreate: message?.getAfterCreateList() ?? [],
        afterUpdate: message?.getAfterUpdateList() ?? [],
        afterDelete: message?.getAfterDeleteList() ?? [],
    };
}

/** The value without its secret wrappers; the paths of those go into `secretPaths`. */
function plain(value: unknown, path: string, secretPaths: string[]): unknown {
    if (value === pulumi.runtime.unknownValue) {
        return unknownText;
    }
    if (Array.isArray(value)) {
        return value.map((item, index) => plain(item, `${path}[${index}]`, secretPaths));
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const record = value as Record<string, unknown>;
    if (record[pulumi.runtime.specialSigKey] === pulumi.runtime.specialSecretSig) {
        secretPaths.push(path);
        return plain(record.value, path, secretPaths);
    }
    return Object.fromEntries(
        Object.entries(record).map(([key, item]) => [
            key,
            plain(item, path === "" ? key : `${path}.${key}`, secretPaths),
        ]),
    );
}

/** The logical name in a URN, or in a provider reference (`URN::ID`). */
function nameOf(urn: string): string {
    return urn.split("::")[3] ?? urn;
}

function typeOf(urn: string): string {
    return urn.split("::")[2]?.split("$").at(-1) ?? "";
}
