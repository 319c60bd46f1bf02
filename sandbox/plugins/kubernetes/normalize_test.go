package kubernetes

import (
	"reflect"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func TestNormalizeDropsUnknownFieldsOfBuiltInKindsOnly(t *testing.T) {
	for text, want := range map[string]string{
		"{apiVersion: v1, kind: ConfigMap, data: {a: b}, bogus: 1, metadata: {name: some, uid: u}}": "{apiVersion: v1, kind: ConfigMap, data: {a: b}, metadata: {name: some}}",
		"{apiVersion: example.com/v1, kind: Thing, bogus: 1}":                                       "{apiVersion: example.com/v1, kind: Thing, bogus: 1}",
		// The server stores no empty labels and annotations, of whatever kind.
		"{apiVersion: example.com/v1, kind: Thing, metadata: {name: a, annotations: {}, labels: {}}}": "{apiVersion: example.com/v1, kind: Thing, metadata: {name: a}}",
		// Quantities have one spelling, and no default is added.
		"{apiVersion: v1, kind: Pod, spec: {containers: [{name: c, resources: {limits: {cpu: 1000m}}}]}}": "{apiVersion: v1, kind: Pod, spec: {containers: [{name: c, resources: {limits: {cpu: '1'}}}]}}",
		// What does not fit the kind's type is left for the API server to refuse.
		"{apiVersion: apps/v1, kind: Deployment, spec: {replicas: many}}": "{apiVersion: apps/v1, kind: Deployment, spec: {replicas: many}}",
	} {
		if got := normalize(object(t, text)).Object; !reflect.DeepEqual(got, object(t, want).Object) {
			t.Errorf("%s\ngot  %v\nwant %s", text, got, want)
		}
	}
}

func TestNormalizeFoldsStringDataIntoData(t *testing.T) {
	got := normalize(object(t, `{apiVersion: v1, kind: Secret, data: {a: "b2xk", b: "Yg==\n"}, stringData: {a: new}}`))
	want := object(t, `{apiVersion: v1, kind: Secret, data: {a: bmV3, b: Yg==}}`)
	if !reflect.DeepEqual(got.Object, want.Object) {
		t.Errorf("got %v, want %v", got.Object, want.Object)
	}
}

func TestNormalizeLeavesUnknownValuesAlone(t *testing.T) {
	secret := object(t, "{apiVersion: v1, kind: Secret, metadata: {uid: u}}")
	secret.Object["stringData"] = map[string]any{"a": resource.Computed{}}
	got := normalize(secret)
	if _, kept := got.Object["stringData"]; !kept || len(metadataOf(got)) > 0 {
		t.Errorf("got %v", got.Object)
	}
}

func TestPruningKeepsTheWantedShape(t *testing.T) {
	live := object(t, "{a: {p: 1, q: 2}, list: [{p: 1, q: 2}, {p: 3}], extra: 1, type: text}")
	shape := object(t, "{a: {p: 0}, list: [{p: 0}], absent: 1, type: {changed: true}}")
	want := object(t, "{a: {p: 1}, list: [{p: 1}], type: text}")
	if got := pruneMap(live.Object, shape.Object); !reflect.DeepEqual(got, want.Object) {
		t.Errorf("got %v, want %v", got, want.Object)
	}
}

func TestStateSurvivesTheRoundTripAndHidesSecrets(t *testing.T) {
	inputs := object(t, "{apiVersion: v1, kind: Secret, data: {a: Yg==}, metadata: {name: some, labels: {l: shy}}}")
	live := inputs.DeepCopy()
	live.SetUID("u")
	before := state{inputs: inputs, live: live, initialAPIVersion: "v1", fieldManager: "m"}
	asked := resource.PropertyMap{"metadata": resource.NewObjectProperty(resource.PropertyMap{
		"labels": resource.NewObjectProperty(resource.PropertyMap{
			"l": resource.MakeSecret(resource.NewStringProperty("shy")),
		}),
	})}
	properties := before.properties(asked)
	for _, values := range []resource.PropertyMap{properties, properties[keyInputs].ObjectValue()} {
		label := values["metadata"].ObjectValue()["labels"].ObjectValue()["l"]
		if !values["data"].IsSecret() || !label.IsSecret() {
			t.Errorf("in clear: %v", values)
		}
	}
	after := parseState(properties)
	if !reflect.DeepEqual(after.live.Object, live.Object) || !reflect.DeepEqual(after.inputs.Object, inputs.Object) ||
		after.fieldManager != "m" || after.initialAPIVersion != "v1" {
		t.Errorf("got %+v", after)
	}
}

func TestSchemaExtensionsAreSpelledForSDKsInTheState(t *testing.T) {
	crd := object(t, "{spec: {x-kubernetes-int-or-string: true, x-other: 1}}")
	properties := state{inputs: crd, live: crd}.properties(nil)
	spec := properties["spec"].ObjectValue()
	if !spec.HasValue("x_kubernetes_int_or_string") || !spec.HasValue("x-other") {
		t.Errorf("got %v", spec)
	}
	if back := parseState(properties).live; !reflect.DeepEqual(back.Object, crd.Object) {
		t.Errorf("got %v", back.Object)
	}
}

func TestKindsAreReadOffTypeTokens(t *testing.T) {
	for token, want := range map[string]string{
		"kubernetes:core/v1:Secret":            "/v1, Kind=Secret",
		"kubernetes:apps/v1:Deployment":        "apps/v1, Kind=Deployment",
		"kubernetes:traefik.io/v1alpha1:Route": "traefik.io/v1alpha1, Kind=Route",
	} {
		if got, err := kindOf(token); err != nil || got.String() != want {
			t.Errorf("%s: got %s, %v", token, got, err)
		}
	}
	for _, token := range []string{"kubernetes:helm.sh/v3:Release", "kubernetes:yaml:ConfigFile", "kubernetes:x"} {
		if _, err := kindOf(token); err == nil {
			t.Errorf("%s must be refused", token)
		}
	}
}
