package cloud

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/kubernetes-faas/kubernetes-faas/sandbox/plugins/local/localtest"
)

const network = "sky:index:Network"

// sky serves the tests' own table, configured for an account.
func sky(t *testing.T) pulumirpc.ResourceProviderServer {
	t.Helper()
	t.Setenv(directoryVariable, "testdata")
	server, err := New(nil, "sky", "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	arguments, err := structpb.NewStruct(map[string]any{"account": "acme"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = server.Configure(context.Background(),
		&pulumirpc.ConfigureRequest{Args: arguments, AcceptSecrets: true, AcceptResources: true})
	if err != nil {
		t.Fatal(err)
	}
	return server
}

func networks(t *testing.T) localtest.Driver {
	return localtest.Driver{T: t, Server: sky(t), Token: network}
}

func text(t *testing.T, state resource.PropertyMap, name string) string {
	t.Helper()
	return localtest.Text(t, state, name, false)
}

func TestAPreviewOfACreationKnowsArgumentsAndPlannedOutputsOnly(t *testing.T) {
	preview := networks(t).Preview(localtest.Args{"name": "home", "range": "10.0.0.0/8"})
	if got := text(t, preview, "range"); got != "10.0.0.0/8" {
		t.Errorf("range is %s", got)
	}
	if got := text(t, preview, "account"); got != "acme" {
		t.Errorf("account is %s", got)
	}
	if !preview["link"].IsComputed() {
		t.Errorf("link is known: %v", preview["link"])
	}
	if parts := preview["routes"].ObjectValue(); !parts["default"].IsComputed() || !parts["token"].IsComputed() {
		t.Errorf("routes are known: %v", parts)
	}
	if key := preview["key"]; !key.IsSecret() || !key.SecretValue().Element.IsComputed() {
		t.Errorf("key is not an unknown secret: %v", key)
	}
}

