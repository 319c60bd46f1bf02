import { FaasKind, FunctionFeature } from "../../core/contracts";

/**
 * What a function may ask for, by platform. A platform takes its contract's `features` from here, and a refusal names
 * the platforms that would do.
 */
export const functionFeatures: Readonly<Partial<Record<FaasKind, readonly FunctionFeature[]>>> = {
    [FaasKind.Fission]: [
        FunctionFeature.Code,
        FunctionFeature.Image,
        FunctionFeature.Environment,
        FunctionFeature.Secrets,
        FunctionFeature.Schedule,
        FunctionFeature.Scaling,
        FunctionFeature.ScaleToZero,
        FunctionFeature.Resources,
        FunctionFeature.Timeout,
        FunctionFeature.Placement,
    ],
};

/** The platforms that honour a feature. */
export function platformsWith(feature: FunctionFeature): FaasKind[] {
    return Object.values(FaasKind).filter((kind) => functionFeatures[kind]?.includes(feature));
}
