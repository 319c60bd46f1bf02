package kubernetes

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// maxPodProblems keeps the report on a failed rollout readable.
const maxPodProblems = 3

var pods = schema.GroupVersionResource{Version: "v1", Resource: "pods"}

// podProblems says what is wrong with the pods of a workload, for the error of a wait that failed. It is best
// effort: the error is reported either way.
func (p *Provider) podProblems(workload *unstructured.Unstructured) []string {
	raw, found, _ := unstructured.NestedMap(workload.Object, "spec", "selector")
	if !found || workload.GetKind() == "Service" {
		return nil
	}
	var selector metav1.LabelSelector
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(raw, &selector); err != nil {
		return nil
	}
	list, err := p.cluster.client.Resource(pods).Namespace(workload.GetNamespace()).List(p.ctx,
		metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(&selector)})
	if err != nil {
		return nil
	}
	var problems []string
	for index := range list.Items {
		problems = append(problems, podProblem(&list.Items[index])...)
		if len(problems) >= maxPodProblems {
			return problems[:maxPodProblems]
		}
	}
	return problems
}

func podProblem(pod *unstructured.Unstructured) []string {
	var problems []string
	for _, condition := range conditionsOf(pod) {
		if condition["type"] == "PodScheduled" && condition["status"] == "False" {
			problems = append(problems, fmt.Sprintf("[Pod %s]: %s", pod.GetName(), describeCondition(condition)))
		}
	}
	for _, list := range []string{"initContainerStatuses", "containerStatuses"} {
		statuses, _, _ := unstructured.NestedSlice(pod.Object, "status", list)
		for _, element := range statuses {
			container, _ := element.(map[string]any)
			if problem := containerProblem(container); problem != "" {
				problems = append(problems, fmt.Sprintf("[Pod %s]: container %v: %s", pod.GetName(), container["name"], problem))
			}
		}
	}
	if len(problems) == 0 {
		problems = unreadyContainers(pod)
	}
	return problems
}

// containerProblem says why a container waits or how it failed; empty when it did neither.
func containerProblem(container map[string]any) string {
	if waiting, found, _ := unstructured.NestedMap(container, "state", "waiting"); found {
		if waiting["reason"] == "PodInitializing" {
			return "" // the fault is an earlier container's
		}
		problem := describeCondition(waiting)
		if code, ended, _ := unstructured.NestedInt64(container, "lastState", "terminated", "exitCode"); ended {
			problem += fmt.Sprintf(" (ended with exit code %d before)", code)
		}
		return problem
	}
	code, ended, _ := unstructured.NestedInt64(container, "state", "terminated", "exitCode")
	if !ended || code == 0 {
		return ""
	}
	reason, _, _ := unstructured.NestedString(container, "state", "terminated", "reason")
	return fmt.Sprintf("[%s] ended with exit code %d", reason, code)
}

// unreadyContainers names what runs and does not pass its readiness probe.
func unreadyContainers(pod *unstructured.Unstructured) []string {
	var problems []string
	statuses, _, _ := unstructured.NestedSlice(pod.Object, "status", "containerStatuses")
	for _, element := range statuses {
		container, _ := element.(map[string]any)
		_, running, _ := unstructured.NestedMap(container, "state", "running")
		if isReady, _, _ := unstructured.NestedBool(container, "ready"); running && !isReady {
			problems = append(problems, fmt.Sprintf("[Pod %s]: container %v: runs, but is not ready", pod.GetName(),
				container["name"]))
		}
	}
	return problems
}
