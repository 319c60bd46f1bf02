package kubernetes

import (
	"sync"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// clusterScoped lists the built-in kinds outside namespaces, for previews without a cluster.
var clusterScoped = map[string][]string{
	"": {"Namespace", "Node", "PersistentVolume"},
	"admissionregistration.k8s.io": {
		"MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration",
		"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration",
	},
	"apiextensions.k8s.io":         {"CustomResourceDefinition"},
	"apiregistration.k8s.io":       {"APIService"},
	"certificates.k8s.io":          {"CertificateSigningRequest", "ClusterTrustBundle"},
	"flowcontrol.apiserver.k8s.io": {"FlowSchema", "PriorityLevelConfiguration"},
	"networking.k8s.io":            {"IngressClass", "IPAddress", "ServiceCIDR"},
	"node.k8s.io":                  {"RuntimeClass"},
	"rbac.authorization.k8s.io":    {"ClusterRole", "ClusterRoleBinding"},
	"resource.k8s.io":              {"DeviceClass", "ResourceSlice"},
	"scheduling.k8s.io":            {"PriorityClass"},
	"storage.k8s.io":               {"CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"},
}

// scopes remembers which kinds live outside namespaces, among them those of CustomResourceDefinitions that the
// program is about to create.
type scopes struct {
	mutex sync.Mutex
	root  map[schema.GroupKind]bool
}

func newScopes() *scopes {
	known := &scopes{root: map[schema.GroupKind]bool{}}
	for group, kinds := range clusterScoped {
		for _, kind := range kinds {
			known.root[schema.GroupKind{Group: group, Kind: kind}] = true
		}
	}
	return known
}

func (s *scopes) learn(crd *unstructured.Unstructured) {
	spec, _ := crd.Object["spec"].(map[string]any)
	names, _ := spec["names"].(map[string]any)
	group, hasGroup := spec["group"].(string)
	kind, hasKind := names["kind"].(string)
	if hasGroup && hasKind {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.root[schema.GroupKind{Group: group, Kind: kind}] = spec["scope"] == "Cluster"
	}
}

// namespaced tells whether objects of the kind live in a namespace. A kind that nobody knows yet most likely
// does; creation corrects the guess.
func (p *Provider) namespaced(gvk schema.GroupVersionKind) bool {
	p.scopes.mutex.Lock()
	root, known := p.scopes.root[gvk.GroupKind()]
	p.scopes.mutex.Unlock()
	if known {
		return !root
	}
	if p.reachable() != nil {
		return true
	}
	mapping, err := p.cluster.mapping(gvk)
	return err != nil || mapping.Scope.Name() == meta.RESTScopeNameNamespace
}
