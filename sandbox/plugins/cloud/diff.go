package cloud

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/kubernetes-faas/kubernetes-faas/sandbox/plugins/local"
)

// change is one argument, or a part of one, that is not what it was.
type change struct {
	// path as the engine writes it: a.b[0].c
	path string
	// keys are the names in the path, without the positions in lists.
	keys []string
	kind plugin.DiffKind
}

// changes lists what differs, as deep down as both sides have the same shape.
func changes(at change, before, after property.Value) []change {
	switch {
	case before.Equals(after):
		return nil
	case before.IsMap() && after.IsMap():
		return changedKeys(at, before.AsMap(), after.AsMap())
	case before.IsArray() && after.IsArray() && before.AsArray().Len() == after.AsArray().Len():
		var found []change
		for index, element := range before.AsArray().All {
			nested := change{path: fmt.Sprintf("%s[%d]", at.path, index), keys: at.keys}
			found = append(found, changes(nested, element, after.AsArray().Get(index))...)
		}
		return found
	}
	at.kind = plugin.DiffUpdate
	if before.IsNull() {
		at.kind = plugin.DiffAdd
	} else if after.IsNull() {
		at.kind = plugin.DiffDelete
	}
	return []change{at}
}

func changedKeys(at change, before, after property.Map) []change {
	var found []change
	keys := append(local.SortedKeys(before.AsMap()), local.SortedKeys(after.AsMap())...)
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		if strings.HasPrefix(key, "__") {
			continue // what the stand-in notes for itself
		}
		nested := change{path: strings.TrimPrefix(at.path+"."+key, "."), keys: append(slices.Clone(at.keys), key)}
		found = append(found, changes(nested, before.Get(key), after.Get(key))...)
	}
	return found
}

// replaces says what a change does; the longest path that the table has decides.
func (r Resource) replaces(changed change) (bool, error) {
	for length := len(changed.keys); length > 0; length-- {
		path := strings.Join(changed.keys[:length], ".")
		if slices.Contains(r.Replaces, path) {
			return true, nil
		}
		if slices.Contains(r.Updates, path) {
			return false, nil
		}
	}
	return false, fmt.Errorf("whether a change of %s updates or replaces is in neither list", changed.path)
}

func (r Resource) diff(before, after property.Map) (plugin.DiffResult, error) {
	detail := map[string]plugin.PropertyDiff{}
	result := plugin.DiffResult{Changes: plugin.DiffNone, DetailedDiff: detail}
	for _, changed := range changes(change{}, local.Plain(property.New(before)), local.Plain(property.New(after))) {
		replace, err := r.replaces(changed)
		if err != nil {
			return plugin.DiffResult{}, err
		}
		kind := changed.kind
		if replace {
			kind = kind.AsReplace()
			// What has a name of the program's choosing has to go before its successor comes.
			result.DeleteBeforeReplace = r.Name != nil && after.Get(ownName).IsNull()
		}
		result.Changes = plugin.DiffSome
		detail[changed.path] = plugin.PropertyDiff{Kind: kind, InputDiff: true}
	}
	return result, nil
}
