package kubernetes

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// options are the provider's arguments that the stand-in honours.
type options struct {
	acceptSecrets     bool
	namespace         string
	configMapMutable  bool
	secretMutable     bool
	patchForce        bool
	upsert            bool
	deleteUnreachable bool
	renderDirectory   string
	alwaysRender      bool
}

// CheckConfig takes the provider's arguments as they are, but for combinations that make no sense.
func (p *Provider) CheckConfig(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	response := &pulumirpc.CheckResponse{Inputs: req.GetNews()}
	news, err := decode(req.GetNews(), "provider arguments")
	if err != nil {
		return nil, err
	}
	fail := func(property, reason string) {
		response.Failures = append(response.Failures, &pulumirpc.CheckFailure{Property: property, Reason: reason})
	}
	if given(news, "renderYamlToDirectory") {
		for _, property := range []string{"cluster", "context"} {
			if given(news, property) {
				fail(property, fmt.Sprintf("%q can't be combined with renderYamlToDirectory, which uses no cluster", property))
			}
		}
	}
	if value := plain(news["enableServerSideApply"]); value == "false" {
		fail("enableServerSideApply", "the sandbox's stand-in only knows server-side apply; leave this argument out")
	}
	return response, nil
}

// plain gives the string form of an argument; the SDK sends booleans as JSON text.
func plain(value resource.PropertyValue) string {
	for value.IsSecret() {
		value = value.SecretValue().Element
	}
	switch {
	case value.IsString():
		return value.StringValue()
	case value.IsBool():
		return fmt.Sprint(value.BoolValue())
	case value.IsObject():
		text, err := json.Marshal(value.ObjectValue().Mappable())
		if err != nil {
			return ""
		}
		return string(text)
	}
	return ""
}

func given(properties resource.PropertyMap, key string) bool {
	return plain(properties[resource.PropertyKey(key)]) != ""
}

// clusterArguments say which cluster a provider talks to.
var clusterArguments = []resource.PropertyKey{"kubeconfig", "context", "cluster"}

// DiffConfig decides whether a changed provider still means the same cluster. With a clusterIdentifier on both
// sides that alone decides; else the address and credentials of the kubeconfig's active cluster do.
func (p *Provider) DiffConfig(_ context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	olds, err := decode(req.GetOlds(), "old provider arguments")
	if err != nil {
		return nil, err
	}
	news, err := decode(req.GetNews(), "provider arguments")
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}
	for _, key := range changedKeys(olds, news) {
		response.Changes = pulumirpc.DiffResponse_DIFF_SOME
		response.Diffs = append(response.Diffs, string(key))
		if key == "renderYamlToDirectory" {
			response.Replaces = append(response.Replaces, string(key))
		}
	}
	old, identifier := plain(olds["clusterIdentifier"]), plain(news["clusterIdentifier"])
	switch {
	case old != "" && identifier == old:
		return response, nil
	case old != "" && identifier != "":
		response.Replaces = append(response.Replaces, "clusterIdentifier")
		return response, nil
	}
	replaces, err := clusterReplaces(olds, news, response.Diffs)
	response.Replaces = append(response.Replaces, replaces...)
	return response, err
}

func clusterReplaces(olds, news resource.PropertyMap, diffs []string) ([]string, error) {
	for _, key := range clusterArguments {
		if news[key].ContainsUnknowns() {
			return []string{string(key)}, nil // it may be another cluster: assume so
		}
	}
	before, err := activeCluster(olds)
	if err != nil {
		return nil, err
	}
	after, err := activeCluster(news)
	if err != nil {
		return nil, err
	}
	if before == nil || after == nil || reflect.DeepEqual(before, after) {
		return nil, nil
	}
	var replaces []string
	for _, key := range diffs {
		for _, argument := range clusterArguments {
			if key == string(argument) {
				replaces = append(replaces, key)
			}
		}
	}
	return replaces, nil
}

func changedKeys(olds, news resource.PropertyMap) []resource.PropertyKey {
	diff := olds.Diff(news)
	if diff == nil {
		return nil
	}
	return diff.ChangedKeys()
}

// kubeconfigVariable names the kubeconfig of a sandbox that stands for whatever cluster a program made: where no cloud is
// contacted, there is no cluster at the address that the cloud's stand-in gave out.
const kubeconfigVariable = "KUBERNETES_FAAS_SANDBOX_KUBECONFIG"

// Configure connects to the cluster. One that can't be reached is no error yet: previews go on without it,
// and state can be cleaned up with deleteUnreachable.
func (p *Provider) Configure(
	ctx context.Context, req *pulumirpc.ConfigureRequest,
) (*pulumirpc.ConfigureResponse, error) {
	//nolint:staticcheck // the engine still sends every argument as a variable, already as text
	variables := req.GetVariables()
	argument := func(name string) string { return variables["kubernetes:config:"+name] }
	enabled := func(name, environment string) bool {
		if value := argument(name); value != "" {
			return value == "true"
		}
		return os.Getenv(environment) == "true"
	}
	if argument("enableServerSideApply") == "false" || os.Getenv("PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY") == "false" {
		return nil, status.Error(codes.InvalidArgument,
			"enableServerSideApply: the sandbox's stand-in only knows server-side apply; leave this argument out")
	}
	p.options = options{
		acceptSecrets:     req.GetAcceptSecrets(),
		namespace:         argument("namespace"),
		configMapMutable:  enabled("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
		secretMutable:     enabled("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
		patchForce:        enabled("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
		upsert:            enabled("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
		deleteUnreachable: enabled("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
		renderDirectory:   argument("renderYamlToDirectory"),
		alwaysRender:      argument("alwaysRender") == "true",
	}
	if p.options.renderDirectory == "" {
		from := kubeconfig{
			content:   argument("kubeconfig"),
			context:   argument("context"),
			cluster:   argument("cluster"),
			namespace: p.options.namespace,
			settings:  argument("kubeClientSettings"),
		}
		if sandbox := os.Getenv(kubeconfigVariable); sandbox != "" {
			from.content, from.context, from.cluster = sandbox, "", ""
		}
		var err error
		p.cluster, err = connect(p.ctx, from)
		if err != nil {
			return nil, err
		}
		p.options.namespace = p.cluster.namespace
	}
	if p.options.namespace == "" {
		p.options.namespace = "default"
	}
	p.announce(ctx)
	return &pulumirpc.ConfigureResponse{
		AcceptSecrets: true, SupportsPreview: true, SupportsAutonamingConfiguration: true,
	}, nil
}

// announce says, where it disturbs nobody, that this is not the official plugin.
func (p *Provider) announce(ctx context.Context) {
	const text = "Kubernetes plugin: the sandbox's stand-in, not the official one"
	if p.host != nil {
		_ = p.host.Log(ctx, diag.Debug, "", text)
		_ = p.host.LogStatus(ctx, diag.Info, "", text)
	}
}

func (p *Provider) warn(ctx context.Context, urn resource.URN, text string) {
	if p.host != nil {
		_ = p.host.Log(ctx, diag.Warning, urn, text)
	}
}

// progress shows a line beside the resource while it is waited for.
func (p *Provider) progress(urn resource.URN, text string) {
	if p.host != nil {
		_ = p.host.LogStatus(p.ctx, diag.Info, urn, text)
	}
}
