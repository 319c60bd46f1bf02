package kubernetes

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// immutableByKind lists, per kind, the fields whose change the official plugin answers with a replacement.
// Further immutable fields exist (a StorageClass's reclaim policy, an IngressClass's controller): there the
// official plugin lets the API server refuse the update, and so does this one.
var immutableByKind = map[schema.GroupKind][]string{
	{Group: "apps", Kind: "Deployment"}: {"spec.selector"},
	{Group: "apps", Kind: "DaemonSet"}:  {"spec.selector"},
	{Group: "apps", Kind: "StatefulSet"}: {
		"spec.podManagementPolicy", "spec.revisionHistoryLimit", "spec.selector", "spec.serviceName",
		"spec.volumeClaimTemplates",
	},
	{Group: "batch", Kind: "Job"}: {
		"spec.completions", "spec.parallelism", "spec.selector", "spec.template",
	},
	{Group: "rbac.authorization.k8s.io", Kind: "RoleBinding"}:        {"roleRef"},
	{Group: "rbac.authorization.k8s.io", Kind: "ClusterRoleBinding"}: {"roleRef"},
	{Group: "storage.k8s.io", Kind: "StorageClass"}:                  {"parameters", "provisioner"},
	{Kind: "PersistentVolumeClaim"}: {
		"spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName",
	},
	{Kind: "ResourceQuota"}: {"spec.scopes"},
	{Kind: "Secret"}:        {"type"},
	{Kind: "Service"}:       {"spec.clusterIP"},
	{Kind: "PersistentVolume"}: under("spec",
		"awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "fc", "flexVolume", "flocker",
		"gcePersistentDisk", "glusterfs", "hostPath", "iscsi", "local", "nfs", "photonPersistentDisk",
		"portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"),
	{Kind: "Pod"}: append(append(under("spec",
		"affinity", "automountServiceAccountToken", "dnsConfig", "dnsPolicy", "enableServiceLinks", "hostAliases",
		"hostIPC", "hostNetwork", "hostPID", "hostname", "imagePullSecrets", "nodeName", "nodeSelector", "overhead",
		"preemptionPolicy", "priority", "priorityClassName", "readinessGates", "restartPolicy", "runtimeClassName",
		"schedulerName", "securityContext", "serviceAccount", "serviceAccountName", "shareProcessNamespace",
		"subdomain", "terminationGracePeriodSeconds", "volumes"),
		under("spec.containers.*", containerFields...)...), under("spec.initContainers.*", containerFields...)...),
}

var containerFields = []string{
	"args", "command", "env", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "ports", "readinessProbe",
	"resources", "securityContext", "stdin", "stdinOnce", "terminationMessagePath", "terminationMessagePolicy", "tty",
	"volumeDevices", "volumeMounts", "workingDir",
}

func under(prefix string, names ...string) []string {
	fields := make([]string, len(names))
	for index, name := range names {
		fields[index] = prefix + "." + name
	}
	return fields
}

// immutableFields lists the fields of this object whose change replaces it. Data of ConfigMaps and Secrets is
// immutable unless the provider's options and the object itself say otherwise.
func (o options) immutableFields(object *unstructured.Unstructured) []string {
	fields := []string{"metadata.name", "metadata.namespace"}
	immutable := object.Object["immutable"] == true
	switch {
	case isSecret(object) && (immutable || !o.secretMutable):
		return append(fields, "type", "stringData", "data")
	case isConfigMap(object) && (immutable || !o.configMapMutable):
		return append(fields, "binaryData", "data")
	}
	return append(fields, immutableByKind[object.GroupVersionKind().GroupKind()]...)
}
