package cloud

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/structpb"
)

// child is a resource that a component has registered.
type child struct {
	urn        urn.URN
	id         string
	properties property.Map
}

// value is what paths lead into: the properties and the id.
func (c child) value() property.Value {
	return property.New(c.properties.Set("id", c.idValue()))
}

// idValue is unknown before the resource is made.
func (c child) idValue() property.Value {
	if c.id == "" {
		return property.New(property.Computed)
	}
	return property.New(c.id)
}

func (c child) reference() property.ResourceReference {
	return property.ResourceReference{URN: c.urn, ID: c.idValue()}
}

// constructor registers a component and its children with the engine, as the official plugin's own program would.
type constructor struct {
	request plugin.ConstructRequest
	monitor pulumirpc.ResourceMonitorClient
	// dependencies of the component's arguments, which its children inherit: so they go before what they were made of.
	dependencies []string
}

// Construct makes a component of the package from the table's list of children.
func (s *standIn) Construct(ctx context.Context, request plugin.ConstructRequest) (plugin.ConstructResponse, error) {
	component, err := find(s.table, "components", "component", s.table.Components, string(request.Type))
	if err != nil {
		return plugin.ConstructResponse{}, err
	}
	connection, err := grpc.NewClient(request.Info.MonitorAddress,
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return plugin.ConstructResponse{}, fmt.Errorf("the engine's monitor: %w", err)
	}
	defer func() { _ = connection.Close() }()
	c := &constructor{request: request, monitor: pulumirpc.NewResourceMonitorClient(connection)}
	for _, urns := range request.Options.PropertyDependencies {
		c.depend(urns...)
	}
	c.depend(request.Options.Dependencies...)

	at := s.scope(request.Name, request.Name, resource.FromResourcePropertyMap(request.Inputs), nil)
	at.resolve = func(reference property.ResourceReference) (property.Value, error) {
		return c.recorded(ctx, reference)
	}
	outputs, self, err := c.construct(ctx, component, at)
	if err != nil {
		return plugin.ConstructResponse{}, s.explain(request.Type, err)
	}
	needed := []resource.URN{self}
	for _, made := range at.children {
		needed = append(needed, made.urn)
	}
	slices.Sort(needed)
	dependencies := map[resource.PropertyKey][]resource.URN{}
	for key := range outputs {
		dependencies[key] = needed
	}
	return plugin.ConstructResponse{URN: self, Outputs: outputs, OutputDependencies: dependencies}, nil
}

func (c *constructor) depend(urns ...resource.URN) {
	for _, each := range urns {
		if !slices.Contains(c.dependencies, string(each)) {
			c.dependencies = append(c.dependencies, string(each))
		}
	}
	slices.Sort(c.dependencies)
}

func (c *constructor) construct(
	ctx context.Context, component Component, at *scope,
) (resource.PropertyMap, resource.URN, error) {
	self, err := c.register(ctx, &pulumirpc.RegisterResourceRequest{
		Type: string(c.request.Type), Name: c.request.Name, Parent: string(c.request.Parent),
		Protect: c.request.Options.Protect, DeletedWith: string(c.request.Options.DeletedWith),
		AcceptSecrets: true, AcceptResources: true, SupportsPartialValues: true,
		Dependencies: c.dependencies, Providers: c.request.Options.Providers,
	}, nil)
	if err != nil {
		return nil, "", err
	}
	at.children = map[string]child{}
	for _, each := range component.Children {
		if err := c.child(ctx, each, self.urn, at); err != nil {
			return nil, "", fmt.Errorf("child %s: %w", each.Key, err)
		}
	}
	values, err := at.properties(component.Outputs)
	if err != nil {
		return nil, "", err
	}
	for _, key := range component.Secrets {
		values = values.Set(key, values.Get(key).WithSecret(true))
	}
	outputs := resource.ToResourcePropertyMap(values)
	marshalled, err := plugin.MarshalProperties(outputs, marshalling)
	if err != nil {
		return nil, "", err
	}
	_, err = c.monitor.RegisterResourceOutputs(ctx,
		&pulumirpc.RegisterResourceOutputsRequest{Urn: string(self.urn), Outputs: marshalled})
	return outputs, self.urn, err
}

