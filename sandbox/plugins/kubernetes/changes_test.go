package kubernetes

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
)

func object(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	parsed := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &parsed); err != nil {
		t.Fatal(err)
	}
	whole, _ := wholeNumbers(parsed).(map[string]any)
	return &unstructured.Unstructured{Object: whole}
}

func TestChangesAreNamedByTheirHighestPath(t *testing.T) {
	current := object(t, `
spec: {ports: [{port: 80}], labels: {a.b: x}, gone: {deep: 1}, same: 1, list: [a, b]}`)
	wanted := object(t, `
spec: {ports: [{port: 81}], labels: {a.b: z}, added: {deep: 1}, same: 1.0, list: [a]}`)
	response := describe(changesBetween(current.Object, wanted.Object), []string{"spec.ports"})
	got := map[string]string{}
	for path, diff := range response.DetailedDiff {
		got[path] = diff.GetKind().String()
	}
	want := map[string]string{
		"spec.ports[0].port": "UPDATE_REPLACE",
		`spec.labels["a.b"]`: "UPDATE",
		"spec.gone":          "DELETE",
		"spec.added":         "ADD",
		"spec.list[1]":       "DELETE",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if !reflect.DeepEqual(response.Replaces, []string{"spec.ports[0].port"}) {
		t.Errorf("replaces %v", response.Replaces)
	}
}

func TestNothingWantedOfNothingIsNoChange(t *testing.T) {
	if changes := changesBetween(map[string]any{}, map[string]any{"a": nil}); len(changes) > 0 {
		t.Errorf("an explicit null is no change: %v", changes)
	}
}

func TestAnUnknownValueCountsAsAChange(t *testing.T) {
	wanted := map[string]any{"data": map[string]any{"a": resource.Computed{}}}
	changes := changesBetween(map[string]any{"data": map[string]any{"a": "1"}}, wanted)
	if len(changes) != 1 || changes[0].path.String() != "data.a" || !changes[0].replaces([]string{"data"}) {
		t.Errorf("got %v", changes)
	}
}

func TestReplacementDependsOnWhatAnAddedValueHolds(t *testing.T) {
	immutable := []string{"spec.selector", "spec.containers.*.image"}
	for text, want := range map[string]bool{
		"spec: {selector: {a: b}}":             true,
		"spec: {other: 1}":                     false,
		"spec: {containers: [{image: x}]}":     true,
		"spec: {containers: [{name: x}]}":      false,
		"metadata: {labels: {selector: here}}": false,
	} {
		for _, each := range changesBetween(map[string]any{}, object(t, text).Object) {
			if each.replaces(immutable) != want {
				t.Errorf("%s: replaces is %v", text, !want)
			}
		}
	}
}

func TestIgnoredPathsCoverWhatIsBelowThem(t *testing.T) {
	changes := changesBetween(map[string]any{}, map[string]any{"a": "1", "b": "2"})
	kept, err := withoutIgnored(changes, []string{"a"})
	if err != nil || len(kept) != 1 || kept[0].path.String() != "b" {
		t.Errorf("kept %v, %v", kept, err)
	}
	if _, err := withoutIgnored(changes, []string{"a["}); err == nil {
		t.Error("a malformed path must be an error")
	}
}

func TestMergePatchTurnsOneObjectIntoTheOther(t *testing.T) {
	current := object(t, `{a: {keep: 1, drop: 2}, list: [{port: 80}], same: [1]}`)
	wanted := object(t, `{a: {keep: 1, add: 3}, list: [{port: 81}], same: [1]}`)
	got, err := json.Marshal(mergePatch(current.Object, wanted.Object))
	want := `{"a":{"add":3,"drop":null},"list":[{"port":81}]}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}

func TestImmutableFieldsFollowTheOptionsAndTheObject(t *testing.T) {
	data := func(o options, text string) bool {
		for _, field := range o.immutableFields(object(t, text)) {
			if field == "data" {
				return true
			}
		}
		return false
	}
	const configMap, secret = "{apiVersion: v1, kind: ConfigMap}", "{apiVersion: v1, kind: Secret}"
	mutable := options{configMapMutable: true, secretMutable: true}
	for _, each := range []struct {
		options options
		text    string
		want    bool
	}{
		{options{}, configMap, true},
		{options{}, secret, true},
		{mutable, configMap, false},
		{mutable, secret, false},
		{mutable, "{apiVersion: v1, kind: ConfigMap, immutable: true}", true},
		{options{}, "{apiVersion: example.com/v1, kind: ConfigMap}", false},
	} {
		if got := data(each.options, each.text); got != each.want {
			t.Errorf("%s with %+v: data immutable is %v", each.text, each.options, got)
		}
	}
}
