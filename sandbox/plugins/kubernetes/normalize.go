package kubernetes

import (
	"encoding/base64"
	"reflect"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
)

var crdKind = schema.GroupKind{Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition"}

func isCRD(object *unstructured.Unstructured) bool {
	return object.GroupVersionKind().GroupKind() == crdKind
}

func isSecret(object *unstructured.Unstructured) bool {
	return object.GetAPIVersion() == "v1" && object.GetKind() == "Secret"
}

func isConfigMap(object *unstructured.Unstructured) bool {
	return object.GetAPIVersion() == "v1" && object.GetKind() == "ConfigMap"
}

// readOnlyMetadata is set by the server only.
var readOnlyMetadata = []string{
	"creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "managedFields",
	"resourceVersion", "selfLink", "uid",
}

// normalize spells an object the way the API server will, so that two spellings of the same thing are no
// change: unknown fields of built-in kinds go, quantities get their canonical form, a Secret's stringData is
// folded into data. Objects with unknown values can't be converted and stay as they are.
func normalize(object *unstructured.Unstructured) *unstructured.Unstructured {
	result := object
	if !hasUnknowns(object.Object) {
		switch {
		case isSecret(object):
			normalizeSecret(object)
		case isCRD(object):
			normalizeCRD(object)
		default:
			result = throughTypes(object)
		}
	}
	for _, field := range readOnlyMetadata {
		delete(metadataOf(result), field)
	}
	for _, field := range []string{"annotations", "labels"} {
		if entries, isMap := metadataOf(result)[field].(map[string]any); isMap && len(entries) == 0 {
			delete(metadataOf(result), field) // the server stores no empty ones
		}
	}
	return result
}

// throughTypes converts a built-in kind to its Go type and back. The conversion adds empty fields, which
// pruning to the shape of the original takes away again.
func throughTypes(object *unstructured.Unstructured) *unstructured.Unstructured {
	typed, err := scheme.Scheme.New(object.GroupVersionKind())
	if err != nil {
		return object // a custom resource
	}
	converter := runtime.DefaultUnstructuredConverter
	if err := converter.FromUnstructured(object.Object, typed); err != nil {
		return object // malformed: the API server words the refusal
	}
	converted, err := converter.ToUnstructured(typed)
	if err != nil {
		return object
	}
	return &unstructured.Unstructured{Object: pruneMap(converted, object.Object)}
}

func normalizeSecret(object *unstructured.Unstructured) {
	data, _ := object.Object["data"].(map[string]any)
	if data == nil {
		data = map[string]any{}
	}
	for key, value := range data {
		// The API server stores the decoded bytes: line breaks in the base64 text get lost.
		if encoded, ok := value.(string); ok {
			if decoded, err := base64.StdEncoding.DecodeString(encoded); err == nil {
				data[key] = base64.StdEncoding.EncodeToString(decoded)
			}
		}
	}
	stringData, _ := object.Object["stringData"].(map[string]any)
	for key, value := range stringData {
		text, ok := value.(string)
		if !ok {
			return // malformed: the API server words the refusal
		}
		data[key] = base64.StdEncoding.EncodeToString([]byte(text))
	}
	if len(stringData) > 0 {
		delete(object.Object, "stringData")
	}
	if len(data) > 0 {
		object.Object["data"] = data
	}
}

func normalizeCRD(object *unstructured.Unstructured) {
	delete(object.Object, "status")
	spec, _ := object.Object["spec"].(map[string]any)
	if spec["preserveUnknownFields"] == false {
		delete(spec, "preserveUnknownFields") // the server drops the default
	}
}

// pruneMap reduces source to the fields that shape has, at every depth: what a program did not ask for is the
// server's business and no change.
func pruneMap(source, shape map[string]any) map[string]any {
	pruned := make(map[string]any, len(shape))
	for key, wanted := range shape {
		if value, present := source[key]; present {
			pruned[key] = pruneValue(value, wanted)
		}
	}
	return pruned
}

func pruneValue(value, shape any) any {
	switch wanted := shape.(type) {
	case map[string]any:
		if nested, ok := value.(map[string]any); ok {
			return pruneMap(nested, wanted)
		}
	case []any:
		if nested, ok := value.([]any); ok {
			return pruneList(nested, wanted)
		}
	}
	return value
}

// pruneList compares by position, and drops what the server has beyond the wanted length.
func pruneList(source, shape []any) []any {
	pruned := make([]any, 0, len(shape))
	for index, wanted := range shape {
		if index < len(source) {
			pruned = append(pruned, pruneValue(source[index], wanted))
		}
	}
	return pruned
}

// sameValue compares two scalars; the same number may come as an integer or a float.
func sameValue(a, b any) bool {
	if reflect.DeepEqual(a, b) {
		return true
	}
	x, xIsNumber := asFloat(a)
	y, yIsNumber := asFloat(b)
	return xIsNumber && yIsNumber && x == y
}

func asFloat(value any) (float64, bool) {
	switch number := value.(type) {
	case int64:
		return float64(number), true
	case float64:
		return number, true
	}
	return 0, false
}
