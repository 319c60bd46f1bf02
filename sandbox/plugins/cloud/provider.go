// Package cloud is the sandbox's stand-in for the plugins of cloud packages (gcp, azure-native, aws, eks, command). It
// contacts no cloud: what it answers stands in a table per package, sandbox/clouds/PACKAGE.json, which lists the resources
// and functions that this project's components use. What is not in the table is an error that says so.
//
// It shows what the real engine makes of a program: the order, what is unknown in a preview, what a change replaces, what
// is secret. It does not check arguments as a cloud would.
package cloud

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/kubernetes-faas/kubernetes-faas/sandbox/plugins/local"
)

// ownName is the argument that marks a name as the stand-in's choice.
const ownName = "__autoNamed"

// standIn serves the table of one package. What it made is in the state file only.
type standIn struct {
	plugin.UnimplementedProvider
	host    *provider.HostClient
	name    string
	version semver.Version
	table   *Table
	config  property.Map
}

// New makes the stand-in for the package of that name; a nil host is allowed: nothing is logged then.
func New(host *provider.HostClient, name, version string) (pulumirpc.ResourceProviderServer, error) {
	parsed, err := semver.ParseTolerant(version)
	if err != nil {
		return nil, fmt.Errorf("version %q of the stand-in for %s: %w", version, name, err)
	}
	table, err := readTable(name)
	if err != nil {
		return nil, err
	}
	return plugin.NewProviderServer(&standIn{host: host, name: name, version: parsed, table: table}), nil
}

func (s *standIn) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{Version: &s.version}, nil
}

// CheckConfig asks for the settings without which the official plugin would ask the cloud.
func (s *standIn) CheckConfig(
	_ context.Context, request plugin.CheckConfigRequest,
) (plugin.CheckConfigResponse, error) {
	response := plugin.CheckConfigResponse{Properties: request.News}
	for _, key := range s.table.Required {
		if _, given := request.News[resource.PropertyKey(key)]; !given {
			response.Failures = append(response.Failures, plugin.CheckFailure{
				Property: resource.PropertyKey(key),
				Reason:   fmt.Sprintf("is missing; set %s:%s in the stack's configuration", s.name, key),
			})
		}
	}
	return response, nil
}

// DiffConfig never replaces: other credentials, or another default region, leave what there is.
func (s *standIn) DiffConfig(_ context.Context, request plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	if request.OldInputs.DeepEquals(request.NewInputs) {
		return plugin.DiffResult{Changes: plugin.DiffNone}, nil
	}
	return plugin.DiffResult{Changes: plugin.DiffSome}, nil
}

func (s *standIn) Configure(ctx context.Context, request plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	s.config = resource.FromResourcePropertyMap(request.Inputs)
	if s.host == nil {
		return plugin.ConfigureResponse{}, nil
	}
	message := fmt.Sprintf("%s: the sandbox's offline stand-in is in use; nothing reaches a cloud", s.name)
	return plugin.ConfigureResponse{}, s.host.LogStatus(ctx, diag.Info, "", message)
}

func (s *standIn) scope(name, seed string, inputs property.Map, outputs map[string]any) *scope {
	return &scope{name: name, seed: seed, inputs: inputs, outputs: outputs, settings: s.setting}
}

func (s *standIn) setting(key string) (property.Value, error) {
	if value := s.config.Get(key); !value.IsNull() {
		return value, nil
	}
	template, found := s.table.Settings[key]
	if !found {
		return absent, nil
	}
	return s.scope("", "", property.Map{}, nil).evaluate(template)
}

func (s *standIn) resource(token string) (Resource, error) {
	return find(s.table, "resources", "resource", s.table.Resources, token)
}

// Check names what the program leaves unnamed, and keeps the name from then on.
func (s *standIn) Check(_ context.Context, request plugin.CheckRequest) (plugin.CheckResponse, error) {
	r, err := s.resource(string(request.Type))
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	inputs := request.News
	if r.Name == nil {
		return plugin.CheckResponse{Properties: inputs}, nil
	}
	key := resource.PropertyKey(r.Name.Property)
	if _, given := inputs[key]; given {
		return plugin.CheckResponse{Properties: inputs}, nil
	}
	inputs = inputs.Copy()
	inputs[ownName] = resource.NewProperty(true)
	if _, own := request.Olds[ownName]; own {
		inputs[key] = request.Olds[key]
		return plugin.CheckResponse{Properties: inputs}, nil
	}
	separator := "-"
	if r.Name.Separator != nil {
		separator = *r.Name.Separator
	}
	name, err := resource.NewUniqueName(
		request.RandomSeed, request.URN.Name()+separator, r.Name.Random, r.Name.Maximum, nil)
	inputs[key] = resource.NewProperty(name)
	return plugin.CheckResponse{Properties: inputs}, err
}

