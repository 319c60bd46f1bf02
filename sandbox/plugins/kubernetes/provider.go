// Package kubernetes is the sandbox's stand-in for Pulumi's Kubernetes resource plugin.
//
// It speaks the plugin protocol for the type tokens of @pulumi/kubernetes and is generic over kinds: discovery
// finds the endpoint, server-side apply and its dry run decide what a change means. How the official plugin
// behaves was recorded case by case (test/sandbox/conformance); this one is held to those recordings.
// It works against the sandbox's API server only.
package kubernetes

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// Provider implements the plugin protocol for the package `kubernetes`.
type Provider struct {
	pulumirpc.UnimplementedResourceProviderServer

	host    *provider.HostClient
	version string

	// ctx ends when the engine cancels the operation; every request and wait hangs on it.
	ctx    context.Context
	cancel context.CancelFunc

	options options
	cluster *cluster
	scopes  *scopes
}

// New makes the plugin; the engine configures it before use.
func New(host *provider.HostClient, version string) (pulumirpc.ResourceProviderServer, error) {
	ctx, cancel := context.WithCancel(context.Background())
	return &Provider{host: host, version: version, ctx: ctx, cancel: cancel, scopes: newScopes()}, nil
}

// GetPluginInfo tells the engine which version of the package this plugin answers for.
func (p *Provider) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: p.version}, nil
}

// GetSchema answers with an empty schema: programs bring their own SDK.
func (p *Provider) GetSchema(context.Context, *pulumirpc.GetSchemaRequest) (*pulumirpc.GetSchemaResponse, error) {
	return &pulumirpc.GetSchemaResponse{Schema: fmt.Sprintf(`{"name":"kubernetes","version":%q}`, p.version)}, nil
}

// GetMapping has no Terraform mapping to offer.
func (p *Provider) GetMapping(context.Context, *pulumirpc.GetMappingRequest) (*pulumirpc.GetMappingResponse, error) {
	return &pulumirpc.GetMappingResponse{}, nil
}

// GetMappings has no Terraform mapping to offer.
func (p *Provider) GetMappings(context.Context, *pulumirpc.GetMappingsRequest) (*pulumirpc.GetMappingsResponse, error) {
	return &pulumirpc.GetMappingsResponse{}, nil
}

// Cancel ends every wait and request that is under way.
func (p *Provider) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	p.cancel()
	return &emptypb.Empty{}, nil
}

// Invoke serves YAML, Helm and Kustomize rendering in the official plugin; the stand-in has none of them.
func (p *Provider) Invoke(_ context.Context, req *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	return nil, unsupported(req.GetTok())
}

// Call is part of the component resources that the stand-in does not have.
func (p *Provider) Call(_ context.Context, req *pulumirpc.CallRequest) (*pulumirpc.CallResponse, error) {
	return nil, unsupported(req.GetTok())
}

// Construct makes ConfigGroup, Chart and Directory in the official plugin; the stand-in has none of them.
func (p *Provider) Construct(_ context.Context, req *pulumirpc.ConstructRequest) (*pulumirpc.ConstructResponse, error) {
	return nil, unsupported(req.GetType())
}

func unsupported(token string) error {
	return status.Errorf(codes.Unimplemented,
		"%q is not supported by the sandbox's stand-in for the Kubernetes plugin, which knows single objects only: "+
			"write the objects as typed resources, or install the official plugin (%s)", token, installOfficial)
}

const installOfficial = "on a machine with network: pulumi plugin install resource kubernetes"

// decode reads a property bag of the engine, keeping unknowns and secrets.
func decode(properties *structpb.Struct, what string) (resource.PropertyMap, error) {
	decoded, err := plugin.UnmarshalProperties(properties, plugin.MarshalOptions{
		Label: what, KeepUnknowns: true, KeepSecrets: true,
	})
	if err != nil {
		return nil, fmt.Errorf("malformed %s: %w", what, err)
	}
	return decoded, nil
}

// encode is the inverse of decode; an engine that can't take secrets gets plain values.
func (p *Provider) encode(properties resource.PropertyMap, what string) (*structpb.Struct, error) {
	return plugin.MarshalProperties(properties, plugin.MarshalOptions{
		Label: what, KeepUnknowns: true, KeepSecrets: p.options.acceptSecrets,
	})
}
