package kubernetes

import (
	"context"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic/fake"
)

// providerWith talks to a cluster that holds the given objects.
func providerWith(objects ...runtime.Object) *Provider {
	ctx, cancel := context.WithCancel(context.Background())
	lists := map[schema.GroupVersionResource]string{
		endpointSlices: "EndpointSliceList", services: "ServiceList", pods: "PodList", storageClasses: "StorageClassList",
	}
	client := fake.NewSimpleDynamicClientWithCustomListKinds(runtime.NewScheme(), lists, objects...)
	return &Provider{ctx: ctx, cancel: cancel, cluster: &cluster{client: client}, scopes: newScopes()}
}

// judge looks at an object once; settled tells whether time enough has passed before.
func judge(t *testing.T, p *Provider, live *unstructured.Unstructured, settled bool) readiness {
	t.Helper()
	watcher, _, err := p.waiterFor(live, live, live)
	if err != nil {
		t.Fatal(err)
	}
	if watcher == nil {
		return ready
	}
	if waiting, ok := watcher.(*settling); ok && settled {
		waiting.since = time.Now().Add(-settleTime)
	}
	verdict, err := watcher.look(live)
	if err != nil {
		t.Fatal(err)
	}
	return verdict
}

const named = "metadata: {namespace: ns, name: s}"

