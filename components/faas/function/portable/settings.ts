/** What a packaged function is told about itself. Everything is plain by now; no value here is a secret. */
export interface PortableSettings {
    functionName: string;
    namespace: string;
    /** Whole seconds that a request may take. */
    timeoutSeconds: number;
    /**
     * Environment variables for platforms that set none of their own; they are there before the function's code is loaded.
     * @default `{}`
     */
    environment?: Record<string, string>;
    /** Keys of Secrets that the function sees as environment variables. @default `[]` */
    secrets?: PortableSecret[];
    /** Largest request body in bytes; a larger one is answered with 413. @default 6291456 */
    maxBodyBytes?: number;
    /**
     * Where the platform mounts Secrets as files, for platforms that do.
     * @default the platform's own directory, `/secrets` on Fission
     */
    secretsDirectory?: string;
}

/** The name of a secret, never its value. */
export interface PortableSecret {
    /** Name of the environment variable. */
    variable: string;
    /** Name of the Secret, in the function's namespace. */
    secretName: string;
    /** Key in the Secret. */
    key: string;
}

/** The default of {@link PortableSettings.maxBodyBytes}: 6 MiB. */
export const defaultMaxBodyBytes = 6 * 1024 * 1024;
