package kubernetes

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	defaultTimeout = 10 * time.Minute
	// pollFirst and pollSlowest bound the pauses between two looks at an object that is waited for.
	pollFirst   = 100 * time.Millisecond
	pollSlowest = time.Second
)

// readiness is the verdict on an object at one moment.
type readiness struct {
	ready bool
	// failed says that waiting longer is pointless.
	failed bool
	// reasons say what is missing; the first is shown while waiting, all when the wait fails.
	reasons []string
}

var ready = readiness{ready: true}

func notYet(reasons ...string) readiness { return readiness{reasons: reasons} }

// waiter judges an object each time it is looked at. It may keep notes between two looks.
type waiter interface {
	look(live *unstructured.Unstructured) (readiness, error)
}

type waiterFunc func(live *unstructured.Unstructured) (readiness, error)

func (f waiterFunc) look(live *unstructured.Unstructured) (readiness, error) { return f(live) }

// timeoutError ends a wait without success. live is the object as last seen.
type timeoutError struct {
	live    *unstructured.Unstructured
	message string
	reasons []string
}

func (e *timeoutError) Error() string { return e.message }

// reasonsOf lists what an error knows about its causes, for the engine's list of errors.
func reasonsOf(err error) []string {
	var timeout *timeoutError
	if errors.As(err, &timeout) {
		return timeout.reasons
	}
	return nil
}

// timeoutFor picks the time limit: the resource option customTimeouts, the annotation, or the kind's own.
func timeoutFor(custom float64, inputs *unstructured.Unstructured, otherwise time.Duration) time.Duration {
	if custom > 0 {
		return time.Duration(custom * float64(time.Second))
	}
	if seconds, err := strconv.Atoi(annotation(inputs, annotationTimeout)); err == nil && seconds > 0 {
		return time.Duration(seconds) * time.Second
	}
	return otherwise
}

// poll asks done until it agrees or fails, the limit passes or the engine cancels; then expired words the error.
func (p *Provider) poll(limit time.Duration, done func() (bool, error), expired func() error) error {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	for pause := pollFirst; ; pause = min(pause*2, pollSlowest) {
		finished, err := done()
		if finished || (err != nil && !isTransient(err)) {
			return err
		}
		select {
		case <-p.ctx.Done():
			return fmt.Errorf("canceled: %w", expired())
		case <-deadline.C:
			return expired()
		case <-time.After(pause):
		}
	}
}

// await waits until the object is ready and returns it as last seen, also beside an error. before is the object
// as it was before the operation.
func (p *Provider) await(
	urn resource.URN, inputs, current *unstructured.Unstructured, custom float64, before *unstructured.Unstructured,
) (*unstructured.Unstructured, error) {
	watcher, limit, err := p.waiterFor(inputs, current, before)
	if err != nil || watcher == nil {
		return current, err
	}
	if limit == 0 {
		limit = timeoutFor(custom, inputs, defaultTimeout)
	}
	client, err := p.cluster.resource(current)
	if err != nil {
		return current, err
	}
	last, shown := readiness{}, ""
	err = p.poll(limit, func() (bool, error) {
		live, err := client.Get(p.ctx, current.GetName(), metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		current = live
		if last, err = watcher.look(live); err != nil {
			return false, err
		}
		if last.failed {
			reasons := append(last.reasons, p.podProblems(live)...)
			return false, &timeoutError{live, fmt.Sprintf("'%s' failed", live.GetName()), reasons}
		}
		if len(last.reasons) > 0 && !last.ready && last.reasons[0] != shown {
			shown = last.reasons[0]
			p.progress(urn, shown)
		}
		return last.ready, nil
	}, func() error {
		return &timeoutError{current, expiredMessage(current), append(last.reasons, p.podProblems(current)...)}
	})
	p.progress(urn, "")
	return current, err
}

// readyNow judges an object once, for a refresh: one that is not ready is reported, so that the next update
// looks after it.
func (p *Provider) readyNow(inputs, live *unstructured.Unstructured) error {
	if !judgedOnRead[live.GroupVersionKind().GroupKind()] {
		return nil
	}
	watcher, _, err := p.waiterFor(inputs, live, live)
	if err != nil || watcher == nil {
		return err
	}
	if settling, ok := watcher.(*settling); ok {
		settling.since = time.Time{} // whatever is there has been there for long enough
	}
	verdict, err := watcher.look(live)
	if err != nil || verdict.ready {
		return err
	}
	return &timeoutError{live, fmt.Sprintf("'%s' is not ready", live.GetName()), verdict.reasons}
}

// expiredMessage words the end of a wait as the official plugin does: volumes have a waiter of their own there.
func expiredMessage(object *unstructured.Unstructured) string {
	switch object.GetKind() {
	case "PersistentVolumeClaim", "PersistentVolume", "ResourceQuota":
		return fmt.Sprintf("Timeout occurred polling for '%s'", object.GetName())
	}
	return fmt.Sprintf("'%s' timed out waiting to be Ready", object.GetName())
}
