package kubernetes

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func kubeconfigFor(server string) string {
	config, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Config", "current-context": "c",
		"clusters": []any{map[string]any{"name": "c", "cluster": map[string]any{"server": server}}},
		"contexts": []any{map[string]any{"name": "c", "context": map[string]any{"cluster": "c", "user": "u", "namespace": "n"}}},
		"users":    []any{map[string]any{"name": "u", "user": map[string]any{}}},
	})
	if err != nil {
		panic(err)
	}
	return string(config)
}

func TestDiffConfigReplacesOnlyForAnotherCluster(t *testing.T) {
	here, there := kubeconfigFor("https://here"), kubeconfigFor("https://there")
	for name, each := range map[string]struct {
		olds, news map[string]any
		want       []string
	}{
		"same":               {map[string]any{"kubeconfig": here}, map[string]any{"kubeconfig": here}, nil},
		"another server":     {map[string]any{"kubeconfig": here}, map[string]any{"kubeconfig": there}, []string{"kubeconfig"}},
		"another option":     {map[string]any{"kubeconfig": here}, map[string]any{"kubeconfig": here, "namespace": "n"}, nil},
		"identified, moved":  {map[string]any{"kubeconfig": here, "clusterIdentifier": "i"}, map[string]any{"kubeconfig": there, "clusterIdentifier": "i"}, nil},
		"another identifier": {map[string]any{"kubeconfig": here, "clusterIdentifier": "i"}, map[string]any{"kubeconfig": here, "clusterIdentifier": "j"}, []string{"clusterIdentifier"}},
		"identifier added":   {map[string]any{"kubeconfig": here}, map[string]any{"kubeconfig": here, "clusterIdentifier": "i"}, nil},
		"rendered elsewhere": {map[string]any{"renderYamlToDirectory": "a"}, map[string]any{"renderYamlToDirectory": "b"}, []string{"renderYamlToDirectory"}},
		"unknown":            {map[string]any{"kubeconfig": here}, map[string]any{"kubeconfig": resource.Computed{Element: resource.NewStringProperty("")}}, []string{"kubeconfig"}},
	} {
		t.Run(name, func(t *testing.T) {
			marshal := func(values map[string]any) *pulumirpc.DiffRequest {
				encoded, err := plugin.MarshalProperties(resource.NewPropertyMapFromMap(values), plugin.MarshalOptions{KeepUnknowns: true})
				if err != nil {
					t.Fatal(err)
				}
				return &pulumirpc.DiffRequest{Olds: encoded}
			}
			request := marshal(each.olds)
			request.News = marshal(each.news).Olds
			response, err := (&Provider{}).DiffConfig(context.Background(), request)
			if err != nil || !reflect.DeepEqual(response.GetReplaces(), each.want) {
				t.Errorf("replaces %v, %v; want %v", response.GetReplaces(), err, each.want)
			}
		})
	}
}

func TestConnectWantsTheMarker(t *testing.T) {
	for name, each := range map[string]struct {
		status  int
		body    string
		refused bool
	}{
		"marked":      {200, `{"apiVersion":"v1","kind":"ConfigMap","data":{"sandbox":"x"}}`, false},
		"unmarked":    {200, `{"apiVersion":"v1","kind":"ConfigMap","data":{}}`, true},
		"absent":      {404, `{"apiVersion":"v1","kind":"Status","status":"Failure","reason":"NotFound","code":404}`, true},
		"not allowed": {403, `{"apiVersion":"v1","kind":"Status","status":"Failure","reason":"Forbidden","code":403}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
				if request.URL.Path != "/api/v1/namespaces/kube-system/configmaps/kubernetes-faas-sandbox" {
					t.Errorf("asked for %s before the marker was seen", request.URL.Path)
				}
				response.Header().Set("Content-Type", "application/json")
				response.WriteHeader(each.status)
				_, _ = response.Write([]byte(each.body))
			}))
			defer server.Close()
			connected, err := connect(context.Background(), kubeconfig{content: kubeconfigFor(server.URL)})
			if refused := err != nil && strings.Contains(err.Error(), "official plugin"); refused != each.refused {
				t.Errorf("got %v", err)
			}
			if !each.refused && (connected.unreachable != nil || connected.namespace != "n") {
				t.Errorf("got %+v", connected)
			}
		})
	}
}

func TestConnectLeavesASilentServerUnreachable(t *testing.T) {
	connected, err := connect(context.Background(), kubeconfig{content: kubeconfigFor("http://127.0.0.1:1")})
	if err != nil || connected.unreachable == nil {
		t.Errorf("got %+v, %v", connected, err)
	}
}

func TestConnectTakesAServerInTroubleForUnreachable(t *testing.T) {
	for _, code := range []int{429, 500, 503, 504} {
		server := httptest.NewServer(http.HandlerFunc(func(response http.ResponseWriter, _ *http.Request) {
			http.Error(response, "in trouble", code)
		}))
		connected, err := connect(context.Background(), kubeconfig{content: kubeconfigFor(server.URL)})
		server.Close()
		if err != nil || connected.unreachable == nil {
			t.Errorf("%d: got %+v, %v", code, connected, err)
		}
	}
}

func TestKubeconfigIsAPathOrContent(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(file, []byte(kubeconfigFor("https://here")), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, argument := range []string{file, kubeconfigFor("https://here")} {
		config, err := parseKubeconfig(argument)
		if err != nil || config.Clusters["c"].Server != "https://here" {
			t.Errorf("%q: %v, %v", argument, config, err)
		}
	}
}

func TestCheckConfigRefusesWhatTheStandInCannotDo(t *testing.T) {
	for text, property := range map[string]string{
		`{"enableServerSideApply":"false"}`:                "enableServerSideApply",
		`{"renderYamlToDirectory":"d","context":"c"}`:      "context",
		`{"kubeconfig":"k","enableConfigMapMutable":true}`: "",
	} {
		var values map[string]any
		if err := json.Unmarshal([]byte(text), &values); err != nil {
			t.Fatal(err)
		}
		news, err := plugin.MarshalProperties(resource.NewPropertyMapFromMap(values), plugin.MarshalOptions{})
		if err != nil {
			t.Fatal(err)
		}
		response, err := (&Provider{}).CheckConfig(context.Background(), &pulumirpc.CheckRequest{News: news})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, failure := range response.GetFailures() {
			got += failure.GetProperty()
		}
		if got != property {
			t.Errorf("%s: refused %q, want %q", text, got, property)
		}
	}
}
