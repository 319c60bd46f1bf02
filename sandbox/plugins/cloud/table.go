package cloud

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/kubernetes-faas/kubernetes-faas/sandbox/plugins/local"
)

// directoryVariable names the directory of the tables, one PACKAGE.json each.
const directoryVariable = "KUBERNETES_FAAS_CLOUD_TABLES"

// Table is what a cloud package answers.
type Table struct {
	// Source says which documentation the facts are from.
	Source string `json:"source"`
	// Required names the settings without which the package asks its cloud, which the stand-in can't.
	Required []string `json:"required"`
	// Settings are templates of further settings, which `$config` answers where the program gives none.
	Settings map[string]any `json:"settings"`
	// Stable are the only outputs that a package knows in the preview of an update. Without it, it knows all those that
	// the changed arguments do not go into.
	Stable []string `json:"stable"`
	// Resources by type token.
	Resources map[string]Resource `json:"resources"`
	// Components, which the package itself makes of other resources, by type token.
	Components map[string]Component `json:"components"`
	// Functions are templates of what data sources answer, by token; their arguments are what paths lead into.
	Functions map[string]map[string]any `json:"functions"`
	// Methods are the same for methods of components.
	Methods map[string]map[string]any `json:"methods"`

	file string
}

// Resource is one type of a cloud's resources.
type Resource struct {
	// ID is a template.
	ID string `json:"id"`
	// Name is the property that gets a name of its own when the program gives none.
	Name *AutoName `json:"name"`
	// Outputs are templates of what the cloud adds to the arguments; arguments that are given win.
	Outputs map[string]any `json:"outputs"`
	// Planned outputs are known in the preview of a creation, unlike all others.
	Planned []string `json:"planned"`
	// Secrets are the outputs that the SDK marks secret.
	Secrets []string `json:"secrets"`
	// Replaces are the paths of arguments whose change makes a new resource.
	Replaces []string `json:"replaces"`
	// Updates are the paths of arguments that change in place.
	Updates []string `json:"updates"`
}

// AutoName is how a package names what the program does not.
type AutoName struct {
	Property string `json:"property"`
	// Separator stands between the resource's name and the random part. "-" where it is left out.
	Separator *string `json:"separator"`
	// Random is the number of hexadecimal digits.
	Random int `json:"random"`
	// Maximum is the most characters that the cloud takes; 0: any number.
	Maximum int `json:"maximum"`
}

// Component is made of other resources by the package itself.
type Component struct {
	// Children in the order in which they are made.
	Children []Child `json:"children"`
	// Outputs are templates; `$child` leads to the children's properties.
	Outputs map[string]any `json:"outputs"`
	Secrets []string       `json:"secrets"`
}

// Child is a resource of a component.
type Child struct {
	Key  string `json:"key"`
	Type string `json:"type"`
	// Name is a template of its name in the stack.
	Name string `json:"name"`
	// Each is the path of a map among the arguments, for each of whose entries there is such a child.
	Each string `json:"each"`
	// When is a path of an argument without which there is no such child.
	When   string         `json:"when"`
	Inputs map[string]any `json:"inputs"`
}

// readTable reads the table of a package. A key that means nothing is an error: it would be a fact that nobody uses.
func readTable(name string) (*Table, error) {
	directory := os.Getenv(directoryVariable)
	if directory == "" {
		return nil, fmt.Errorf("the stand-in for the %s plugin has no tables: %s is not set", name, directoryVariable)
	}
	file := filepath.Join(directory, name+".json")
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("the stand-in for the %s plugin has no table: %w", name, err)
	}
	table := &Table{file: file}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(table); err != nil {
		return nil, fmt.Errorf("table %s: %w", file, err)
	}
	return table, nil
}

// find takes an entry of a table; one that is not there is named, with the place where it belongs.
func find[V any](table *Table, section, what string, entries map[string]V, token string) (V, error) {
	entry, found := entries[token]
	if !found {
		return entry, fmt.Errorf("the sandbox's stand-in knows no %s %s; add it to %q in %s, which has %s",
			what, token, section, table.file, known(entries))
	}
	return entry, nil
}

func known[V any](entries map[string]V) string {
	if len(entries) == 0 {
		return "none yet"
	}
	return strings.Join(local.SortedKeys(entries), ", ")
}
