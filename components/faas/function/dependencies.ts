import type { Fault } from "../../core/errors";
import { FunctionRuntime } from "./args";
import type { ResolvedFunction } from "./driver";

/** The file of each language that says which packages the code needs. */
export const dependencyFiles: Readonly<Record<FunctionRuntime, string>> = {
    [FunctionRuntime.Nodejs]: "package.json",
    [FunctionRuntime.Python]: "requirements.txt",
};

/** Dependencies that are to be installed, but that the code does not name. */
export function dependencyFaults({ dependencies, files, runtime }: ResolvedFunction): Fault[] {
    if (dependencies === undefined || files.length === 0) {
        return [];
    }
    const wanted = dependencyFiles[runtime!];
    return files.some(({ path }) => path === wanted)
        ? []
        : [
              {
                  propertyPath: "dependencies",
                  reason: `is given, but the code holds no "${wanted}" that names them; add it, in an \`archive\``,
              },
          ];
}
