package kubernetes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
)

// Update applies the changed inputs under the object's own field manager and waits until they have taken effect.
func (p *Provider) Update(_ context.Context, req *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	urn := resource.URN(req.GetUrn())
	oldProperties, err := decode(req.GetOlds(), "old state")
	if err != nil {
		return nil, err
	}
	properties, err := decode(req.GetNews(), "inputs")
	if err != nil {
		return nil, err
	}
	old, inputs := parseState(oldProperties), normalize(toObject(properties))
	next := state{
		inputs:            inputs,
		initialAPIVersion: old.initialAPIVersion,
		fieldManager:      fieldManager(old, inputs),
	}
	if p.options.renderDirectory != "" {
		return p.renderUpdated(urn, next, properties, req.GetPreview())
	}
	asIs := &pulumirpc.UpdateResponse{Properties: req.GetNews()}
	if req.GetPreview() && (hasUnknowns(inputs.Object) || !p.knownKind(inputs.GroupVersionKind())) {
		return asIs, nil
	}
	if err := p.reachable(); err != nil {
		return nil, err
	}
	live, updateErr := p.update(urn, old, next, req)
	if updateErr != nil {
		if req.GetPreview() && (apierrors.IsForbidden(updateErr) || isDryRunRefused(updateErr)) {
			return asIs, nil
		}
		var readErr error
		if live, readErr = p.get(old.live); readErr != nil {
			return nil, errors.Join(
				fmt.Errorf("update of resource %q failed: %w", urn, updateErr),
				fmt.Errorf("unable to get cluster state: %w", readErr))
		}
	}
	next.live = live
	outputs, err := p.encode(next.properties(properties), "outputs")
	if err != nil {
		return nil, err
	}
	if updateErr != nil {
		return nil, initFailed(idOf(live), fmt.Errorf("the Kubernetes API server reported that %q failed to fully "+
			"initialize or become live: %w", idOf(live), updateErr), outputs, nil)
	}
	return &pulumirpc.UpdateResponse{Properties: outputs}, nil
}

// get reads the object as it is now.
func (p *Provider) get(object *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	client, err := p.cluster.resource(object)
	if err != nil {
		return nil, err
	}
	return client.Get(p.ctx, object.GetName(), metav1.GetOptions{})
}

func (p *Provider) update(
	urn resource.URN, old, next state, req *pulumirpc.UpdateRequest,
) (*unstructured.Unstructured, error) {
	client, err := p.cluster.resource(next.inputs)
	if err != nil {
		return nil, err
	}
	before, err := client.Get(p.ctx, old.live.GetName(), metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	wanted := next.inputs.DeepCopy()
	var updated *unstructured.Unstructured
	if isCRD(wanted) {
		updated, err = p.replaceCRD(client, wanted, before, next.fieldManager, req.GetPreview())
	} else {
		updated, err = p.applyUpdate(client, urn, wanted, before, old.inputs, next.fieldManager, req)
	}
	if err != nil || req.GetPreview() {
		return updated, err
	}
	if old.fieldManager != "" && old.fieldManager != next.fieldManager {
		if err := release(p.ctx, client, updated, old.fieldManager); err != nil {
			return nil, err
		}
	}
	return p.await(urn, next.inputs, updated, req.GetTimeout(), before)
}

// replaceCRD puts a CustomResourceDefinition as a whole: its lists (versions, schemas) have no merge keys that
// would survive an apply, and custom resources stay.
func (p *Provider) replaceCRD(
	client dynamic.ResourceInterface, wanted, before *unstructured.Unstructured, manager string, preview bool,
) (*unstructured.Unstructured, error) {
	wanted.SetResourceVersion(before.GetResourceVersion())
	options := metav1.UpdateOptions{FieldManager: manager}
	if preview {
		options.DryRun = []string{metav1.DryRunAll}
	}
	return client.Update(p.ctx, wanted, options)
}

func (p *Provider) applyUpdate(
	client dynamic.ResourceInterface, urn resource.URN, wanted, before, oldInputs *unstructured.Unstructured,
	manager string, req *pulumirpc.UpdateRequest,
) (*unstructured.Unstructured, error) {
	ignored := req.GetIgnoreChanges()
	if err := leaveIgnored(wanted, before, ignored, manager); err != nil {
		return nil, err
	}
	force := p.forces(wanted) || len(before.GetManagedFields()) == 0
	if !req.GetPreview() {
		if !isPatch(urn, wanted) {
			if err := adopt(p.ctx, client, before, manager); err != nil {
				return nil, fmt.Errorf("taking over the fields of %s: %w", idOf(before), err)
			}
		}
		return apply(p.ctx, client, wanted, manager, force, nil)
	}
	if !createdHere(before) {
		return apply(p.ctx, client, wanted, manager, force, []string{metav1.DryRunAll})
	}
	// A preview can't take over the fields of the creation first, so an apply would keep what the program
	// drops. A merge patch comes to the same end.
	current := &unstructured.Unstructured{Object: pruneMap(before.Object, normalize(oldInputs).Object)}
	if err := leaveIgnored(current, before, ignored, manager); err != nil {
		return nil, err
	}
	patch, err := json.Marshal(mergePatch(current.Object, wanted.Object))
	if err != nil {
		return nil, err
	}
	return client.Patch(p.ctx, before.GetName(), types.MergePatchType, patch, metav1.PatchOptions{
		FieldManager: manager, DryRun: []string{metav1.DryRunAll},
	})
}

func createdHere(live *unstructured.Unstructured) bool {
	for _, entry := range live.GetManagedFields() {
		if entry.Manager == createManager && entry.Operation == metav1.ManagedFieldsOperationUpdate {
			return true
		}
	}
	return false
}

// mergePatch renders the changes between two objects as a JSON merge patch, in which null deletes.
func mergePatch(current, wanted map[string]any) map[string]any {
	patch := map[string]any{}
	for _, key := range keysOf(current, wanted) {
		old, had := current[key]
		value, wants := wanted[key]
		oldMap, wasMap := old.(map[string]any)
		newMap, isMap := value.(map[string]any)
		switch {
		case !wants:
			patch[key] = nil
		case wasMap && isMap:
			if nested := mergePatch(oldMap, newMap); len(nested) > 0 {
				patch[key] = nested
			}
		case !had || len(valueChanges(nil, old, value)) > 0:
			patch[key] = value
		}
	}
	return patch
}