func TestACreationFillsTheTemplatesInAndKeepsSecretsSecret(t *testing.T) {
	id, state := networks(t).Create(localtest.Args{"name": "home", "range": "10.0.0.0/8"})
	if !regexp.MustCompile(`^networks/home-[0-9a-f]{8}$`).MatchString(id) {
		t.Errorf("id is %s", id)
	}
	link := text(t, state, "link")
	if link != "https://acme.example.com/acme/networks/home/"+id[len("networks/home-"):] {
		t.Errorf("link is %s, id %s", link, id)
	}
	if key := localtest.Text(t, state, "key", true); !regexp.MustCompile(`^k-[0-9a-f-]{36}$`).MatchString(key) {
		t.Errorf("key is %s", key)
	}
	if made := text(t, state, "made"); !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`).MatchString(made) {
		t.Errorf("made is %s", made)
	}
	if _, given := state["note"]; given {
		t.Error("an optional output is there without the argument that it is made of")
	}
}

func TestTwoResourcesOfOneNameAreToldApart(t *testing.T) {
	driver := networks(t)
	first, _ := driver.Create(localtest.Args{"name": "home", "range": "10.0.0.0/8"})
	second, _ := driver.Create(localtest.Args{"name": "home", "range": "10.0.0.0/8"})
	if first == second {
		t.Errorf("both have the id %s", first)
	}
}

func TestArgumentsWinOverOutputsPropertyByProperty(t *testing.T) {
	_, state := networks(t).Create(localtest.Args{
		"name": "home", "range": "10.0.0.0/8", "routes": localtest.Args{"default": "none"},
	})
	routes := state["routes"].ObjectValue()
	if routes["default"].StringValue() != "none" || !routes["token"].IsString() {
		t.Errorf("routes are %v", routes)
	}
}

func TestTheTableSaysWhatAChangeReplaces(t *testing.T) {
	driver := networks(t)
	olds := localtest.Args{
		"name": "home", "zones": []any{"a", "b"}, "options": localtest.Args{"kind": "x", "size": 1.0},
	}
	for want, news := range map[string]localtest.Args{
		"":                      {"name": "home", "zones": []any{"a", "b"}, "options": localtest.Args{"kind": "x", "size": 1.0}},
		"update: options.size":  {"name": "home", "zones": []any{"a", "b"}, "options": localtest.Args{"kind": "x", "size": 2.0}},
		"replace: options.kind": {"name": "home", "zones": []any{"a", "b"}, "options": localtest.Args{"kind": "y", "size": 1.0}},
		"replace: zones[1]":     {"name": "home", "zones": []any{"a", "c"}, "options": localtest.Args{"kind": "x", "size": 1.0}},
		"replace: zones":        {"name": "home", "zones": []any{"a"}, "options": localtest.Args{"kind": "x", "size": 1.0}},
		"update: tags":          {"name": "home", "zones": []any{"a", "b"}, "options": localtest.Args{"kind": "x", "size": 1.0}, "tags": localtest.Args{"a": "b"}},
	} {
		if got := diff(t, driver, olds, news); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAChangeThatTheTableDoesNotKnowIsAnError(t *testing.T) {
	driver := networks(t)
	_, err := driver.Server.Diff(context.Background(), diffRequest(t,
		localtest.Args{"name": "home", "colour": "red"}, localtest.Args{"name": "home", "colour": "blue"}))
	if err == nil || !strings.Contains(err.Error(), "colour") || !strings.Contains(err.Error(), "sky.json") {
		t.Errorf("got %v", err)
	}
}

func TestAnUpdateKeepsWhatDoesNotDependOnTheChange(t *testing.T) {
	driver := networks(t)
	_, before := driver.Create(localtest.Args{"name": "home", "range": "10.0.0.0/8"})
	after := driver.Update(before, localtest.Args{"name": "home", "range": "10.0.0.0/9"})
	for _, key := range []string{"link", "made"} {
		if text(t, before, key) != text(t, after, key) {
			t.Errorf("%s has changed", key)
		}
	}
	routes := after["routes"].ObjectValue()
	if routes["default"].StringValue() != "10.0.0.0/9" {
		t.Errorf("routes are %v", routes)
	}
	if !routes["token"].DeepEquals(before["routes"].ObjectValue()["token"]) {
		t.Error("the token has changed")
	}
}

func TestAPreviewOfAnUpdateHidesOnlyWhatIsMadeAnew(t *testing.T) {
	driver := networks(t)
	_, before := driver.Create(localtest.Args{"name": "home", "range": "10.0.0.0/8"})
	response, err := driver.Server.Update(context.Background(), &pulumirpc.UpdateRequest{
		Urn: urnOf(network), Olds: marshal(t, before), Preview: true,
		News: marshal(t, resource.NewPropertyMapFromMap(localtest.Args{"name": "home", "range": "10.0.0.0/9"})),
	})
	if err != nil {
		t.Fatal(err)
	}
	preview := unmarshal(t, response.Properties)
	routes := preview["routes"].ObjectValue()
	if !routes["default"].IsComputed() || routes["token"].IsComputed() || preview["link"].IsComputed() {
		t.Errorf("got %v", preview)
	}
}

func TestAResourceWithoutANameGetsOneAndKeepsIt(t *testing.T) {
	server := sky(t)
	check := func(olds resource.PropertyMap) resource.PropertyMap {
		response, err := server.Check(context.Background(), &pulumirpc.CheckRequest{
			Urn: urnOf(network), Olds: marshal(t, olds), News: marshal(t, resource.PropertyMap{}), RandomSeed: []byte("seed"),
		})
		if err != nil {
			t.Fatal(err)
		}
		return unmarshal(t, response.Inputs)
	}
	first := check(nil)
	name := first["name"].StringValue()
	if !regexp.MustCompile(`^home-[0-9a-f]{7}$`).MatchString(name) {
		t.Errorf("the name is %s", name)
	}
	if again := check(first)["name"].StringValue(); again != name {
		t.Errorf("the name has become %s", again)
	}
}

func TestWhatTheTableLacksIsNamedWithTheFileWhereItBelongs(t *testing.T) {
	server := sky(t)
	_, resourceError := server.Check(context.Background(),
		&pulumirpc.CheckRequest{Urn: urnOf("sky:index:Castle"), News: marshal(t, nil)})
	_, functionError := server.Invoke(context.Background(),
		&pulumirpc.InvokeRequest{Tok: "sky:index:castles", Args: marshal(t, nil)})
	_, methodError := server.Call(context.Background(), &pulumirpc.CallRequest{Tok: "sky:index:Cluster/open"})
	_, componentError := server.Construct(context.Background(), &pulumirpc.ConstructRequest{Type: "sky:index:Moat"})
	for what, err := range map[string]error{
		"resource sky:index:Castle":     resourceError,
		"function sky:index:castles":    functionError,
		"method sky:index:Cluster/open": methodError,
		"component sky:index:Moat":      componentError,
	} {
		if err == nil || !strings.Contains(err.Error(), what) || !strings.Contains(err.Error(), "testdata/sky.json") {
			t.Errorf("%s: got %v", what, err)
		}
	}
}

func TestAFunctionAnswersFromItsArguments(t *testing.T) {
	response, err := sky(t).Invoke(context.Background(), &pulumirpc.InvokeRequest{
		Tok: "sky:index:zones", Args: marshal(t, resource.NewPropertyMapFromMap(localtest.Args{"region": "south"})),
	})
	if err != nil {
		t.Fatal(err)
	}
	answer := unmarshal(t, response.Return)
	if got := answer["names"].ArrayValue()[1].StringValue(); got != "south-b" {
		t.Errorf("got %s", got)
	}
	if got := answer["config"].StringValue(); got != "c291dGg=" {
		t.Errorf("got %s", got)
	}
}

func TestSettingsThatTheCloudWouldBeAskedForAreRequired(t *testing.T) {
	response, err := sky(t).CheckConfig(context.Background(),
		&pulumirpc.CheckRequest{Urn: urnOf("pulumi:providers:sky"), News: marshal(t, nil)})
	if err != nil {
		t.Fatal(err)
	}
	if len(response.Failures) != 1 || !strings.Contains(response.Failures[0].Reason, "sky:account") {
		t.Errorf("got %v", response.Failures)
	}
}

func TestATableWithAKeyThatMeansNothingIsRefused(t *testing.T) {
	directory := t.TempDir()
	t.Setenv(directoryVariable, directory)
	file := filepath.Join(directory, "sky.json")
	if err := os.WriteFile(file, []byte(`{"resources": {"sky:index:Network": {"output": {}}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(nil, "sky", "1.2.3"); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("got %v", err)
	}
}

func urnOf(token string) string { return "urn:pulumi:s::p::" + token + "::home" }

var options = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true}

