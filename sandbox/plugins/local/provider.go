package local

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// standIn serves a table of resources. It holds no state: what it made is in the state file. What it leaves to
// UnimplementedProvider (checking configuration, cancelling) the engine takes as accepted.
type standIn struct {
	plugin.UnimplementedProvider
	host      *provider.HostClient
	name      string
	version   semver.Version
	resources map[string]Resource
}

// New serves resources, by type token, as the plugin of that name. A nil host is allowed: nothing is logged then.
func New(
	host *provider.HostClient, name, version string, resources map[string]Resource,
) (pulumirpc.ResourceProviderServer, error) {
	parsed, err := semver.ParseTolerant(version)
	if err != nil {
		return nil, fmt.Errorf("version %q of the stand-in for %s: %w", version, name, err)
	}
	return plugin.NewProviderServer(&standIn{host: host, name: name, version: parsed, resources: resources}), nil
}

func (s *standIn) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{Version: &s.version}, nil
}

func (s *standIn) Configure(ctx context.Context, _ plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	if s.host == nil {
		return plugin.ConfigureResponse{}, nil
	}
	message := fmt.Sprintf("%s: the sandbox's stand-in is in use, not the official plugin", s.name)
	return plugin.ConfigureResponse{}, s.host.LogStatus(ctx, diag.Info, "", message)
}

// lookup is for Check and Read, one of which comes before every other request for a resource.
func (s *standIn) lookup(token tokens.Type) (Resource, error) {
	found, ok := s.resources[string(token)]
	if !ok {
		return Resource{}, fmt.Errorf(
			"the sandbox's stand-in for the %[1]s plugin has no %[2]s, only %[3]s; "+
				"for the others install the official one: pulumi plugin install resource %[1]s %[4]s",
			s.name, token, strings.Join(SortedKeys(s.resources), ", "), s.version)
	}
	return found, nil
}

func (s *standIn) Check(_ context.Context, request plugin.CheckRequest) (plugin.CheckResponse, error) {
	r, err := s.lookup(request.Type)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	response := plugin.CheckResponse{Properties: request.News}
	for _, fault := range r.faults(resource.FromResourcePropertyMap(request.News)) {
		response.Failures = append(response.Failures,
			plugin.CheckFailure{Property: resource.PropertyKey(fault.Path), Reason: fault.Reason})
	}
	return response, nil
}

// Diff compares the new arguments with those that the recorded outputs were made from.
func (s *standIn) Diff(_ context.Context, request plugin.DiffRequest) (plugin.DiffResponse, error) {
	r := s.resources[string(request.Type)]
	state := resource.FromResourcePropertyMap(request.OldOutputs)
	was, wanted := r.settled(state), r.settled(resource.FromResourcePropertyMap(request.NewInputs))
	detail := map[string]plugin.PropertyDiff{}
	for name, input := range r.Inputs {
		before, after := Plain(was.Get(name)), Plain(wanted.Get(name))
		if !before.Equals(after) {
			detail[name] = plugin.PropertyDiff{Kind: diffKind(before, after, input.InPlace), InputDiff: true}
		}
	}
	if r.Renewal != nil && r.Renewal.Due(r.record(wanted, state.AsMap())) {
		detail[r.Renewal.Flag] = plugin.PropertyDiff{Kind: plugin.DiffUpdateReplace}
	}
	if len(detail) == 0 {
		return plugin.DiffResult{Changes: plugin.DiffNone}, nil
	}
	return plugin.DiffResult{Changes: plugin.DiffSome, DetailedDiff: detail}, nil
}

func diffKind(before, after property.Value, inPlace bool) plugin.DiffKind {
	kind := plugin.DiffUpdate
	if before.IsNull() {
		kind = plugin.DiffAdd
	} else if after.IsNull() {
		kind = plugin.DiffDelete
	}
	if inPlace {
		return kind
	}
	return kind.AsReplace()
}

func (s *standIn) Create(_ context.Context, request plugin.CreateRequest) (plugin.CreateResponse, error) {
	r := s.resources[string(request.Type)]
	args := r.settled(resource.FromResourcePropertyMap(request.Properties))
	if request.Preview {
		return plugin.CreateResponse{Properties: resource.ToResourcePropertyMap(r.record(args, r.unknowns()))}, nil
	}
	made, err := r.Generate(args)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	return plugin.CreateResponse{
		ID:         resource.ID(made.ID),
		Properties: resource.ToResourcePropertyMap(r.record(args, made.Outputs)),
		Status:     resource.StatusOK,
	}, nil
}

// Read answers a refresh with what is recorded, and an import with what the id tells.
func (s *standIn) Read(_ context.Context, request plugin.ReadRequest) (plugin.ReadResponse, error) {
	r, err := s.lookup(request.Type)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	if len(request.State) == 0 {
		return r.read(request)
	}
	state := resource.FromResourcePropertyMap(request.State)
	if r.Renewal != nil && r.Renewal.Due(state) {
		state = state.Set(r.Renewal.Flag, property.New(true))
	}
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{
		ID: request.ID, Inputs: request.Inputs, Outputs: resource.ToResourcePropertyMap(state),
	}}, nil
}

func (r Resource) read(request plugin.ReadRequest) (plugin.ReadResponse, error) {
	if r.Import == nil {
		return plugin.ReadResponse{}, fmt.Errorf("%s cannot be imported: its id does not tell its value", request.Type)
	}
	inputs, made, err := r.Import(string(request.ID))
	if err != nil {
		return plugin.ReadResponse{}, fmt.Errorf("import of %s: %w", request.Type, err)
	}
	maps.DeleteFunc(inputs, func(_ string, value property.Value) bool { return isEmpty(value) })
	args := property.NewMap(inputs)
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{
		ID:      resource.ID(made.ID),
		Inputs:  resource.ToResourcePropertyMap(args),
		Outputs: resource.ToResourcePropertyMap(r.record(r.settled(args), made.Outputs)),
	}}, nil
}

// Update keeps every output, since only arguments that do not go into them change in place.
func (s *standIn) Update(_ context.Context, request plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	r := s.resources[string(request.Type)]
	outputs := resource.FromResourcePropertyMap(request.OldOutputs).AsMap()
	if r.Renewal != nil {
		outputs[r.Renewal.Flag] = property.New(false)
	}
	args := r.settled(resource.FromResourcePropertyMap(request.NewInputs))
	return plugin.UpdateResponse{
		Properties: resource.ToResourcePropertyMap(r.record(args, outputs)),
		Status:     resource.StatusOK,
	}, nil
}

func (s *standIn) Delete(context.Context, plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	return plugin.DeleteResponse{Status: resource.StatusOK}, nil
}

// record joins settled arguments and outputs to what the state file holds.
func (r Resource) record(args property.Map, outputs map[string]property.Value) property.Map {
	state := args.AsMap()
	for _, name := range r.Outputs {
		state[name] = outputs[name]
	}
	for _, name := range r.SecretOutputs {
		state[name] = outputs[name].WithSecret(true)
	}
	return property.NewMap(state)
}

func (r Resource) unknowns() map[string]property.Value {
	unknown := map[string]property.Value{}
	for _, name := range slices.Concat(r.Outputs, r.SecretOutputs) {
		unknown[name] = property.New(property.Computed)
	}
	return unknown
}
