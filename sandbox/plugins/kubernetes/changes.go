package kubernetes

import (
	"fmt"
	"sort"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// path is where a value sits in an object: strings are fields, integers are list positions.
type path []any

// String renders a path as the engine's detailed diffs spell it: spec.ports[0].port, data["a.b"].
func (p path) String() string {
	var text strings.Builder
	for _, step := range p {
		switch typed := step.(type) {
		case int:
			fmt.Fprintf(&text, "[%d]", typed)
		case string:
			switch {
			case strings.ContainsAny(typed, `."[]`):
				fmt.Fprintf(&text, `["%s"]`, strings.ReplaceAll(typed, `"`, `\"`))
			case text.Len() > 0:
				text.WriteString("." + typed)
			default:
				text.WriteString(typed)
			}
		}
	}
	return text.String()
}

func (p path) at(step any) path {
	return append(p[:len(p):len(p)], step)
}

type change struct {
	path path
	kind pulumirpc.PropertyDiff_Kind
	// value is what the program asks for at the path; nil when it asks for nothing any more.
	value any
}

// changesBetween lists what tells wanted from current, as high up as possible: an added map is one addition.
func changesBetween(current, wanted map[string]any) []change {
	return mapChanges(nil, current, wanted)
}

func mapChanges(at path, current, wanted map[string]any) []change {
	var changes []change
	for _, key := range keysOf(current, wanted) {
		old, had := current[key]
		value, wants := wanted[key]
		had, wants = had && old != nil, wants && value != nil
		switch {
		case had && wants:
			changes = append(changes, valueChanges(at.at(key), old, value)...)
		case wants:
			changes = append(changes, change{at.at(key), pulumirpc.PropertyDiff_ADD, value})
		case had:
			changes = append(changes, change{at.at(key), pulumirpc.PropertyDiff_DELETE, nil})
		}
	}
	return changes
}

func valueChanges(at path, current, wanted any) []change {
	switch value := wanted.(type) {
	case map[string]any:
		if old, ok := current.(map[string]any); ok {
			return mapChanges(at, old, value)
		}
	case []any:
		if old, ok := current.([]any); ok {
			return listChanges(at, old, value)
		}
	case resource.Computed:
	default:
		if sameValue(current, wanted) {
			return nil
		}
	}
	return []change{{at, pulumirpc.PropertyDiff_UPDATE, wanted}}
}

func listChanges(at path, current, wanted []any) []change {
	var changes []change
	for index := 0; index < max(len(current), len(wanted)); index++ {
		switch {
		case index >= len(current):
			changes = append(changes, change{at.at(index), pulumirpc.PropertyDiff_ADD, wanted[index]})
		case index >= len(wanted):
			changes = append(changes, change{at.at(index), pulumirpc.PropertyDiff_DELETE, nil})
		default:
			changes = append(changes, valueChanges(at.at(index), current[index], wanted[index])...)
		}
	}
	return changes
}

func keysOf(maps ...map[string]any) []string {
	seen := map[string]bool{}
	for _, each := range maps {
		for key := range each {
			seen[key] = true
		}
	}
	keys := make([]string, 0, len(seen))
	for key := range seen {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// replaces tells whether the change touches a field that can't be changed in place. Fields are dotted paths;
// `*` stands for every element of a list.
func (c change) replaces(immutable []string) bool {
	for _, field := range immutable {
		if touches(c.path, c.value, strings.Split(field, ".")) {
			return true
		}
	}
	return false
}

func touches(at path, value any, field []string) bool {
	for index, name := range field {
		if index >= len(at) {
			return contains(value, field[index:])
		}
		if !matches(at[index], name) {
			return false
		}
	}
	return true // the change is at the field or inside it
}

func matches(step any, name string) bool {
	if _, isPosition := step.(int); isPosition {
		return name == "*"
	}
	return step == name
}

// contains tells whether a value that was added or replaced as a whole has the field.
func contains(value any, field []string) bool {
	if len(field) == 0 {
		return true
	}
	switch typed := value.(type) {
	case map[string]any:
		nested, present := typed[field[0]]
		return present && contains(nested, field[1:])
	case []any:
		for _, element := range typed {
			if field[0] == "*" && contains(element, field[1:]) {
				return true
			}
		}
	}
	return false
}

// replacing turns the kind of a change into the one that announces a replacement.
var replacing = map[pulumirpc.PropertyDiff_Kind]pulumirpc.PropertyDiff_Kind{
	pulumirpc.PropertyDiff_ADD:    pulumirpc.PropertyDiff_ADD_REPLACE,
	pulumirpc.PropertyDiff_UPDATE: pulumirpc.PropertyDiff_UPDATE_REPLACE,
	pulumirpc.PropertyDiff_DELETE: pulumirpc.PropertyDiff_DELETE_REPLACE,
}
