import { checkConfiguration } from "./config/read";
import { configurationSchema } from "./config/schema";
import { namedSecrets } from "./config/secrets";
import { isSealed, projectName, type StackFile } from "./stack-file";

/** Values of the form that whoever takes them asks for, by the end of the key that names them. */
const forms: readonly [end: RegExp, value: string][] = [
    [/\.passwordHashFrom$/, `$2b$10$${"x".repeat(53)}`],
    [
        /\.(private|client)KeyFrom$/,
        "-----BEGIN PRIVATE KEY-----\nsecret of the configuration\n-----END PRIVATE KEY-----\n",
    ],
];

/** What stands for the sealed values of a stack's file, by full key, where its passphrase is not known. */
export function standInsFor(file: StackFile): Record<string, string> {
    const prefix = `${projectName}:`;
    const own = Object.entries(file).filter(([key, value]) => key.startsWith(prefix) && !isSealed(value));
    const values = Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
    const { configuration } = checkConfiguration(values);
    const named = configuration ? namedSecrets(configurationSchema, configuration) : [];
    const sealed = Object.keys(file).filter((key) => isSealed(file[key]));
    return Object.fromEntries(
        sealed.map((fullKey) => {
            const users = named.filter(({ key }) => prefix + key === fullKey);
            const form = forms.find(([end]) => users.some(({ propertyPath }) => end.test(propertyPath)));
            return [fullKey, form?.[1] ?? "secret-of-the-configuration"];
        }),
    );
}
