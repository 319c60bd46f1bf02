import type { FaasKind } from "../../core/contracts";
import { ArgumentsError } from "../../core/errors";
import type { FunctionDriver } from "./driver";

const drivers = new Map<FaasKind, FunctionDriver>();

/**
 * Says how a platform runs functions. The package registers its own platforms; a program may register another way for
 * a kind, and the last one counts.
 *
 * @returns what puts things back as they were
 */
export function registerFunctionDriver(kind: FaasKind, driver: FunctionDriver): () => void {
    const earlier = drivers.get(kind);
    drivers.set(kind, driver);
    return () => {
        if (earlier) {
            drivers.set(kind, earlier);
        } else {
            drivers.delete(kind);
        }
    };
}

/** The driver of a platform. @throws {@link ArgumentsError} when functions cannot be deployed to that kind. */
export function functionDriver(kind: FaasKind): FunctionDriver {
    const driver = drivers.get(kind);
    if (!driver) {
        throw new ArgumentsError("FaasFunction", [
            {
                propertyPath: "platform",
                reason: `is ${kind}, to which this version deploys no functions; it does to ${[...drivers.keys()].sort().join(", ")}`,
            },
        ]);
    }
    return driver;
}