func TestServicesAreReadyWhenTheirEndpointsHaveSettled(t *testing.T) {
	slice := func(conditions string) *unstructured.Unstructured {
		return object(t, `{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {namespace: ns, name: x,
labels: {kubernetes.io/service-name: s}}, endpoints: [{addresses: [10.0.0.1], conditions: `+conditions+`}]}`)
	}
	for name, each := range map[string]struct {
		spec    string
		slice   *unstructured.Unstructured
		settled bool
		want    bool
	}{
		"at once":                       {"selector: {a: b}", nil, false, false},
		"later, without endpoints":      {"selector: {a: b}", nil, true, true},
		"an endpoint not ready":         {"selector: {a: b}", slice("{ready: false}"), true, false},
		"an endpoint that terminates":   {"selector: {a: b}", slice("{ready: false, terminating: true}"), true, true},
		"an endpoint ready":             {"selector: {a: b}", slice("{ready: true}"), true, true},
		"headless":                      {"selector: {a: b}, clusterIP: None", nil, false, true},
		"without selector":              {"ports: []", nil, false, true},
		"external name":                 {"selector: {a: b}, type: ExternalName", nil, false, true},
		"load balancer without address": {"type: LoadBalancer", nil, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			var objects []runtime.Object
			if each.slice != nil {
				objects = append(objects, each.slice)
			}
			live := object(t, "{apiVersion: v1, kind: Service, "+named+", spec: {"+each.spec+"}}")
			if got := judge(t, providerWith(objects...), live, each.settled); got.ready != each.want {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestAnIngressNeedsItsAddress(t *testing.T) {
	backend := object(t, "{apiVersion: v1, kind: Service, metadata: {namespace: ns, name: web}}")
	const ingress = `{apiVersion: networking.k8s.io/v1, kind: Ingress, ` + named + `, spec: {rules: [{host: h, http:
{paths: [{path: /, backend: {service: {name: web}}}]}}]}, status: {loadBalancer: {ingress: [ADDRESS]}}}`
	served := strings.Replace(ingress, "ADDRESS", "{ip: 10.0.0.1}", 1)
	waiting := strings.Replace(ingress, "ADDRESS", "", 1)
	for name, each := range map[string]struct {
		text    string
		backend bool
		settled bool
		want    bool
	}{
		"address and backend":  {served, true, false, true},
		"no address":           {waiting, true, true, false},
		"no backend yet":       {served, false, false, false},
		"no backend after all": {served, false, true, true},
		"neither":              {waiting, false, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			var objects []runtime.Object
			if each.backend {
				objects = append(objects, backend)
			}
			if got := judge(t, providerWith(objects...), object(t, each.text), each.settled); got.ready != each.want {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestOtherKindsAreReadyByTheirStatus(t *testing.T) {
	lazy := object(t, "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: lazy}, "+
		"volumeBindingMode: WaitForFirstConsumer}")
	p := providerWith(lazy)
	for text, want := range map[string]bool{
		"{apiVersion: batch/v1, kind: Job, " + named + ", status: {conditions: [{type: Complete, status: 'True'}]}}":             true,
		"{apiVersion: batch/v1, kind: Job, " + named + ", status: {active: 1}}":                                                  false,
		"{apiVersion: batch/v1, kind: Job, " + named + ", spec: {suspend: true}}":                                                true,
		"{apiVersion: v1, kind: PersistentVolume, " + named + ", status: {phase: Available}}":                                    true,
		"{apiVersion: v1, kind: PersistentVolume, " + named + ", status: {phase: Pending}}":                                      false,
		"{apiVersion: v1, kind: PersistentVolumeClaim, " + named + ", spec: {storageClassName: lazy}, status: {phase: Pending}}": true,
		"{apiVersion: v1, kind: PersistentVolumeClaim, " + named + ", spec: {storageClassName: none}, status: {phase: Pending}}": false,
		"{apiVersion: v1, kind: PersistentVolumeClaim, " + named + ", status: {phase: Bound}}":                                   true,
		"{apiVersion: v1, kind: ResourceQuota, " + named + ", spec: {hard: {pods: '1'}}}":                                        false,
		"{apiVersion: v1, kind: ResourceQuota, " + named + ", spec: {hard: {pods: '1'}}, status: {hard: {pods: '1'}}}":           true,
		"{apiVersion: apps/v1, kind: Deployment, " + named + ", spec: {paused: true}}":                                           true,
		"{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, generation: 2}, status: {observedGeneration: 1}}":           false,
		"{apiVersion: v1, kind: ConfigMap, " + named + "}":                                                                       true,
	} {
		if got := judge(t, p, object(t, text), false); got.ready != want {
			t.Errorf("%s: got %+v", text, got)
		}
	}
}

func TestAFailedJobIsNotWaitedFor(t *testing.T) {
	job := object(t, "{apiVersion: batch/v1, kind: Job, "+named+", status: {conditions: [{type: Failed, status: 'True', "+
		"reason: BackoffLimitExceeded, message: gave up}]}}")
	got := judge(t, providerWith(), job, false)
	if !got.failed || got.reasons[0] != "[BackoffLimitExceeded] gave up" {
		t.Errorf("got %+v", got)
	}
}

func TestAnnotationsSteerTheWait(t *testing.T) {
	const thing = "{apiVersion: example.com/v1, kind: Thing, metadata: {name: t, annotations: {ANNOTATION}}, " +
		"status: {phase: Up, conditions: [{type: Ready, status: 'False'}]}}"
	for annotations, want := range map[string]bool{
		"": true,
		"pulumi.com/waitFor: 'jsonpath={.status.phase}=Up'":                     true,
		"pulumi.com/waitFor: 'jsonpath={.status.phase}=Down'":                   false,
		"pulumi.com/waitFor: 'jsonpath={.status.absent}'":                       false,
		"pulumi.com/waitFor: 'condition=Ready'":                                 false,
		"pulumi.com/waitFor: 'condition=ready=false'":                           true,
		`pulumi.com/waitFor: '["jsonpath={.status.phase}", "condition=Ready"]'`: false,
		"pulumi.com/waitFor: 'condition=Ready', pulumi.com/skipAwait: 'true'":   true,
	} {
		live := object(t, strings.Replace(thing, "ANNOTATION", annotations, 1))
		if got := judge(t, providerWith(), live, false); got.ready != want {
			t.Errorf("%s: got %+v", annotations, got)
		}
	}
	if _, err := parseWaitFor("phase=Up"); err == nil {
		t.Error("an expression of no known form must be an error")
	}
}

func TestPodProblemsAreFoundThroughTheSelector(t *testing.T) {
	pod := object(t, `{apiVersion: v1, kind: Pod, metadata: {namespace: ns, name: p, labels: {a: b}}, status:
{conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: no node}],
containerStatuses: [{name: c, state: {waiting: {reason: ImagePullBackOff, message: no image}}}]}}`)
	workload := object(t, "{apiVersion: apps/v1, kind: Deployment, "+named+", spec: {selector: {matchLabels: {a: b}}}}")
	got := strings.Join(providerWith(pod).podProblems(workload), "; ")
	if want := "[Pod p]: [Unschedulable] no node; [Pod p]: container c: [ImagePullBackOff] no image"; got != want {
		t.Errorf("got %s", got)
	}
}

func TestPodProblemsNameTheContainerAndWhatBecameOfIt(t *testing.T) {
	for statuses, want := range map[string]string{
		"initContainerStatuses: [{name: i, state: {waiting: {reason: ErrImagePull, message: no image}}}], containerStatuses: [{name: c, state: {waiting: {reason: PodInitializing}}}]": "[Pod p]: container i: [ErrImagePull] no image",
		"containerStatuses: [{name: c, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 3}}}]":                                                         "[Pod p]: container c: [CrashLoopBackOff] (ended with exit code 3 before)",
		"containerStatuses: [{name: c, state: {terminated: {reason: Error, exitCode: 1}}}]":                                                                                            "[Pod p]: container c: [Error] ended with exit code 1",
		"containerStatuses: [{name: c, state: {terminated: {reason: Completed, exitCode: 0}}}]":                                                                                        "",
		"containerStatuses: [{name: c, ready: false, state: {running: {}}}]":                                                                                                           "[Pod p]: container c: runs, but is not ready",
		"containerStatuses: [{name: c, ready: true, state: {running: {}}}]":                                                                                                            "",
	} {
		pod := object(t, "{apiVersion: v1, kind: Pod, metadata: {namespace: ns, name: p}, status: {"+statuses+"}}")
		if got := strings.Join(podProblem(pod), "; "); got != want {
			t.Errorf("%s: got %q", statuses, got)
		}
	}
}

func TestPollEndsOnCancelAndAtTheLimit(t *testing.T) {
	p := providerWith()
	never := func() (bool, error) { return false, nil }
	expired := func() error { return &timeoutError{message: "expired"} }
	if err := p.poll(time.Millisecond, never, expired); err == nil || err.Error() != "expired" {
		t.Errorf("got %v", err)
	}
	p.cancel()
	if err := p.poll(time.Hour, never, expired); err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("got %v", err)
	}
}
