package kubernetes

import (
	"fmt"
	"math"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Annotations through which a program steers the plugin, one object at a time.
const (
	annotationAutonamed    = "pulumi.com/autonamed"
	annotationSkipAwait    = "pulumi.com/skipAwait"
	annotationWaitFor      = "pulumi.com/waitFor"
	annotationTimeout      = "pulumi.com/timeoutSeconds"
	annotationPatchForce   = "pulumi.com/patchForce"
	annotationFieldManager = "pulumi.com/patchFieldManager"
	annotationPropagation  = "pulumi.com/deletionPropagationPolicy"
)

// dashed maps the property names that SDKs can't spell with dashes to the fields of the API.
var dashed = map[string]string{
	"x_kubernetes_embedded_resource":       "x-kubernetes-embedded-resource",
	"x_kubernetes_int_or_string":           "x-kubernetes-int-or-string",
	"x_kubernetes_list_map_keys":           "x-kubernetes-list-map-keys",
	"x_kubernetes_list_type":               "x-kubernetes-list-type",
	"x_kubernetes_map_type":                "x-kubernetes-map-type",
	"x_kubernetes_preserve_unknown_fields": "x-kubernetes-preserve-unknown-fields",
	"x_kubernetes_validations":             "x-kubernetes-validations",
}

func toDashed(key string) (string, bool) {
	field, known := dashed[key]
	return field, known
}

func toUnderscored(field string) (resource.PropertyKey, bool) {
	key := strings.ReplaceAll(field, "-", "_")
	_, known := dashed[key]
	return resource.PropertyKey(key), known
}

// toObject turns engine properties into an API object: secrets are unwrapped, whole numbers become integers
// (the engine knows floats only, the API server compares integers). Unknown values stay resource.Computed.
func toObject(properties resource.PropertyMap) *unstructured.Unstructured {
	var unwrap func(resource.PropertyValue) (any, bool)
	unwrap = func(value resource.PropertyValue) (any, bool) {
		switch {
		case value.IsSecret():
			return value.SecretValue().Element.MapRepl(toDashed, unwrap), true
		case value.IsOutput():
			if !value.OutputValue().Known {
				return resource.Computed{Element: resource.NewStringProperty("")}, true
			}
			return value.OutputValue().Element.MapRepl(toDashed, unwrap), true
		}
		return nil, false
	}
	object, _ := wholeNumbers(properties.MapRepl(toDashed, unwrap)).(map[string]any)
	return &unstructured.Unstructured{Object: object}
}

func wholeNumbers(value any) any {
	switch typed := value.(type) {
	case map[string]any:
		for key, element := range typed {
			typed[key] = wholeNumbers(element)
		}
	case []any:
		for index, element := range typed {
			typed[index] = wholeNumbers(element)
		}
	case float64:
		if typed == math.Trunc(typed) && math.Abs(typed) < 1<<53 {
			return int64(typed)
		}
	}
	return value
}

func fromObject(object *unstructured.Unstructured) resource.PropertyMap {
	return resource.NewPropertyMapFromMap(object.Object)
}

func hasUnknowns(value any) bool {
	switch typed := value.(type) {
	case resource.Computed:
		return true
	case map[string]any:
		for _, element := range typed {
			if hasUnknowns(element) {
				return true
			}
		}
	case []any:
		for _, element := range typed {
			if hasUnknowns(element) {
				return true
			}
		}
	}
	return false
}

// metadataOf returns the metadata map itself, or nil. The accessors of unstructured copy deeply, which
// panics on unknown values.
func metadataOf(object *unstructured.Unstructured) map[string]any {
	metadata, _ := object.Object["metadata"].(map[string]any)
	return metadata
}

func setMetadata(object *unstructured.Unstructured, field string, value any) {
	metadata := metadataOf(object)
	if metadata == nil {
		if _, unknown := object.Object["metadata"].(resource.Computed); unknown {
			return
		}
		metadata = map[string]any{}
		object.Object["metadata"] = metadata
	}
	metadata[field] = value
}

func annotation(object *unstructured.Unstructured, key string) string {
	annotations, _ := metadataOf(object)["annotations"].(map[string]any)
	value, _ := annotations[key].(string)
	return value
}

func isTrue(object *unstructured.Unstructured, key string) bool {
	return annotation(object, key) == "true"
}

// kindOf reads group, version and kind off a type token such as kubernetes:apps/v1:Deployment; the core
// group is spelled `core` there.
func kindOf(token string) (schema.GroupVersionKind, error) {
	parts := strings.SplitN(token, ":", 3)
	if len(parts) != 3 {
		return schema.GroupVersionKind{}, fmt.Errorf("%q is no type token like kubernetes:group/version:Kind", token)
	}
	group, version, found := strings.Cut(parts[1], "/")
	if !found || group == "helm.sh" || group == "kustomize" || group == "yaml" {
		return schema.GroupVersionKind{}, unsupported(token)
	}
	if group == "core" {
		group = ""
	}
	return schema.GroupVersionKind{Group: group, Version: version, Kind: parts[2]}, nil
}

// isPatch tells the SDK's Patch resources apart (DeploymentPatch, ...): they own a few fields of an object
// that somebody else made, so the token's kind differs from the object's.
func isPatch(urn resource.URN, object *unstructured.Unstructured) bool {
	return string(urn.Type().Name()) == object.GetKind()+"Patch"
}

func idOf(object *unstructured.Unstructured) string {
	if object.GetNamespace() == "" {
		return object.GetName()
	}
	return object.GetNamespace() + "/" + object.GetName()
}

func parseID(id string) (namespace, name string) {
	if before, after, namespaced := strings.Cut(id, "/"); namespaced {
		return before, after
	}
	return "", id
}
