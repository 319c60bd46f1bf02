package kubernetes

import (
	"context"
	"regexp"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// check runs Check on inputs as YAML, without a cluster.
func check(t *testing.T, token, olds, news string, request *pulumirpc.CheckRequest) (*unstructured.Unstructured, string) {
	t.Helper()
	p := &Provider{scopes: newScopes(), options: options{namespace: "home", acceptSecrets: true}}
	var err error
	if request.News, err = p.encode(fromObject(object(t, news)), "news"); err != nil {
		t.Fatal(err)
	}
	if request.Olds, err = p.encode(fromObject(object(t, olds)), "olds"); err != nil {
		t.Fatal(err)
	}
	request.Urn = "urn:pulumi:stack::project::" + token + "::web"
	response, err := p.Check(context.Background(), request)
	if err != nil {
		t.Fatal(err)
	}
	if len(response.GetFailures()) > 0 {
		return nil, response.GetFailures()[0].GetProperty()
	}
	checked, err := decode(response.GetInputs(), "inputs")
	if err != nil {
		t.Fatal(err)
	}
	return toObject(checked), ""
}

const configMapToken, configMapText = "kubernetes:core/v1:ConfigMap", "{apiVersion: v1, kind: ConfigMap}"

func TestAnObjectWithoutANameGetsOneOfTheSeed(t *testing.T) {
	first, _ := check(t, configMapToken, "{}", configMapText, &pulumirpc.CheckRequest{RandomSeed: []byte("seed")})
	again, _ := check(t, configMapToken, "{}", configMapText, &pulumirpc.CheckRequest{RandomSeed: []byte("seed")})
	if !regexp.MustCompile(`^web-[0-9a-f]{8}$`).MatchString(first.GetName()) || first.GetName() != again.GetName() {
		t.Errorf("named %q, then %q", first.GetName(), again.GetName())
	}
	if !isTrue(first, annotationAutonamed) || first.GetNamespace() != "home" {
		t.Errorf("got %v", first.Object)
	}
}

func TestANameThatWasGivenOnceStays(t *testing.T) {
	const old = "{metadata: {name: web-1, annotations: {pulumi.com/autonamed: 'true'}}}"
	got, _ := check(t, configMapToken, old, configMapText, &pulumirpc.CheckRequest{})
	if got.GetName() != "web-1" || !isTrue(got, annotationAutonamed) {
		t.Errorf("got %v", got.Object)
	}
}

func TestAnObjectThatLosesItsFixedNameIsLeftForDiffToReplace(t *testing.T) {
	if got, _ := check(t, configMapToken, "{metadata: {name: fixed}}", configMapText, &pulumirpc.CheckRequest{}); got.GetName() != "" {
		t.Errorf("got %v", got.Object)
	}
}

func TestTheProjectsNamingRulesAreFollowed(t *testing.T) {
	rules := &pulumirpc.CheckRequest_AutonamingOptions{
		ProposedName: "proposed", Mode: pulumirpc.CheckRequest_AutonamingOptions_PROPOSE,
	}
	got, _ := check(t, configMapToken, "{}", configMapText, &pulumirpc.CheckRequest{Autonaming: rules})
	if got.GetName() != "proposed" {
		t.Errorf("got %v", got.Object)
	}
	rules.Mode = pulumirpc.CheckRequest_AutonamingOptions_DISABLE
	if _, failed := check(t, configMapToken, "{}", configMapText, &pulumirpc.CheckRequest{Autonaming: rules}); failed != "metadata.name" {
		t.Errorf("failed at %q", failed)
	}
}

func TestNamesThatCannotWorkAreRefused(t *testing.T) {
	const generated = "{apiVersion: v1, kind: ConfigMap, metadata: {generateName: a-}}"
	if _, failed := check(t, configMapToken, "{}", generated, &pulumirpc.CheckRequest{}); failed != "metadata.generateName" {
		t.Errorf("failed at %q", failed)
	}
	if _, failed := check(t, configMapToken+"Patch", "{}", configMapText, &pulumirpc.CheckRequest{}); failed != "metadata.name" {
		t.Errorf("failed at %q", failed)
	}
}

func TestKindsOutsideNamespacesGetNone(t *testing.T) {
	got, _ := check(t, "kubernetes:core/v1:Namespace", "{}", "{apiVersion: v1, kind: Namespace}", &pulumirpc.CheckRequest{})
	if got.GetNamespace() != "" {
		t.Errorf("got %v", got.Object)
	}
}

func TestReplacementsGoFirstOnlyUnderAFixedName(t *testing.T) {
	live := object(t, "{metadata: {namespace: home, name: fixed}}")
	for text, want := range map[string]bool{
		"{metadata: {namespace: home, name: fixed}}":                                              true,
		"{metadata: {namespace: away, name: fixed}}":                                              false,
		"{metadata: {namespace: home, name: other}}":                                              false,
		"{metadata: {namespace: home, name: fixed, annotations: {pulumi.com/autonamed: 'true'}}}": false,
		"{metadata: {namespace: home}}":                                                           false,
	} {
		if got := keepsFixedName(object(t, text), live); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	unknown := object(t, "{metadata: {namespace: home}}")
	metadataOf(unknown)["name"] = resource.Computed{}
	if keepsFixedName(unknown, live) {
		t.Error("a name that is not known yet may be another one")
	}
}

func TestScopesLearnFromDefinitions(t *testing.T) {
	p := &Provider{scopes: newScopes()}
	planet := object(t, "{apiVersion: e.com/v1, kind: Planet}").GroupVersionKind()
	if !p.namespaced(planet) {
		t.Error("a kind that nobody knows most likely lives in a namespace")
	}
	p.scopes.learn(object(t, "{spec: {group: e.com, scope: Cluster, names: {kind: Planet}}}"))
	if p.namespaced(planet) {
		t.Error("the definition says otherwise")
	}
}
