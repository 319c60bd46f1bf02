package kubernetes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/util/csaupgrade"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// fieldManager names the owner of the object's fields in server-side apply: one per object, so that two stacks
// that claim the same field conflict instead of overwriting each other.
func fieldManager(old state, inputs *unstructured.Unstructured) string {
	if chosen := annotation(inputs, annotationFieldManager); chosen != "" {
		return chosen
	}
	if old.fieldManager != "" {
		return old.fieldManager
	}
	name, err := resource.NewUniqueName(nil, createManager+"-", 8, 0, nil)
	if err != nil {
		return createManager // no randomness to be had: conflicts are told apart less well, nothing else
	}
	return name
}

// forces tells whether the program wants fields back that others have taken.
func (p *Provider) forces(inputs *unstructured.Unstructured) bool {
	return p.options.patchForce || isTrue(inputs, annotationPatchForce)
}

func apply(
	ctx context.Context, client dynamic.ResourceInterface, object *unstructured.Unstructured, manager string, force bool,
	dryRun []string,
) (*unstructured.Unstructured, error) {
	body, err := json.Marshal(object.Object)
	if err != nil {
		return nil, err
	}
	applied, err := client.Patch(ctx, object.GetName(), types.ApplyPatchType, body, metav1.PatchOptions{
		FieldManager: manager, Force: &force, DryRun: dryRun,
	})
	if apierrors.IsConflict(err) {
		return nil, errors.Join(
			errors.New("server-side apply field conflict detected, see https://www.pulumi.com/registry/packages/kubernetes/"+
				"how-to-guides/managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources"),
			fmt.Errorf("field manager %q does not own the field any more. Take it out of the program, or win it back with "+
				"the annotation %s: \"true\": %w", manager, annotationPatchForce, err))
	}
	return applied, err
}

// ownedBefore tells the managers whose fields an update takes over: this plugin's creations and kubectl's
// client-side changes, which have no owner in the sense of server-side apply.
func ownedBefore(entry metav1.ManagedFieldsEntry) bool {
	if entry.Operation != metav1.ManagedFieldsOperationUpdate || entry.Subresource != "" {
		return false
	}
	for _, prefix := range []string{createManager, "pulumi-resource-kubernetes", "kubectl", "before-first-apply"} {
		if strings.HasPrefix(entry.Manager, prefix) {
			return true
		}
	}
	return false
}

// adopt moves those fields to the object's own manager, so that a field which the program drops goes away.
func adopt(
	ctx context.Context, client dynamic.ResourceInterface, live *unstructured.Unstructured, manager string,
) error {
	managers := sets.New[string]()
	for _, entry := range live.GetManagedFields() {
		if ownedBefore(entry) {
			managers.Insert(entry.Manager)
		}
	}
	patch, err := csaupgrade.UpgradeManagedFieldsPatch(live, managers, manager)
	if err != nil || len(patch) == 0 {
		return err
	}
	_, err = client.Patch(ctx, live.GetName(), types.JSONPatchType, patch, metav1.PatchOptions{FieldManager: manager})
	return err
}

// release gives up every field that the manager owns: what nobody else owns is removed from the object.
func release(
	ctx context.Context, client dynamic.ResourceInterface, live *unstructured.Unstructured, manager string,
) error {
	bare := &unstructured.Unstructured{Object: map[string]any{}}
	bare.SetGroupVersionKind(live.GroupVersionKind())
	bare.SetName(live.GetName())
	if live.GetNamespace() != "" {
		bare.SetNamespace(live.GetNamespace())
	}
	_, err := apply(ctx, client, bare, manager, true, nil)
	return err
}

// leaveIgnored adapts the inputs to the resource option ignoreChanges: a field that only others own is left to
// them, any other keeps its live value.
func leaveIgnored(inputs, live *unstructured.Unstructured, ignored []string, manager string) error {
	if len(ignored) == 0 {
		return nil
	}
	ours, theirs, err := owners(live, manager)
	if err != nil {
		return err
	}
	for _, text := range ignored {
		steps, err := resource.ParsePropertyPath(text)
		if err != nil {
			return fmt.Errorf("ignoreChanges: %q is no property path: %w", text, err)
		}
		fields, ok := fieldNames(steps)
		if !ok {
			continue // inside a list: the engine already kept the old input
		}
		owned := fieldpath.MakePathOrDie(toAny(fields)...)
		if theirs.Has(owned) && !ours.Has(owned) {
			unstructured.RemoveNestedField(inputs.Object, fields...)
			continue
		}
		value, found, err := unstructured.NestedFieldCopy(live.Object, fields...)
		if err != nil || !found {
			continue
		}
		if err := unstructured.SetNestedField(inputs.Object, value, fields...); err != nil {
			return fmt.Errorf("ignoreChanges: %q: %w", text, err)
		}
	}
	return nil
}

// owners collects the fields that the object's own manager has, or takes over, and those of everybody else;
// parents of an owned field count as owned.
func owners(live *unstructured.Unstructured, manager string) (ours, theirs *fieldpath.Set, err error) {
	ours, theirs = fieldpath.NewSet(), fieldpath.NewSet()
	for _, entry := range live.GetManagedFields() {
		if entry.FieldsV1 == nil {
			continue
		}
		var fields fieldpath.Set
		if err := fields.FromJSON(entry.FieldsV1.GetRawReader()); err != nil {
			return nil, nil, fmt.Errorf("managed fields of %s: %w", idOf(live), err)
		}
		owner := theirs
		if entry.Manager == manager || ownedBefore(entry) {
			owner = ours
		}
		fields.Iterate(func(at fieldpath.Path) {
			for length := range at {
				owner.Insert(at[:length+1].Copy())
			}
		})
	}
	return ours, theirs, nil
}

func fieldNames(steps resource.PropertyPath) ([]string, bool) {
	names := make([]string, 0, len(steps))
	for _, step := range steps {
		name, isName := step.(string)
		if !isName || name == "*" {
			return nil, false
		}
		names = append(names, name)
	}
	return names, len(names) > 0
}

func toAny(names []string) []any {
	values := make([]any, len(names))
	for index, name := range names {
		values[index] = name
	}
	return values
}

func contentOf(err error, text string) bool {
	return err != nil && strings.Contains(err.Error(), text)
}
