package kubernetes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/util/jsonpath"
)

// parseWaitFor reads the annotation pulumi.com/waitFor: one expression or a JSON list of them, each either
// condition=TYPE[=STATUS] or jsonpath={.path}[=VALUE], as `kubectl wait --for` has them.
func parseWaitFor(text string) (waiter, error) {
	expressions := []string{text}
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		if err := json.Unmarshal([]byte(text), &expressions); err != nil {
			return nil, fmt.Errorf("%s: %w", annotationWaitFor, err)
		}
	}
	if len(expressions) == 0 {
		return nil, fmt.Errorf("%s: want at least one expression", annotationWaitFor)
	}
	checks := make([]func(*unstructured.Unstructured) bool, len(expressions))
	for index, expression := range expressions {
		check, err := parseExpression(expression)
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", annotationWaitFor, expression, err)
		}
		checks[index] = check
	}
	return waiterFunc(func(live *unstructured.Unstructured) (readiness, error) {
		for index, check := range checks {
			if !check(live) {
				return notYet("waiting for " + expressions[index]), nil
			}
		}
		return ready, nil
	}), nil
}

func parseExpression(expression string) (func(*unstructured.Unstructured) bool, error) {
	if rest, ok := strings.CutPrefix(expression, "condition="); ok {
		name, wanted, given := strings.Cut(rest, "=")
		if !given {
			wanted = "True"
		}
		return func(live *unstructured.Unstructured) bool { return hasCondition(live, name, wanted) }, nil
	}
	rest, ok := strings.CutPrefix(expression, "jsonpath=")
	if !ok {
		return nil, fmt.Errorf(`want "condition=TYPE[=STATUS]" or "jsonpath={.path}[=VALUE]"`)
	}
	template, wanted, given := rest, "", false
	if end := strings.LastIndex(rest, "}"); end >= 0 && strings.HasPrefix(rest[end+1:], "=") {
		template, wanted, given = rest[:end+1], rest[end+2:], true
	}
	parser := jsonpath.New("waitFor").AllowMissingKeys(true)
	if err := parser.Parse(template); err != nil {
		return nil, err
	}
	return func(live *unstructured.Unstructured) bool {
		var printed bytes.Buffer
		if err := parser.Execute(&printed, live.Object); err != nil {
			return false
		}
		if given {
			return printed.String() == wanted
		}
		return printed.Len() > 0
	}, nil
}

func hasCondition(live *unstructured.Unstructured, name, wanted string) bool {
	for _, condition := range conditionsOf(live) {
		kind, _ := condition["type"].(string)
		status, _ := condition["status"].(string)
		if strings.EqualFold(kind, name) {
			return strings.EqualFold(status, wanted)
		}
	}
	return false
}
