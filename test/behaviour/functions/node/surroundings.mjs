/** Answers with what the function was given, and logs. */
import process from "node:process";

// Read when the module is loaded: the variables must be there by then.
const { GREETING, API_TOKEN } = process.env;

export function handler(request, context) {
    context.log.info("asked", { path: request.path, token: API_TOKEN });
    return {
        functionName: context.functionName,
        namespace: context.namespace,
        requestId: context.requestId,
        remaining: context.remainingMilliseconds() > 50_000 && context.remainingMilliseconds() <= 60_000,
        deadline: Math.abs(context.deadline.getTime() - Date.now() - 60_000) < 10_000,
        environment: { ...context.environment },
        variable: GREETING,
        secretVariable: API_TOKEN === context.secret("API_TOKEN"),
        secret: context.secret("API_TOKEN"),
    };
}
