package kubernetes

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Diff compares what the program asks for now with the live object as the state has it, reduced to the fields
// that the program asked for last time. So drift shows after a refresh, and defaults never show.
func (p *Provider) Diff(_ context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	urn := resource.URN(req.GetUrn())
	oldProperties, err := decode(req.GetOlds(), "old state")
	if err != nil {
		return nil, err
	}
	newProperties, err := decode(req.GetNews(), "inputs")
	if err != nil {
		return nil, err
	}
	old := parseState(oldProperties)
	wanted := normalize(toObject(newProperties))
	current := &unstructured.Unstructured{Object: pruneMap(old.live.Object, normalize(old.inputs).Object)}
	p.alignIdentity(current, wanted, old.live)

	changes := changesBetween(current.Object, wanted.Object)
	changes, err = withoutIgnored(changes, req.GetIgnoreChanges())
	if err != nil {
		return nil, err
	}
	immutable := p.options.immutableFields(wanted)
	if isPatch(urn, wanted) {
		immutable = []string{"metadata.name", "metadata.namespace"}
	}
	response := describe(changes, immutable)
	response.DeleteBeforeReplace = len(response.Replaces) > 0 && keepsFixedName(wanted, old.live)
	if p.options.renderDirectory != "" && p.options.alwaysRender {
		response.Changes = pulumirpc.DiffResponse_DIFF_SOME
	}
	return response, nil
}

// alignIdentity removes differences in namespace and name that mean nothing.
func (p *Provider) alignIdentity(current, wanted, live *unstructured.Unstructured) {
	if p.namespaced(wanted.GroupVersionKind()) {
		for _, object := range []*unstructured.Unstructured{current, wanted} {
			if namespace, present := metadataOf(object)["namespace"]; !present || namespace == "" {
				setMetadata(object, "namespace", "default")
			}
		}
	} else {
		delete(metadataOf(current), "namespace")
		delete(metadataOf(wanted), "namespace")
	}
	if wanted.GetName() != "" {
		setMetadata(current, "name", live.GetName())
	}
}

// withoutIgnored drops changes at or below the paths of the resource option ignoreChanges.
func withoutIgnored(changes []change, ignored []string) ([]change, error) {
	var kept []change
	for _, each := range changes {
		ignore := false
		for _, text := range ignored {
			pattern, err := resource.ParsePropertyPath(text)
			if err != nil {
				return nil, fmt.Errorf("ignoreChanges: %q is no property path: %w", text, err)
			}
			ignore = ignore || pattern.Contains(resource.PropertyPath(each.path))
		}
		if !ignore {
			kept = append(kept, each)
		}
	}
	return kept, nil
}

func describe(changes []change, immutable []string) *pulumirpc.DiffResponse {
	response := &pulumirpc.DiffResponse{
		Changes:         pulumirpc.DiffResponse_DIFF_NONE,
		DetailedDiff:    map[string]*pulumirpc.PropertyDiff{},
		HasDetailedDiff: true,
	}
	for _, each := range changes {
		response.Changes = pulumirpc.DiffResponse_DIFF_SOME
		detail := &pulumirpc.PropertyDiff{Kind: each.kind, InputDiff: each.kind == pulumirpc.PropertyDiff_DELETE}
		if each.replaces(immutable) {
			detail.Kind = replacing[each.kind]
			response.Replaces = append(response.Replaces, each.path.String())
		}
		response.DetailedDiff[each.path.String()] = detail
	}
	return response
}

// keepsFixedName tells whether a replacement would want the very name that the old object occupies, so that
// the old one must go first.
func keepsFixedName(wanted, live *unstructured.Unstructured) bool {
	name := metadataOf(wanted)["name"]
	_, unknown := name.(resource.Computed)
	if unknown || isTrue(wanted, annotationAutonamed) {
		return false
	}
	return name == live.GetName() && wanted.GetNamespace() == live.GetNamespace()
}
