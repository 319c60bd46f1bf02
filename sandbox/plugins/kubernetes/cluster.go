package kubernetes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// The marker object tells a sandbox's API server from a real one. The sandbox makes it when it starts and lets
// every authenticated user read it.
const (
	markerNamespace = "kube-system"
	markerName      = "kubernetes-faas-sandbox"
	markerKey       = "sandbox"
)

// probeTimeout limits the first contact only: an address that swallows packets must not hang a preview.
const probeTimeout = 10 * time.Second

// kubeconfig is how the provider's arguments name a cluster.
type kubeconfig struct {
	// content is a kubeconfig in YAML or JSON, or the path of one; empty means $KUBECONFIG or ~/.kube/config.
	content, context, cluster, namespace string
	// settings is the JSON of the argument kubeClientSettings.
	settings string
}

// cluster is the connection to one API server.
type cluster struct {
	namespace string
	client    dynamic.Interface
	mapper    meta.ResettableRESTMapper
	// unreachable says why there is no connection; nil when there is one.
	unreachable error
}

// connect opens the connection and looks for the marker. Errors mean that going on would be wrong; a server
// that does not answer only leaves the cluster unreachable.
func connect(ctx context.Context, from kubeconfig) (*cluster, error) {
	config, namespace, err := from.load()
	if err != nil {
		return &cluster{unreachable: fmt.Errorf("no usable kubeconfig: %w", err)}, nil
	}
	connected := &cluster{namespace: namespace}
	probe := rest.CopyConfig(config)
	probe.Timeout = probeTimeout
	probeClient, err := dynamic.NewForConfig(probe)
	if err != nil {
		return nil, err
	}
	if err := requireMarker(ctx, probeClient, config.Host); err != nil {
		if !answered(err) {
			connected.unreachable = err
			return connected, nil
		}
		return nil, err
	}
	discoveryClient, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, err
	}
	if connected.client, err = dynamic.NewForConfig(config); err != nil {
		return nil, err
	}
	connected.mapper = restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(discoveryClient))
	return connected, nil
}

// answered tells an API server's verdict from a failure to reach one.
func answered(err error) bool {
	var refusal *markerError
	return errors.As(err, &refusal)
}

type markerError struct{ host, why string }

func (e *markerError) Error() string {
	return fmt.Sprintf("%s: this API server is not the sandbox's (%s), and the stand-in for the Kubernetes plugin "+
		"works on nothing else. A real cluster needs the official plugin. To get it, take the stand-in out of "+
		"$PULUMI_HOME/plugins (or use another PULUMI_HOME) and, %s", e.host, e.why, installOfficial)
}

var configMaps = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}

func requireMarker(ctx context.Context, client dynamic.Interface, host string) error {
	marker, err := client.Resource(configMaps).Namespace(markerNamespace).Get(ctx, markerName, metav1.GetOptions{})
	var verdict apierrors.APIStatus
	switch {
	case err == nil:
		if _, marked, _ := unstructured.NestedString(marker.Object, "data", markerKey); marked {
			return nil
		}
		return &markerError{host, fmt.Sprintf("ConfigMap %s/%s has no key %q", markerNamespace, markerName, markerKey)}
	case isTransient(err):
		return err
	case errors.As(err, &verdict):
		return &markerError{host, fmt.Sprintf("reading ConfigMap %s/%s: %v", markerNamespace, markerName, err)}
	}
	return err
}

func (k kubeconfig) load() (*rest.Config, string, error) {
	overrides := &clientcmd.ConfigOverrides{
		Context:        clientcmdapi.Context{Cluster: k.cluster, Namespace: k.namespace},
		CurrentContext: k.context,
	}
	var loader clientcmd.ClientConfig
	if k.content == "" {
		loader = clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
			clientcmd.NewDefaultClientConfigLoadingRules(), overrides)
	} else {
		parsed, err := parseKubeconfig(k.content)
		if err != nil {
			return nil, "", err
		}
		loader = clientcmd.NewDefaultClientConfig(*parsed, overrides)
	}
	config, err := loader.ClientConfig()
	if err != nil {
		return nil, "", err
	}
	namespace, _, err := loader.Namespace()
	if err != nil {
		return nil, "", err
	}
	return config, namespace, k.tune(config)
}

// tune sets the request rates; the defaults are the official plugin's.
func (k kubeconfig) tune(config *rest.Config) error {
	settings := struct {
		Burst   int     `json:"burst"`
		QPS     float32 `json:"qps"`
		Timeout int     `json:"timeout"`
	}{Burst: 120, QPS: 50, Timeout: 32}
	if k.settings != "" {
		if err := json.Unmarshal([]byte(k.settings), &settings); err != nil {
			return fmt.Errorf("kubeClientSettings: %w", err)
		}
	}
	config.Burst, config.QPS = settings.Burst, settings.QPS
	config.Timeout = time.Duration(settings.Timeout) * time.Second
	config.WarningHandler = rest.NoWarnings{}
	config.UserAgent = "kubernetes-faas-sandbox"
	return nil
}

// parseKubeconfig reads a kubeconfig given as its path or its content.
func parseKubeconfig(pathOrContent string) (*clientcmdapi.Config, error) {
	path := pathOrContent
	if rest, inHome := strings.CutPrefix(path, "~/"); inHome {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, err
		}
		path = filepath.Join(home, rest)
	}
	if content, err := os.ReadFile(path); err == nil {
		return clientcmd.Load(content)
	}
	return clientcmd.Load([]byte(pathOrContent))
}

// activeCluster finds the cluster entry that a provider's arguments select; nil when there is none.
func activeCluster(arguments resource.PropertyMap) (*clientcmdapi.Cluster, error) {
	content := plain(arguments["kubeconfig"])
	if content == "" {
		return nil, nil
	}
	config, err := parseKubeconfig(content)
	if err != nil {
		return nil, fmt.Errorf("kubeconfig: %w", err)
	}
	name := config.CurrentContext
	if chosen := plain(arguments["context"]); chosen != "" {
		name = chosen
	}
	context, found := config.Contexts[name]
	if !found {
		return nil, nil
	}
	clusterName := context.Cluster
	if chosen := plain(arguments["cluster"]); chosen != "" {
		clusterName = chosen
	}
	return config.Clusters[clusterName], nil
}

// mapping finds the endpoint of a kind. Kinds that appeared since the last look are found, too.
func (c *cluster) mapping(gvk schema.GroupVersionKind) (*meta.RESTMapping, error) {
	mapping, err := c.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if meta.IsNoMatchError(err) {
		c.mapper.Reset()
		mapping, err = c.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	}
	return mapping, err
}

// resource gives the client for the object's kind and namespace.
func (c *cluster) resource(object *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	mapping, err := c.mapping(object.GroupVersionKind())
	if err != nil {
		return nil, err
	}
	client := c.client.Resource(mapping.Resource)
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		return client, nil
	}
	namespace := object.GetNamespace()
	if namespace == "" {
		namespace = "default"
	}
	return client.Namespace(namespace), nil
}

// reachable returns the reason why there is no connection, or nil.
func (p *Provider) reachable() error {
	if p.cluster == nil {
		return errors.New("the provider is not configured")
	}
	if p.cluster.unreachable != nil {
		return fmt.Errorf("configured Kubernetes cluster is unreachable: %w", p.cluster.unreachable)
	}
	return nil
}

// knownKind tells whether the API server serves the kind by now.
func (p *Provider) knownKind(gvk schema.GroupVersionKind) bool {
	if p.reachable() != nil {
		return false
	}
	_, err := p.cluster.mapping(gvk)
	return err == nil
}
