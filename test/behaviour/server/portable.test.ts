import { FunctionRuntime } from "../../../components/faas/function/args";
import { functionFiles } from "../portable/fission";
import { describeCases, readCases } from "../portable/table";
import { type RunningFunction, startFunction } from "./support";

for (const runtime of [FunctionRuntime.Nodejs, FunctionRuntime.Python]) {
    describe(`portable handler on the function server in ${runtime}`, () => {
        const serve = (name: string): Promise<RunningFunction> =>
            startFunction({
                runtime,
                handler: `${name}.handler`,
                files: functionFiles(runtime, name),
                settings: { functionName: name, maxBodyBytes: 4 * 1024 * 1024 },
            });
        describeCases(readCases(), serve);
    });
}
