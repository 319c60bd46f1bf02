// Package localtest drives a stand-in through the plugin protocol, as the engine does.
package localtest

import (
	"context"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
)

// Args are a resource's arguments or its recorded state, in clear.
type Args = map[string]any

// Driver plays the engine for resources of one type.
type Driver struct {
	T      *testing.T
	Server pulumirpc.ResourceProviderServer
	Token  string
}

func (d Driver) urn() string { return "urn:pulumi:s::p::" + d.Token + "::name" }

// Faults are the faults of the arguments, as "path: reason" lines.
func (d Driver) Faults(args Args) string {
	d.T.Helper()
	response, err := d.Server.Check(context.Background(), &pulumirpc.CheckRequest{Urn: d.urn(), News: d.marshal(args)})
	d.must(err)
	lines := []string{}
	for _, failure := range response.Failures {
		lines = append(lines, failure.Property+": "+failure.Reason)
	}
	return strings.Join(lines, "\n")
}

// Preview is the outputs that a preview shows; unknown ones are resource.Computed.
func (d Driver) Preview(args Args) resource.PropertyMap {
	d.T.Helper()
	response, err := d.Server.Create(context.Background(),
		&pulumirpc.CreateRequest{Urn: d.urn(), Properties: d.marshal(args), Preview: true})
	d.must(err)
	return d.unmarshal(response.Properties)
}

// Create checks and creates; it returns the id and the state.
func (d Driver) Create(args Args) (string, resource.PropertyMap) {
	d.T.Helper()
	if faults := d.Faults(args); faults != "" {
		d.T.Fatalf("refused: %s", faults)
	}
	response, err := d.Server.Create(context.Background(),
		&pulumirpc.CreateRequest{Urn: d.urn(), Properties: d.marshal(args)})
	d.must(err)
	return response.Id, d.unmarshal(response.Properties)
}

// Diff is "" (no change), "update: PATHS" or "replace: PATHS".
func (d Driver) Diff(state resource.PropertyMap, args Args) string {
	d.T.Helper()
	olds, err := plugin.MarshalProperties(state, options)
	d.must(err)
	response, err := d.Server.Diff(context.Background(),
		&pulumirpc.DiffRequest{Urn: d.urn(), Olds: olds, News: d.marshal(args)})
	d.must(err)
	switch {
	case len(response.Replaces) > 0:
		return "replace: " + strings.Join(response.Replaces, " ")
	case response.Changes == pulumirpc.DiffResponse_DIFF_SOME:
		return "update: " + strings.Join(response.Diffs, " ")
	}
	return ""
}

// Update updates in place and returns the new state.
func (d Driver) Update(state resource.PropertyMap, args Args) resource.PropertyMap {
	d.T.Helper()
	olds, err := plugin.MarshalProperties(state, options)
	d.must(err)
	response, err := d.Server.Update(context.Background(),
		&pulumirpc.UpdateRequest{Urn: d.urn(), Olds: olds, News: d.marshal(args)})
	d.must(err)
	return d.unmarshal(response.Properties)
}

// Read refreshes a state, or imports when there is none.
func (d Driver) Read(id string, state resource.PropertyMap) (*pulumirpc.ReadResponse, resource.PropertyMap, error) {
	d.T.Helper()
	recorded, err := plugin.MarshalProperties(state, options)
	d.must(err)
	response, err := d.Server.Read(context.Background(),
		&pulumirpc.ReadRequest{Urn: d.urn(), Id: id, Properties: recorded})
	if err != nil {
		return nil, nil, err
	}
	return response, d.unmarshal(response.Properties), nil
}

// Text is an output in clear; it fails the test unless the output is secret exactly when it should be.
func Text(t *testing.T, state resource.PropertyMap, name string, secret bool) string {
	t.Helper()
	value := state[resource.PropertyKey(name)]
	if value.IsSecret() != secret {
		t.Fatalf("%s: secret is %v", name, value.IsSecret())
	}
	if secret {
		value = value.SecretValue().Element
	}
	if !value.IsString() {
		t.Fatalf("%s is not a string but a %s", name, value.TypeString())
	}
	return value.StringValue()
}

var options = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true}

func (d Driver) marshal(args Args) *structpb.Struct {
	d.T.Helper()
	marshalled, err := plugin.MarshalProperties(resource.NewPropertyMapFromMap(args), options)
	d.must(err)
	return marshalled
}

func (d Driver) unmarshal(properties *structpb.Struct) resource.PropertyMap {
	d.T.Helper()
	state, err := plugin.UnmarshalProperties(properties, options)
	d.must(err)
	return state
}

func (d Driver) must(err error) {
	d.T.Helper()
	if err != nil {
		d.T.Fatal(err)
	}
}
