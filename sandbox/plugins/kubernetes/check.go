package kubernetes

import (
	"context"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Check completes the program's inputs: normal spelling, a name, a namespace.
func (p *Provider) Check(ctx context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	urn := resource.URN(req.GetUrn())
	gvk, err := kindOf(string(urn.Type()))
	if err != nil {
		return nil, err
	}
	oldProperties, err := decode(req.GetOlds(), "old inputs")
	if err != nil {
		return nil, err
	}
	newProperties, err := decode(req.GetNews(), "inputs")
	if err != nil {
		return nil, err
	}
	object := toObject(newProperties)
	if object.GetKind() == "" {
		object.SetGroupVersionKind(gvk)
	}
	object = normalize(object)

	if failure := p.name(req, urn, object, toObject(oldProperties)); failure != nil {
		return &pulumirpc.CheckResponse{Inputs: req.GetNews(), Failures: []*pulumirpc.CheckFailure{failure}}, nil
	}
	if isCRD(object) {
		p.scopes.learn(object)
	}
	if _, present := metadataOf(object)["namespace"]; !present && p.namespaced(object.GroupVersionKind()) {
		setMetadata(object, "namespace", p.options.namespace)
	}

	inputs := fromObject(object)
	markSecrets(inputs, newProperties)
	if p.options.renderDirectory != "" && inputs.ContainsSecrets() {
		p.warn(ctx, urn, "renderYamlToDirectory: the rendered file holds a secret in clear")
	}
	encoded, err := p.encode(inputs, "checked inputs")
	if err != nil {
		return nil, err
	}
	return &pulumirpc.CheckResponse{Inputs: encoded}, nil
}

// name gives an object without a name the one it had, or a new one that ends in random digits. The engine's
// seed makes preview and update agree on it.
func (p *Provider) name(
	req *pulumirpc.CheckRequest, urn resource.URN, object, old *unstructured.Unstructured,
) *pulumirpc.CheckFailure {
	metadata := metadataOf(object)
	if _, named := metadata["name"]; named {
		return nil
	}
	if isPatch(urn, object) {
		return &pulumirpc.CheckFailure{
			Property: "metadata.name", Reason: "a Patch resource changes an object that exists: name it",
		}
	}
	if _, generated := metadata["generateName"]; generated {
		return &pulumirpc.CheckFailure{
			Property: "metadata.generateName",
			Reason:   "server-side apply needs a name: leave generateName out and the object is named for you",
		}
	}
	name := old.GetName()
	if name == "" || !isTrue(old, annotationAutonamed) {
		if len(old.Object) > 0 {
			return nil // named before, not named any more: Diff replaces it, and Check is asked again without olds
		}
		var err error
		if name, err = newName(req, urn); err != nil {
			return &pulumirpc.CheckFailure{Property: "metadata.name", Reason: err.Error()}
		}
	}
	setMetadata(object, "name", name)
	annotations, ok := metadataOf(object)["annotations"].(map[string]any)
	if !ok {
		if _, unknown := metadataOf(object)["annotations"].(resource.Computed); unknown {
			return nil
		}
		annotations = map[string]any{}
	}
	annotations[annotationAutonamed] = "true"
	setMetadata(object, "annotations", annotations)
	return nil
}

func newName(req *pulumirpc.CheckRequest, urn resource.URN) (string, error) {
	if autonaming := req.GetAutonaming(); autonaming != nil {
		if autonaming.GetMode() == pulumirpc.CheckRequest_AutonamingOptions_DISABLE {
			return "", errors.New("the project's configuration turns auto-naming off: give the object a name")
		}
		return autonaming.GetProposedName(), nil
	}
	name, err := resource.NewUniqueName(req.GetRandomSeed(), urn.Name()+"-", 8, 0, nil)
	if err != nil {
		return "", fmt.Errorf("no name for %s: %w", urn.Name(), err)
	}
	return name, nil
}
