package cloud

import (
	"context"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// child is a resource that a component has registered.
type child struct {
	urn        urn.URN
	id         string
	component  bool
	properties property.Map
}

func (c child) value(path []string) property.Value {
	if slices.Equal(path, []string{"id"}) {
		return c.idValue()
	}
	return walk(property.New(c.properties), path)
}

// idValue is unknown before the resource is made.
func (c child) idValue() property.Value {
	if c.id == "" {
		return property.New(property.Computed)
	}
	return property.New(c.id)
}

func (c child) reference() property.ResourceReference {
	reference := property.ResourceReference{URN: c.urn}
	if !c.component {
		reference.ID = c.idValue()
	}
	return reference
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
		AliasURNs: nil, AcceptSecrets: true, AcceptResources: true, SupportsPartialValues: true,
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

func (c *constructor) child(ctx context.Context, each Child, parent urn.URN, at *scope) error {
	if each.When != "" {
		if condition, err := at.text("{" + each.When + "?}"); err != nil || isOff(condition) {
			return err
		}
	}
	name, err := at.text(each.Name)
	if err != nil {
		return err
	}
	inputs, err := at.properties(each.Inputs)
	if err != nil {
		return err
	}
	made, err := c.register(ctx, &pulumirpc.RegisterResourceRequest{
		Type: each.Type, Name: show(name), Parent: string(parent), Custom: !each.Component,
		AcceptSecrets: true, AcceptResources: true, SupportsPartialValues: true, Dependencies: c.dependencies,
	}, &inputs)
	made.component = each.Component
	at.children[each.Key] = made
	// A later child may be made of this one's properties.
	c.depend(made.urn)
	return err
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
