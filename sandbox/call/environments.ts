import * as path from "node:path";
import { SandboxError } from "../tools/error";
import { projectRoot } from "../tools/paths";
import { pythonWith } from "./python";
import { type ServerProcess, startServer } from "./server";

/** Starts an environment of Fission that holds no function yet. */
export type StartEnvironment = (env: NodeJS.ProcessEnv) => Promise<ServerProcess>;

/** The web servers that python-env runs on. */
export type PythonFramework = "BJOERN" | "GEVENT";

const folder = path.join(projectRoot, "sandbox/call/environments");

/** The versions that python-env 1.35.0 has in its requirements.txt; gevent's is the first with wheels for older Pythons. */
const flask = ["Flask==3.1.3", "Werkzeug==3.1.8"];
export const pythonRequirements: Readonly<Record<PythonFramework, string[]>> = {
    BJOERN: [...flask, "bjoern==3.2.2"],
    GEVENT: [...flask, "gevent==26.5.0", "gevent-ws==2.1.0"],
};

/** Starts what stands in for node-env. */
export const startNodeEnv: StartEnvironment = (env) =>
    startServer(process.execPath, [path.join(folder, "node-env.mjs")], { env });

/** Starts what stands in for python-env. */
export function startPythonEnv(python: string, framework: PythonFramework): StartEnvironment {
    return (env) =>
        startServer(python, [path.join(folder, "python-env.py")], {
            env: {
                ...env,
                WSGI_FRAMEWORK: framework,
                PYTHONUNBUFFERED: "1",
                PYTHONDONTWRITEBYTECODE: "1",
            },
        });
}

/**
 * The environment for an image of Fission's.
 *
 * @throws SandboxError when nothing stands in for the image, or Python or its packages can't be had.
 */
export function environmentFor(image: string): StartEnvironment {
    if (/node-env/.test(image)) {
        return startNodeEnv;
    }
    if (/python-env/.test(image)) {
        const found = pythonWith(pythonRequirements.GEVENT);
        if ("missing" in found) {
            throw new SandboxError(`the function is in Python, and ${found.missing}`);
        }
        return startPythonEnv(found.python, "GEVENT");
    }
    throw new SandboxError(`nothing here stands in for the image ${image}; node-env and python-env can be called`);
}
