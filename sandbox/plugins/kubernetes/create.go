package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// createRetries is how often a creation is tried again while its namespace or its kind does not exist, with
// pauses of 1, 2, 4, ... seconds: about a minute altogether.
const createRetries = 6

// createManager is the field manager of ordinary creations; the first update moves its fields to the object's own.
const createManager = "pulumi-kubernetes"

// Create makes the object and waits until it is ready.
func (p *Provider) Create(_ context.Context, req *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	urn := resource.URN(req.GetUrn())
	properties, err := decode(req.GetProperties(), "inputs")
	if err != nil {
		return nil, err
	}
	inputs := toObject(properties)
	next := state{
		inputs:            inputs,
		initialAPIVersion: inputs.GetAPIVersion(),
		fieldManager:      fieldManager(state{}, inputs),
	}
	if req.GetPreview() {
		return p.previewCreate(req, urn, next, properties)
	}
	if p.options.renderDirectory != "" {
		return p.renderCreated(urn, next, properties)
	}
	if err := p.reachable(); err != nil {
		return nil, err
	}
	created, err := p.createWithRetries(urn, next)
	if err != nil {
		return nil, explainCreate(urn, inputs, err)
	}
	live, waitErr := p.await(urn, next.inputs, created, req.GetTimeout(), created)
	next.live = live
	outputs, err := p.encode(next.properties(properties), "outputs")
	if err != nil {
		return nil, err
	}
	if waitErr != nil {
		return nil, initFailed(idOf(live), fmt.Errorf("resource %q was successfully created, but the Kubernetes API "+
			"server reported that it failed to fully initialize or become live: %w", urn, waitErr), outputs, nil)
	}
	return &pulumirpc.CreateResponse{Id: idOf(live), Properties: outputs}, nil
}

// previewCreate asks the API server for a dry run, so that a refusal shows in the preview and defaults are
// known. Where that is not possible yet the inputs stand in for the outcome.
func (p *Provider) previewCreate(
	req *pulumirpc.CreateRequest, urn resource.URN, next state, properties resource.PropertyMap,
) (*pulumirpc.CreateResponse, error) {
	asIs := &pulumirpc.CreateResponse{Properties: req.GetProperties()}
	inputs := next.inputs
	if hasUnknowns(inputs.Object) || isPatch(urn, inputs) || !p.knownKind(inputs.GroupVersionKind()) {
		return asIs, nil
	}
	live, err := p.submit(urn, next, true)
	switch {
	case err == nil:
	case apierrors.IsNotFound(err), apierrors.IsAlreadyExists(err), apierrors.IsForbidden(err), isDryRunRefused(err):
		// The namespace is created by the same update, the old object is deleted first, the user may not
		// write or a webhook knows no dry run: nothing that the update itself must fail with.
		return asIs, nil
	default:
		return nil, explainCreate(urn, inputs, err)
	}
	delete(live.Object, "status") // a dry run's empty status would look known
	next.live = live
	outputs, err := p.encode(next.properties(properties), "outputs")
	if err != nil {
		return nil, err
	}
	return &pulumirpc.CreateResponse{Properties: outputs}, nil
}

func (p *Provider) createWithRetries(urn resource.URN, next state) (*unstructured.Unstructured, error) {
	pause := time.Second
	for attempt := 0; ; attempt++ {
		created, err := p.submit(urn, next, false)
		missing := apierrors.IsNotFound(err) || meta.IsNoMatchError(err)
		if !missing || attempt == createRetries {
			return created, err
		}
		p.progress(urn, fmt.Sprintf("waiting for what it needs: %v", err))
		select {
		case <-p.ctx.Done():
			return nil, err
		case <-time.After(pause):
		}
		pause *= 2
	}
}

// submit sends the creation. Patch resources, and everything under upsertExistingObjects, may find the object
// there and are applied instead.
func (p *Provider) submit(urn resource.URN, next state, dryRun bool) (*unstructured.Unstructured, error) {
	client, err := p.cluster.resource(next.inputs)
	if err != nil {
		return nil, err
	}
	var dryRuns []string
	if dryRun {
		dryRuns = []string{metav1.DryRunAll}
	}
	if isPatch(urn, next.inputs) || p.options.upsert {
		force := dryRun || p.forces(next.inputs)
		return apply(p.ctx, client, next.inputs, next.fieldManager, force, dryRuns)
	}
	return client.Create(p.ctx, next.inputs, metav1.CreateOptions{FieldManager: createManager, DryRun: dryRuns})
}

func isDryRunRefused(err error) bool {
	return apierrors.IsBadRequest(err) && (contentOf(err, "does not support dry run") || contentOf(err, "dryRun"))
}

func explainCreate(urn resource.URN, inputs *unstructured.Unstructured, err error) error {
	switch {
	case meta.IsNoMatchError(err):
		gvk := inputs.GroupVersionKind()
		return fmt.Errorf("creation of resource %q with kind %s/%s failed because the Kubernetes API server reported "+
			"that the apiVersion for this resource does not exist. Create its CustomResourceDefinition first (dependsOn) "+
			"or correct apiVersion and kind: %w", urn, gvk.GroupVersion(), gvk.Kind, err)
	case apierrors.IsAlreadyExists(err):
		err = errors.Join(err, errors.New("It is in the cluster but not in this stack. Adopt it with the resource "+
			"option `import` or `pulumi import`, rename a resource with `aliases`, change single fields of it with the "+
			"Patch resource of its kind, or leave metadata.name out for a name of its own"))
	}
	return fmt.Errorf("resource %q was not successfully created by the Kubernetes API server: %w", urn, err)
}
