/** A fault that the person at the keyboard can act on: the message says what is wrong and what to do about it. */
export class SandboxError extends Error {
    override readonly name = "SandboxError";
}
