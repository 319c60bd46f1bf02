package kubernetes

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// gone tells the engine that the object does not exist any more.
var gone = &pulumirpc.ReadResponse{}

// Read fetches the live object: for a refresh, an import, or a static get().
func (p *Provider) Read(ctx context.Context, req *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	urn := resource.URN(req.GetUrn())
	properties, err := decode(req.GetProperties(), "state")
	if err != nil {
		return nil, err
	}
	inputProperties, err := decode(req.GetInputs(), "inputs")
	if err != nil {
		return nil, err
	}
	if p.options.renderDirectory != "" {
		return &pulumirpc.ReadResponse{Id: req.GetId(), Properties: req.GetProperties(), Inputs: req.GetInputs()}, nil
	}
	if err := p.reachable(); err != nil {
		return p.readUnreachable(ctx, urn, err)
	}

	old, inputs := parseState(properties), normalize(toObject(inputProperties))
	target, imported, err := readTarget(urn, req.GetId(), inputs, old.live)
	if err != nil {
		return nil, err
	}
	live, err := p.get(target)
	if apierrors.IsNotFound(err) || meta.IsNoMatchError(err) {
		return gone, nil
	}
	if err != nil {
		return nil, err
	}
	next := state{live: live, initialAPIVersion: old.initialAPIVersion, fieldManager: fieldManager(old, inputs)}
	if next.initialAPIVersion == "" {
		next.initialAPIVersion = live.GetAPIVersion()
	}
	if imported {
		next.inputs = importedInputs(live)
	} else {
		next.inputs = &unstructured.Unstructured{Object: pruneMap(live.Object, inputs.Object)}
	}
	var waitErr error
	if !imported {
		waitErr = p.readyNow(inputs, live)
	}
	return p.readResponse(req.GetId(), next, inputProperties, waitErr)
}

func (p *Provider) readResponse(
	id string, next state, secretsFrom resource.PropertyMap, waitErr error,
) (*pulumirpc.ReadResponse, error) {
	outputs, err := p.encode(next.properties(secretsFrom), "outputs")
	if err != nil {
		return nil, err
	}
	inputs := fromObject(next.inputs)
	markSecrets(inputs, secretsFrom)
	encodedInputs, err := p.encode(inputs, "inputs")
	if err != nil {
		return nil, err
	}
	if waitErr != nil {
		return nil, initFailed(id, waitErr, outputs, encodedInputs)
	}
	return &pulumirpc.ReadResponse{Id: id, Properties: outputs, Inputs: encodedInputs}, nil
}

// readTarget finds which object is meant. Without inputs it is an import, and the id says all there is.
func readTarget(
	urn resource.URN, id string, inputs, live *unstructured.Unstructured,
) (target *unstructured.Unstructured, imported bool, err error) {
	namespace, name := parseID(id)
	if name == "" {
		return nil, false, fmt.Errorf("%q is no id of a Kubernetes object: want namespace/name, or name for a kind "+
			"outside namespaces", id)
	}
	gvk := inputs.GroupVersionKind()
	if gvk.Kind == "" {
		gvk = live.GroupVersionKind()
	}
	if gvk.Kind == "" {
		imported = true
		if gvk, err = kindOf(string(urn.Type())); err != nil {
			return nil, false, err
		}
	}
	target = &unstructured.Unstructured{Object: map[string]any{}}
	target.SetGroupVersionKind(gvk)
	target.SetName(name)
	target.SetNamespace(namespace)
	return target, imported, nil
}

// importedInputs are what a program would have had to ask for to get the live object.
func importedInputs(live *unstructured.Unstructured) *unstructured.Unstructured {
	inputs := live.DeepCopy()
	delete(inputs.Object, "status")
	for _, field := range readOnlyMetadata {
		delete(metadataOf(inputs), field)
	}
	for _, key := range []string{"deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration"} {
		unstructured.RemoveNestedField(inputs.Object, "metadata", "annotations", key)
	}
	return inputs
}

func (p *Provider) readUnreachable(ctx context.Context, urn resource.URN, err error) (*pulumirpc.ReadResponse, error) {
	if p.options.deleteUnreachable {
		p.warn(ctx, urn, fmt.Sprintf("%v; deleteUnreachable is set: taken out of the state", err))
		return gone, nil
	}
	return nil, unreachableHint(err)
}

func unreachableHint(err error) error {
	return fmt.Errorf("%w. If the cluster is gone for good, take its objects out of the state with the provider option "+
		"deleteUnreachable or PULUMI_K8S_DELETE_UNREACHABLE=true", err)
}
