package kubernetes

import (
	"fmt"
	"reflect"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// settleTime is how long a Service's endpoints must stay unchanged, so that stragglers are waited for.
const settleTime = 10 * time.Second

var (
	endpointSlices = schema.GroupVersionResource{Group: "discovery.k8s.io", Version: "v1", Resource: "endpointslices"}
	services       = schema.GroupVersionResource{Version: "v1", Resource: "services"}
)

// settling is a waiter for something that counts only after it has stayed the same for a while.
type settling struct {
	provider *Provider
	since    time.Time
	last     any
	judge    func(s *settling, live *unstructured.Unstructured) (readiness, error)
}

func (p *Provider) settlingWaiter(
	judge func(s *settling, live *unstructured.Unstructured) (readiness, error),
) *settling {
	return &settling{provider: p, since: time.Now(), judge: judge}
}

func (s *settling) look(live *unstructured.Unstructured) (readiness, error) { return s.judge(s, live) }

// settled notes the current value and tells whether it has stayed the same for settleTime.
func (s *settling) settled(value any) bool {
	if s.last != nil && !reflect.DeepEqual(s.last, value) {
		s.since = time.Now()
	}
	s.last = value
	return time.Since(s.since) >= settleTime
}

// serviceWaiter waits until the endpoints of a Service with a selector have settled, none included, and until a
// LoadBalancer has its address.
func (p *Provider) serviceWaiter() waiter {
	return p.settlingWaiter(func(s *settling, live *unstructured.Unstructured) (readiness, error) {
		kind, _, _ := unstructured.NestedString(live.Object, "spec", "type")
		clusterIP, _, _ := unstructured.NestedString(live.Object, "spec", "clusterIP")
		selector, _, _ := unstructured.NestedMap(live.Object, "spec", "selector")
		settled := true
		var reasons []string
		if kind != "ExternalName" && clusterIP != "None" && len(selector) > 0 {
			endpoints, err := p.endpointsOf(live)
			if err != nil {
				return readiness{}, err
			}
			settled = s.settled(endpoints.names) && !endpoints.pending
			if len(endpoints.names) == 0 {
				reasons = append(reasons, "Service does not target any Pods. Its selector matches none, or none is ready yet")
			}
		}
		if kind == "LoadBalancer" && !hasAddress(live) {
			settled = false
			reasons = append(reasons, "Service was not allocated an IP address: nothing in this cluster provides load balancers")
		}
		return readiness{ready: settled, reasons: reasons}, nil
	})
}

type endpoints struct {
	// names of the targets that are ready.
	names map[string]bool
	// pending says that a target exists which is not ready.
	pending bool
}

func (p *Provider) endpointsOf(service *unstructured.Unstructured) (endpoints, error) {
	found := endpoints{names: map[string]bool{}}
	slices, err := p.cluster.client.Resource(endpointSlices).Namespace(service.GetNamespace()).List(p.ctx,
		metav1.ListOptions{LabelSelector: "kubernetes.io/service-name=" + service.GetName()})
	if err != nil {
		return found, err
	}
	for _, slice := range slices.Items {
		targets, _, _ := unstructured.NestedSlice(slice.Object, "endpoints")
		for _, element := range targets {
			target, _ := element.(map[string]any)
			if isReady, stated, _ := unstructured.NestedBool(target, "conditions", "ready"); stated && !isReady {
				terminating, _, _ := unstructured.NestedBool(target, "conditions", "terminating")
				found.pending = found.pending || !terminating
				continue
			}
			found.names[fmt.Sprint(target["addresses"])] = true
		}
	}
	return found, nil
}

// ingressWaiter waits for an address; a backend that does not exist is waited for as long as endpoints settle.
func (p *Provider) ingressWaiter() waiter {
	return p.settlingWaiter(func(s *settling, live *unstructured.Unstructured) (readiness, error) {
		missing, err := p.missingBackends(live)
		if err != nil {
			return readiness{}, err
		}
		settled := s.settled(missing) || len(missing) == 0
		var reasons []string
		if !hasAddress(live) {
			reasons = append(reasons, "Ingress .status.loadBalancer field was not updated with a hostname/IP address: "+
				"no ingress controller serves this class, or it publishes no address")
		}
		for _, backend := range missing {
			reasons = append(reasons, "No matching service found for ingress rule: "+backend)
		}
		return readiness{ready: settled && hasAddress(live), reasons: reasons}, nil
	})
}

// missingBackends lists the rules of an Ingress whose Service does not exist.
func (p *Provider) missingBackends(ingress *unstructured.Unstructured) ([]string, error) {
	known, err := p.cluster.client.Resource(services).Namespace(ingress.GetNamespace()).List(p.ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	exists := map[string]bool{}
	for _, service := range known.Items {
		exists[service.GetName()] = true
	}
	missing := []string{}
	rules, _, _ := unstructured.NestedSlice(ingress.Object, "spec", "rules")
	for _, element := range rules {
		rule, _ := element.(map[string]any)
		paths, _, _ := unstructured.NestedSlice(rule, "http", "paths")
		for _, element := range paths {
			path, _ := element.(map[string]any)
			name, found, _ := unstructured.NestedString(path, "backend", "service", "name")
			if found && !exists[name] {
				missing = append(missing, fmt.Sprintf(`"%v%v" -> %q`, orEmpty(rule["host"]), orEmpty(path["path"]), name))
			}
		}
	}
	return missing, nil
}

func orEmpty(value any) any {
	if value == nil {
		return ""
	}
	return value
}

func hasAddress(live *unstructured.Unstructured) bool {
	addresses, _, _ := unstructured.NestedSlice(live.Object, "status", "loadBalancer", "ingress")
	return len(addresses) > 0
}
