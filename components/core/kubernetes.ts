/**
 * The parts of @pulumi/kubernetes that components use, each by its own path. `import * as k8s` from here in place of the
 * package, which loads all groups of the API, Helm and Kustomize: more than this library itself.
 */
export * as admissionregistration from "@pulumi/kubernetes/admissionregistration";
export * as apiextensions from "@pulumi/kubernetes/apiextensions";
export * as apiregistration from "@pulumi/kubernetes/apiregistration";
export * as apps from "@pulumi/kubernetes/apps";
export * as autoscaling from "@pulumi/kubernetes/autoscaling";
export * as batch from "@pulumi/kubernetes/batch";
export * as core from "@pulumi/kubernetes/core";
export * as networking from "@pulumi/kubernetes/networking";
export * as policy from "@pulumi/kubernetes/policy";
export { Provider, type ProviderArgs } from "@pulumi/kubernetes/provider";
export * as rbac from "@pulumi/kubernetes/rbac";
export * as storage from "@pulumi/kubernetes/storage";
export type * as types from "@pulumi/kubernetes/types";