func marshal(t *testing.T, properties resource.PropertyMap) *structpb.Struct {
	t.Helper()
	marshalled, err := plugin.MarshalProperties(properties, options)
	if err != nil {
		t.Fatal(err)
	}
	return marshalled
}

func unmarshal(t *testing.T, properties *structpb.Struct) resource.PropertyMap {
	t.Helper()
	unmarshalled, err := plugin.UnmarshalProperties(properties, options)
	if err != nil {
		t.Fatal(err)
	}
	return unmarshalled
}

func diffRequest(t *testing.T, olds, news localtest.Args) *pulumirpc.DiffRequest {
	return &pulumirpc.DiffRequest{
		Urn:       urnOf(network),
		OldInputs: marshal(t, resource.NewPropertyMapFromMap(olds)),
		News:      marshal(t, resource.NewPropertyMapFromMap(news)),
	}
}

func diff(t *testing.T, driver localtest.Driver, olds, news localtest.Args) string {
	t.Helper()
	response, err := driver.Server.Diff(context.Background(), diffRequest(t, olds, news))
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case len(response.Replaces) > 0:
		return "replace: " + strings.Join(response.Replaces, " ")
	case response.Changes == pulumirpc.DiffResponse_DIFF_SOME:
		return "update: " + strings.Join(response.Diffs, " ")
	}
	return ""
}

func TestAPackageThatKnowsLittleInThePreviewOfAnUpdateHidesTheRest(t *testing.T) {
	t.Setenv(directoryVariable, "testdata")
	server, err := New(nil, "mist", "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	driver := localtest.Driver{T: t, Server: server, Token: "mist:index:Network"}
	_, before := driver.Create(localtest.Args{"name": "home", "range": "10.0.0.0/8"})
	response, err := server.Update(context.Background(), &pulumirpc.UpdateRequest{
		Urn: urnOf("mist:index:Network"), Olds: marshal(t, before), Preview: true,
		News: marshal(t, resource.NewPropertyMapFromMap(localtest.Args{"name": "home", "range": "10.0.0.0/9"})),
	})
	if err != nil {
		t.Fatal(err)
	}
	preview := unmarshal(t, response.Properties)
	if text(t, preview, "link") != "https://example.com/home" || text(t, preview, "range") != "10.0.0.0/9" {
		t.Errorf("got %v", preview)
	}
	if !preview["key"].IsComputed() {
		t.Errorf("key is known: %v", preview["key"])
	}
}
