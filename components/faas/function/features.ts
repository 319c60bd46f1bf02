import { FaasKind, FunctionFeature } from "../../core/contracts";

/** What a function may ask for whose objects the library makes itself. */
const workloadFeatures = [
    FunctionFeature.Code,
    FunctionFeature.Image,
    FunctionFeature.Environment,
    FunctionFeature.Secrets,
    FunctionFeature.SecretFiles,
    FunctionFeature.Dependencies,
    FunctionFeature.ImagePort,
    FunctionFeature.Schedule,
    FunctionFeature.Scaling,
    FunctionFeature.CpuScaling,
    FunctionFeature.Resources,
    FunctionFeature.Timeout,
    FunctionFeature.Placement,
];

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
        FunctionFeature.SecretFiles,
        FunctionFeature.RouteMethods,
        FunctionFeature.Schedule,
        FunctionFeature.Scaling,
        FunctionFeature.ScaleToZero,
        FunctionFeature.CpuScaling,
        FunctionFeature.Resources,
        FunctionFeature.Timeout,
        FunctionFeature.ImageTimeout,
        FunctionFeature.Placement,
    ],
    [FaasKind.Funktion]: [...workloadFeatures],
    [FaasKind.Kubeless]: [...workloadFeatures],
    // faas-netes calls one port of every function, the gateway gives pods by calls, and its images have a watchdog.
    [FaasKind.OpenFaas]: [
        ...workloadFeatures.filter((each) => each !== FunctionFeature.ImagePort && each !== FunctionFeature.CpuScaling),
        FunctionFeature.ImageTimeout,
    ],
};

/** The platforms that honour a feature. */
export function platformsWith(feature: FunctionFeature): FaasKind[] {
    return Object.values(FaasKind).filter((kind) => functionFeatures[kind]?.includes(feature));
}
