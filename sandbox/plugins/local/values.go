package local

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Text is a string argument, "" when it is absent.
func Text(args property.Map, name string) string {
	if value := args.Get(name); value.IsString() {
		return value.AsString()
	}
	return ""
}

// Whole is an integer argument, 0 when it is absent.
func Whole(args property.Map, name string) int {
	if value := args.Get(name); value.IsNumber() {
		return int(value.AsNumber())
	}
	return 0
}

// Flag is a boolean argument, false when it is absent.
func Flag(args property.Map, name string) bool {
	value := args.Get(name)
	return value.IsBool() && value.AsBool()
}

// List is a list of strings, empty when it is absent.
func List(args property.Map, name string) []string {
	var list []string
	if value := args.Get(name); value.IsArray() {
		for _, element := range value.AsArray().All {
			list = append(list, element.AsString())
		}
	}
	return list
}

// AtLeast refuses numbers below a minimum.
func AtLeast(minimum int) func(property.Value) string {
	return func(value property.Value) string {
		if value.AsNumber() < float64(minimum) {
			return fmt.Sprintf("is below the minimum, %d", minimum)
		}
		return ""
	}
}

// OneOf refuses strings that are not in the list, and finds the one that was meant.
func OneOf(accepted ...string) func(property.Value) string {
	bare := func(s string) string { return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(s)) }
	return func(value property.Value) string {
		given := value.AsString()
		if slices.Contains(accepted, given) {
			return ""
		}
		for _, candidate := range accepted {
			if bare(candidate) == bare(given) {
				return fmt.Sprintf("is unknown; did you mean %q?", candidate)
			}
		}
		return "is unknown; give one of " + strings.Join(accepted, ", ")
	}
}

// Plain is the value without its secret marks and dependencies, for comparing.
func Plain(value property.Value) property.Value {
	switch {
	case value.IsMap():
		bare := map[string]property.Value{}
		for key, element := range value.AsMap().All {
			bare[key] = Plain(element)
		}
		return property.New(bare)
	case value.IsArray():
		bare := []property.Value{}
		for _, element := range value.AsArray().All {
			bare = append(bare, Plain(element))
		}
		return property.New(bare)
	}
	return value.WithSecret(false).WithDependencies(nil)
}

func isEmpty(value property.Value) bool {
	return value.IsNull() ||
		value.IsString() && value.AsString() == "" ||
		value.IsArray() && value.AsArray().Len() == 0 ||
		value.IsMap() && value.AsMap().Len() == 0
}

// SortedKeys are the keys of a map in alphabetical order.
func SortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
