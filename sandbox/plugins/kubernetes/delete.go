package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
)

// Delete removes the object and waits until it is gone, finalizers and dependents included.
func (p *Provider) Delete(ctx context.Context, req *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	urn := resource.URN(req.GetUrn())
	properties, err := decode(req.GetProperties(), "state")
	if err != nil {
		return nil, err
	}
	old := parseState(properties)
	done := &emptypb.Empty{}
	if p.options.renderDirectory != "" {
		return done, removeRendered(p.options.renderDirectory, old.live)
	}
	if err := p.reachable(); err != nil {
		if p.options.deleteUnreachable {
			p.warn(ctx, urn, fmt.Sprintf("%v; deleteUnreachable is set: taken out of the state", err))
			return done, nil
		}
		return nil, unreachableHint(err)
	}
	client, err := p.cluster.resource(old.live)
	if err == nil && isPatch(urn, old.inputs) {
		err = release(p.ctx, client, old.live, old.fieldManager)
	} else if err == nil {
		err = p.deleteAndWait(urn, client, old, req.GetTimeout())
	}
	if apierrors.IsNotFound(err) || meta.IsNoMatchError(err) {
		return done, nil // somebody was faster, or the kind went away with its CustomResourceDefinition
	}
	var timeout *timeoutError
	if errors.As(err, &timeout) {
		old.live = timeout.live
		outputs, encodeErr := p.encode(old.properties(properties), "outputs")
		if encodeErr != nil {
			return nil, encodeErr
		}
		return nil, initFailed(idOf(old.live), err, outputs, nil)
	}
	if err != nil {
		return nil, err
	}
	return done, nil
}

func (p *Provider) deleteAndWait(
	urn resource.URN, client dynamic.ResourceInterface, old state, timeout float64,
) error {
	name := old.live.GetName()
	policy := propagation(old.inputs)
	if err := client.Delete(p.ctx, name, metav1.DeleteOptions{PropagationPolicy: &policy}); err != nil {
		return err
	}
	if isTrue(old.inputs, annotationSkipAwait) && skipsAwaitOnDelete[old.live.GroupVersionKind().GroupKind().String()] {
		return nil
	}
	uid, last := old.live.GetUID(), old.live
	return p.poll(timeoutFor(timeout, old.inputs, defaultTimeout), func() (bool, error) {
		live, err := client.Get(p.ctx, name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) || (err == nil && uid != "" && live.GetUID() != uid) {
			return true, nil // gone, or another object under the same name
		}
		if err != nil {
			return false, err
		}
		last = live
		p.progress(urn, "waiting for deletion")
		return false, nil
	}, func() error {
		// The engine prints a deletion's error, but not its reasons.
		text := fmt.Sprintf("'%s' timed out waiting for deletion", name)
		return &timeoutError{live: last, message: strings.Join(append([]string{text}, holders(last)...), "\n\t* ")}
	})
}

// skipsAwaitOnDelete lists the kinds for which the official plugin lets skipAwait skip the wait for deletion, too.
var skipsAwaitOnDelete = map[string]bool{
	"Namespace": true, "Pod": true, "ReplicationController": true, "DaemonSet.apps": true, "Deployment.apps": true,
	"StatefulSet.apps": true, "Job.batch": true,
}

// propagation decides what becomes of dependents: they go first, unless the program says otherwise.
func propagation(inputs *unstructured.Unstructured) metav1.DeletionPropagation {
	switch strings.ToLower(annotation(inputs, annotationPropagation)) {
	case "orphan":
		return metav1.DeletePropagationOrphan
	case "background":
		return metav1.DeletePropagationBackground
	}
	return metav1.DeletePropagationForeground
}

// holders says what keeps an object from going away.
func holders(live *unstructured.Unstructured) []string {
	finalizers := live.GetFinalizers()
	namespaceFinalizers, _, _ := unstructured.NestedStringSlice(live.Object, "spec", "finalizers")
	var reasons []string
	if finalizers = append(finalizers, namespaceFinalizers...); len(finalizers) > 0 {
		reasons = append(reasons, "finalizers wait for their controllers: "+strings.Join(finalizers, ", "))
	}
	return append(reasons, falseConditions(live, true)...)
}