func (s *standIn) Diff(_ context.Context, request plugin.DiffRequest) (plugin.DiffResponse, error) {
	r, err := s.resource(string(request.Type))
	if err != nil {
		return plugin.DiffResponse{}, err
	}
	result, err := r.diff(
		resource.FromResourcePropertyMap(request.OldInputs), resource.FromResourcePropertyMap(request.NewInputs))
	if err != nil {
		return plugin.DiffResponse{}, fmt.Errorf("%s: %w, see %s", request.Type, err, s.table.file)
	}
	return result, nil
}

func (s *standIn) Create(_ context.Context, request plugin.CreateRequest) (plugin.CreateResponse, error) {
	r, err := s.resource(string(request.Type))
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	at := s.scope(request.URN.Name(), newSeed(), resource.FromResourcePropertyMap(request.Properties), r.Outputs)
	if request.Preview {
		state, err := r.preview(at, r.Planned)
		return plugin.CreateResponse{Properties: resource.ToResourcePropertyMap(state)}, s.explain(request.Type, err)
	}
	state, err := r.state(at)
	if err != nil {
		return plugin.CreateResponse{}, s.explain(request.Type, err)
	}
	id, err := at.text(r.ID)
	if err != nil {
		return plugin.CreateResponse{}, s.explain(request.Type, fmt.Errorf("id: %w", err))
	}
	return plugin.CreateResponse{
		ID: resource.ID(show(id)), Properties: resource.ToResourcePropertyMap(state), Status: resource.StatusOK,
	}, nil
}

// newSeed tells two resources of the same URN apart, and when each was made.
func newSeed() string {
	random := make([]byte, 8)
	_, _ = rand.Read(random) // never fails, as its documentation says
	return time.Now().UTC().Format(time.RFC3339) + " " + hex.EncodeToString(random)
}

// Update keeps what does not depend on changed arguments.
func (s *standIn) Update(_ context.Context, request plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	r, err := s.resource(string(request.Type))
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	before := resource.FromResourcePropertyMap(request.OldOutputs)
	seed := local.Text(before, seedKey)
	at := s.scope(request.URN.Name(), seed, resource.FromResourcePropertyMap(request.NewInputs), r.Outputs)
	var after property.Map
	if request.Preview && s.table.Stable != nil {
		after, err = r.preview(at, s.table.Stable)
	} else if after, err = r.state(at); request.Preview {
		after = r.foreseen(before, after)
	}
	return plugin.UpdateResponse{
		Properties: resource.ToResourcePropertyMap(after), Status: resource.StatusOK,
	}, s.explain(request.Type, err)
}

// Read answers a refresh with what is recorded: nobody changes it behind the engine's back.
func (s *standIn) Read(_ context.Context, request plugin.ReadRequest) (plugin.ReadResponse, error) {
	if len(request.State) == 0 {
		return plugin.ReadResponse{}, fmt.Errorf(
			"%s %s cannot be read: the sandbox's stand-in knows only what it made", request.Type, request.ID)
	}
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{
		ID: request.ID, Inputs: request.Inputs, Outputs: request.State,
	}}, nil
}

func (s *standIn) Delete(context.Context, plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	return plugin.DeleteResponse{Status: resource.StatusOK}, nil
}

// Invoke answers a data source. Its random values stay the same, since nothing records them.
func (s *standIn) Invoke(_ context.Context, request plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	templates, err := find(s.table, "functions", "function", s.table.Functions, string(request.Tok))
	if err != nil {
		return plugin.InvokeResponse{}, err
	}
	answer, err := s.answer(string(request.Tok), request.Args, templates)
	return plugin.InvokeResponse{Properties: answer}, err
}

// Call answers a method of a component.
func (s *standIn) Call(_ context.Context, request plugin.CallRequest) (plugin.CallResponse, error) {
	templates, err := find(s.table, "methods", "method", s.table.Methods, string(request.Tok))
	if err != nil {
		return plugin.CallResponse{}, err
	}
	answer, err := s.answer(string(request.Tok), request.Args, templates)
	return plugin.CallResponse{Return: answer}, err
}

func (s *standIn) answer(
	token string, args resource.PropertyMap, templates map[string]any,
) (resource.PropertyMap, error) {
	at := s.scope("", token, resource.FromResourcePropertyMap(args), templates)
	answer, err := at.properties(templates)
	return resource.ToResourcePropertyMap(answer), s.explain(token, err)
}

// explain names the place where a template is wrong.
func (s *standIn) explain(token any, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%v, in %s: %w", token, s.table.file, err)
}
