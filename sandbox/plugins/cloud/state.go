package cloud

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/kubernetes-faas/kubernetes-faas/sandbox/plugins/local"
)

// seedKey is the output that keeps what is made once for a resource.
const seedKey = "__standIn"

// state is everything that is recorded of a resource: its arguments, and what the cloud adds to them.
func (r Resource) state(s *scope) (property.Map, error) {
	state := s.inputs
	for _, key := range local.SortedKeys(r.Outputs) {
		value, err := s.evaluate(r.Outputs[key])
		if err != nil {
			return property.Map{}, fmt.Errorf("output %s: %w", key, err)
		}
		if merged := overlay(value, s.inputs.Get(key)); !merged.IsNull() {
			state = state.Set(key, merged.WithSecret(merged.Secret() || slices.Contains(r.Secrets, key)))
		}
	}
	return state.Set(seedKey, property.New(s.seed)), nil
}

// preview is what is known without the cloud: the arguments, and of the outputs only those that are named.
func (r Resource) preview(s *scope, named []string) (property.Map, error) {
	state := s.inputs
	for _, key := range local.SortedKeys(r.Outputs) {
		value, err := hide(r.Outputs[key]), error(nil)
		if slices.Contains(named, key) {
			value, err = s.evaluate(r.Outputs[key])
		}
		if err != nil {
			return property.Map{}, fmt.Errorf("output %s: %w", key, err)
		}
		merged := overlay(value, s.inputs.Get(key))
		state = state.Set(key, merged.WithSecret(merged.Secret() || slices.Contains(r.Secrets, key)))
	}
	return state, nil
}

// foreseen is what a preview of an update knows: what stays as it is, and not what is made anew.
func (r Resource) foreseen(before, after property.Map) property.Map {
	for key := range r.Outputs {
		if !local.Plain(before.Get(key)).Equals(local.Plain(after.Get(key))) && !after.Get(key).IsNull() {
			after = after.Set(key, unsettled(before.Get(key), after.Get(key)))
		}
	}
	return after
}

// unsettled is the new value with those parts unknown that differ from the old one.
func unsettled(before, after property.Value) property.Value {
	if !before.IsMap() || !after.IsMap() {
		return property.New(property.Computed).WithSecret(after.Secret())
	}
	parts := after.AsMap()
	for key, part := range after.AsMap().All {
		if old := before.AsMap().Get(key); !local.Plain(old).Equals(local.Plain(part)) {
			parts = parts.Set(key, unsettled(old, part))
		}
	}
	return property.New(parts).WithSecret(after.Secret())
}

// overlay lays arguments over what the cloud would say: where both are objects, property by property.
func overlay(value, given property.Value) property.Value {
	if given.IsNull() {
		return value
	}
	if !value.IsMap() || !given.IsMap() {
		return given
	}
	merged := value.AsMap()
	for key, part := range given.AsMap().All {
		merged = merged.Set(key, overlay(merged.Get(key), part))
	}
	return property.New(merged).WithSecret(value.Secret() || given.Secret())
}

// hide is a template with every value unknown; of objects the shape is known.
func hide(template any) property.Value {
	object, isObject := template.(map[string]any)
	if !isObject {
		return property.New(property.Computed)
	}
	parts := map[string]property.Value{}
	for key, part := range object {
		if key[0] == '$' {
			return property.New(property.Computed)
		}
		parts[key] = hide(part)
	}
	return property.New(parts)
}
