package kubernetes

import (
	"errors"
	"fmt"
	"net"
	"reflect"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

const (
	// volumeTimeout is fixed in the official plugin, whatever customTimeouts says.
	volumeTimeout = 5 * time.Minute
	quotaTimeout  = time.Minute
	tokenTimeout  = 5 * time.Second
)

// judgedOnRead lists the kinds that a refresh looks at closely.
var judgedOnRead = map[schema.GroupKind]bool{
	{Group: "apps", Kind: "Deployment"}:           true,
	{Group: "apps", Kind: "StatefulSet"}:          true,
	{Group: "apps", Kind: "DaemonSet"}:            true,
	{Group: "batch", Kind: "Job"}:                 true,
	{Group: "networking.k8s.io", Kind: "Ingress"}: true,
	{Kind: "Pod"}:     true,
	{Kind: "Service"}: true,
}

// waiterFor chooses how to wait for an object; nil means not at all. A limit other than zero overrides
// customTimeouts.
func (p *Provider) waiterFor(inputs, live, before *unstructured.Unstructured) (waiter, time.Duration, error) {
	if isTrue(inputs, annotationSkipAwait) {
		return nil, 0, nil
	}
	if expression := annotation(inputs, annotationWaitFor); expression != "" {
		custom, err := parseWaitFor(expression)
		return custom, 0, err
	}
	switch live.GroupVersionKind().GroupKind() {
	case schema.GroupKind{Group: "apps", Kind: "Deployment"}:
		return waiterFunc(deploymentReady), 0, nil
	case schema.GroupKind{Group: "apps", Kind: "StatefulSet"}, schema.GroupKind{Group: "apps", Kind: "DaemonSet"},
		schema.GroupKind{Group: "apps", Kind: "ReplicaSet"}, schema.GroupKind{Kind: "Pod"}, crdKind:
		return waiterFunc(kstatusReady), 0, nil
	case schema.GroupKind{Group: "batch", Kind: "Job"}:
		return waiterFunc(jobReady), 0, nil
	case schema.GroupKind{Kind: "Service"}:
		return p.serviceWaiter(), 0, nil
	case schema.GroupKind{Group: "networking.k8s.io", Kind: "Ingress"}:
		return p.ingressWaiter(), 0, nil
	case schema.GroupKind{Kind: "PersistentVolumeClaim"}:
		return p.claimWaiter(live, before), volumeTimeout, nil
	case schema.GroupKind{Kind: "PersistentVolume"}:
		return waiterFunc(volumeReady), volumeTimeout, nil
	case schema.GroupKind{Kind: "ResourceQuota"}:
		return waiterFunc(quotaReady), quotaTimeout, nil
	case schema.GroupKind{Kind: "Secret"}:
		return waiterFunc(tokenReady), tokenTimeout, nil
	}
	return nil, 0, nil
}

// kstatusReady judges by the conventions that kstatus collects.
func kstatusReady(live *unstructured.Unstructured) (readiness, error) {
	result, err := status.Compute(live)
	if err != nil {
		return readiness{}, err
	}
	reasons := append([]string{result.Message}, falseConditions(live, false)...)
	return readiness{
		ready: result.Status == status.CurrentStatus, failed: result.Status == status.FailedStatus, reasons: reasons,
	}, nil
}

// deploymentReady does not wait for a paused rollout, which goes on only when somebody says so.
func deploymentReady(live *unstructured.Unstructured) (readiness, error) {
	if paused, _, _ := unstructured.NestedBool(live.Object, "spec", "paused"); paused {
		return ready, nil
	}
	return kstatusReady(live)
}

// jobReady waits for the end; kstatus is content with the start.
func jobReady(live *unstructured.Unstructured) (readiness, error) {
	if suspended, _, _ := unstructured.NestedBool(live.Object, "spec", "suspend"); suspended {
		return ready, nil
	}
	for _, condition := range conditionsOf(live) {
		if condition["status"] != "True" {
			continue
		}
		switch condition["type"] {
		case "Complete":
			return ready, nil
		case "Failed":
			return readiness{failed: true, reasons: []string{describeCondition(condition)}}, nil
		}
	}
	return notYet("waiting for the Job to complete"), nil
}

func volumeReady(live *unstructured.Unstructured) (readiness, error) {
	phase, _, _ := unstructured.NestedString(live.Object, "status", "phase")
	if phase == "Available" || phase == "Bound" {
		return ready, nil
	}
	return notYet(fmt.Sprintf("PersistentVolume is %q, neither Available nor Bound", phase)), nil
}

// tokenReady waits until the token controller has filled a Secret for a ServiceAccount's token.
func tokenReady(live *unstructured.Unstructured) (readiness, error) {
	kind, _, _ := unstructured.NestedString(live.Object, "type")
	token, _, _ := unstructured.NestedString(live.Object, "data", "token")
	if kind != string(corev1.SecretTypeServiceAccountToken) || token != "" {
		return ready, nil
	}
	return notYet("the Secret holds no token yet"), nil
}

func quotaReady(live *unstructured.Unstructured) (readiness, error) {
	wanted, _, _ := unstructured.NestedMap(live.Object, "spec", "hard")
	got, _, _ := unstructured.NestedMap(live.Object, "status", "hard")
	if len(wanted) == 0 || reflect.DeepEqual(wanted, got) {
		return ready, nil
	}
	return notYet("ResourceQuota is not in force yet"), nil
}

// claimWaiter waits until the claim is bound, unless its class binds at first use only.
func (p *Provider) claimWaiter(live, before *unstructured.Unstructured) waiter {
	if phase, _, _ := unstructured.NestedString(before.Object, "status", "phase"); phase == "Bound" {
		return nil
	}
	class, _, _ := unstructured.NestedString(live.Object, "spec", "storageClassName")
	return waiterFunc(func(live *unstructured.Unstructured) (readiness, error) {
		phase, _, _ := unstructured.NestedString(live.Object, "status", "phase")
		if phase == "Bound" {
			return ready, nil
		}
		mode, problem := p.bindingMode(class)
		if mode == "WaitForFirstConsumer" && phase == "Pending" {
			return ready, nil
		}
		reasons := []string{fmt.Sprintf("PersistentVolumeClaim is %q, not Bound", phase)}
		if problem != nil {
			reasons = append(reasons, problem.Error())
		}
		return notYet(reasons...), nil
	})
}

var storageClasses = schema.GroupVersionResource{Group: "storage.k8s.io", Version: "v1", Resource: "storageclasses"}

func (p *Provider) bindingMode(class string) (string, error) {
	if class == "" {
		return "", errors.New("no storage class is set, and the cluster has no default one")
	}
	found, err := p.cluster.client.Resource(storageClasses).Get(p.ctx, class, metav1.GetOptions{})
	if err != nil {
		return "", fmt.Errorf("storage class %q: %w", class, err)
	}
	mode, _, _ := unstructured.NestedString(found.Object, "volumeBindingMode")
	return mode, nil
}

func conditionsOf(live *unstructured.Unstructured) []map[string]any {
	list, _, _ := unstructured.NestedSlice(live.Object, "status", "conditions")
	conditions := make([]map[string]any, 0, len(list))
	for _, element := range list {
		if condition, ok := element.(map[string]any); ok {
			conditions = append(conditions, condition)
		}
	}
	return conditions
}

// falseConditions describes what an object's conditions complain about. Most kinds report what is well; while a
// namespace is deleted its conditions report what is wrong.
func falseConditions(live *unstructured.Unstructured, abnormalWhenTrue bool) []string {
	wrong := "False"
	if abnormalWhenTrue {
		wrong = "True"
	}
	var reasons []string
	for _, condition := range conditionsOf(live) {
		if condition["status"] == wrong {
			reasons = append(reasons, describeCondition(condition))
		}
	}
	return reasons
}

func describeCondition(condition map[string]any) string {
	reason, message := condition["reason"], condition["message"]
	if reason == nil {
		reason = condition["type"]
	}
	if message == nil {
		return fmt.Sprintf("[%v]", reason)
	}
	return fmt.Sprintf("[%v] %v", reason, message)
}

// isTransient tells errors that a wait survives from those that end it.
func isTransient(err error) bool {
	var network net.Error
	return apierrors.IsServerTimeout(err) || apierrors.IsTimeout(err) || apierrors.IsTooManyRequests(err) ||
		apierrors.IsServiceUnavailable(err) || apierrors.IsInternalError(err) || errors.As(err, &network)
}