// child makes a child, or one for each entry of a map.
func (c *constructor) child(ctx context.Context, each Child, parent urn.URN, at *scope) error {
	if each.When != "" {
		if condition, err := at.text("{" + each.When + "?}"); err != nil || isOff(condition) {
			return err
		}
	}
	if each.Each == "" {
		return c.make(ctx, each, parent, at, each.Key)
	}
	entries, err := at.text("{" + each.Each + "?}")
	if err != nil || !entries.IsMap() {
		return err
	}
	for key, value := range entries.AsMap().AllStable {
		at.key, at.value = key, value
		if err := c.make(ctx, each, parent, at, each.Key+" "+key); err != nil {
			return err
		}
	}
	return nil
}

func (c *constructor) make(ctx context.Context, each Child, parent urn.URN, at *scope, key string) error {
	name, err := at.text(each.Name)
	if err != nil {
		return err
	}
	inputs, err := at.properties(each.Inputs)
	if err != nil {
		return err
	}
	owner, _, _ := strings.Cut(each.Type, ":")
	made, err := c.register(ctx, &pulumirpc.RegisterResourceRequest{
		Type: each.Type, Name: show(name), Parent: string(parent), Custom: true,
		Protect: c.request.Options.Protect, Provider: c.request.Options.Providers[owner], Version: versionBeside(owner),
		AcceptSecrets: true, AcceptResources: true, SupportsPartialValues: true, Dependencies: c.dependencies,
	}, &inputs)
	if err != nil {
		return err
	}
	at.children[key] = made
	// A later child may be made of this one's properties.
	c.depend(made.urn)
	return nil
}

// versionBeside is the newest version of a package whose plugin lies beside this one. A child without a version would get a
// provider of its own in the first run, and that of the program in the next.
func versionBeside(name string) string {
	prefix := filepath.Join(filepath.Dir(filepath.Dir(os.Args[0])), "resource-"+name+"-v")
	found, _ := filepath.Glob(prefix + "*") // fails for a malformed pattern only
	newest, version := semver.Version{}, ""
	for _, directory := range found {
		text := strings.TrimPrefix(directory, prefix)
		if parsed, err := semver.Parse(text); err == nil && parsed.GE(newest) {
			newest, version = parsed, text
		}
	}
	return version
}

// recorded asks the engine for what it knows of a resource.
func (c *constructor) recorded(ctx context.Context, reference property.ResourceReference) (property.Value, error) {
	arguments, err := structpb.NewStruct(map[string]any{"urn": string(reference.URN)})
	if err != nil {
		return absent, err
	}
	response, err := c.monitor.Invoke(ctx, &pulumirpc.ResourceInvokeRequest{
		Tok: "pulumi:pulumi:getResource", Args: arguments, AcceptResources: true,
	})
	if err != nil {
		return absent, err
	}
	answer, err := plugin.UnmarshalProperties(response.Return, marshalling)
	if err != nil {
		return absent, err
	}
	return resource.FromResourcePropertyValue(answer["state"]), nil
}

// isOff is true where an argument is not given, false or empty.
func isOff(value property.Value) bool {
	return value.IsNull() || value.IsBool() && !value.AsBool() || value.IsArray() && value.AsArray().Len() == 0
}

var marshalling = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true}

func (c *constructor) register(
	ctx context.Context, request *pulumirpc.RegisterResourceRequest, inputs *property.Map,
) (child, error) {
	if inputs != nil {
		object, err := plugin.MarshalProperties(resource.ToResourcePropertyMap(*inputs), marshalling)
		if err != nil {
			return child{}, err
		}
		request.Object = object
	}
	response, err := c.monitor.RegisterResource(ctx, request)
	if err != nil {
		return child{}, err
	}
	properties, err := plugin.UnmarshalProperties(response.Object, marshalling)
	if err != nil {
		return child{}, err
	}
	return child{
		urn: urn.URN(response.Urn), id: response.Id, properties: resource.FromResourcePropertyMap(properties),
	}, nil
}
