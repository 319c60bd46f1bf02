// Package local is the common part of stand-ins for plugins whose resources live in the state file only: a resource
// is a table of inputs, a table of outputs and a function that makes the outputs once.
package local

import (
	"fmt"
	"math"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Kind is the shape of an input's value.
type Kind string

// The shapes that the stand-ins' inputs have.
const (
	String  Kind = "a string"
	Bool    Kind = "true or false"
	Integer Kind = "a whole number"
	Strings Kind = "a list of strings"
	Labels  Kind = "a map of strings"
	Object  Kind = "an object"
)

// Input describes one argument of a resource. A change of it replaces the resource unless InPlace.
type Input struct {
	Kind     Kind
	Required bool
	// Default is recorded when the argument is left out; the zero value records nothing.
	Default property.Value
	// Fields are the arguments of an Object.
	Fields map[string]Input
	// Fault says why a known value (or element of a list) of the right kind is wrong; "" accepts it.
	Fault func(property.Value) string
	// InPlace means that a change updates the resource without making its outputs anew.
	InPlace bool
	// Secret marks the value secret wherever it is recorded, and keeps it out of messages.
	Secret bool
}

// Generated is what a resource makes: its id and the values of its outputs, in clear.
type Generated struct {
	ID      string
	Outputs map[string]property.Value
}

// Renewal lets the passing of time replace a resource. Flag is the boolean output that announces it.
type Renewal struct {
	Flag string
	Due  func(state property.Map) bool
}

// Resource describes one resource type.
type Resource struct {
	Inputs        map[string]Input
	Outputs       []string
	SecretOutputs []string
	// Faults finds what no argument shows alone. It is asked only when all arguments are known and well formed.
	Faults func(args property.Map) []Fault
	// Generate makes the outputs from known arguments.
	Generate func(args property.Map) (Generated, error)
	// Import makes arguments and outputs from the id of `pulumi import`; nil: the resource cannot be imported.
	Import  func(id string) (map[string]property.Value, Generated, error)
	Renewal *Renewal
}

// Fault is one wrong argument.
type Fault struct{ Path, Reason string }

// settled is the arguments as upstream records them: defaults filled in, and empty values, which are taken for absent,
// left out.
func (r Resource) settled(args property.Map) property.Map {
	known := map[string]property.Value{}
	for name, input := range r.Inputs {
		if value := args.Get(name); !isEmpty(value) {
			known[name] = value.WithSecret(value.Secret() || input.Secret)
		} else if !input.Default.IsNull() {
			known[name] = input.Default
		}
	}
	return property.NewMap(known)
}

func (r Resource) faults(args property.Map) []Fault {
	faults := objectFaults("", r.Inputs, args)
	if len(faults) > 0 || r.Faults == nil || property.New(args).HasComputed() {
		return faults
	}
	return r.Faults(r.settled(args))
}

func objectFaults(prefix string, inputs map[string]Input, args property.Map) []Fault {
	var faults []Fault
	for name := range args.AllStable {
		if _, known := inputs[name]; !known {
			faults = append(faults, Fault{prefix + name, "no such argument; known are " + strings.Join(SortedKeys(inputs), ", ")})
		}
	}
	for _, name := range SortedKeys(inputs) {
		faults = append(faults, inputs[name].faults(prefix+name, args.Get(name))...)
	}
	return faults
}

func (i Input) faults(path string, value property.Value) []Fault {
	switch {
	case value.IsNull() && i.Required:
		return []Fault{{path, "missing: give " + string(i.Kind)}}
	case value.IsNull() || value.IsComputed():
		return nil
	case !i.Kind.fits(value):
		return []Fault{{path, fmt.Sprintf("%s is not %s", i.show(value), i.Kind)}}
	}
	switch element := (Input{Kind: String, Required: true, Fault: i.Fault, Secret: i.Secret}); i.Kind {
	case Object:
		return objectFaults(path+".", i.Fields, value.AsMap())
	case Strings:
		var faults []Fault
		for index, text := range value.AsArray().All {
			faults = append(faults, element.faults(fmt.Sprintf("%s[%d]", path, index), text)...)
		}
		return faults
	case Labels:
		var faults []Fault
		for key, text := range value.AsMap().AllStable {
			faults = append(faults, element.faults(path+"."+key, text)...)
		}
		return faults
	}
	if i.Fault != nil {
		if reason := i.Fault(value); reason != "" {
			return []Fault{{path, i.show(value) + " " + reason}}
		}
	}
	return nil
}

func (i Input) show(value property.Value) string {
	switch {
	case i.Secret || value.HasSecrets():
		return "the secret value"
	case value.IsString() && !strings.Contains(value.AsString(), "\n"): // a longer text may be a misplaced key
		return fmt.Sprintf("%.80q", value.AsString())
	case value.IsNumber():
		return fmt.Sprint(value.AsNumber())
	case value.IsBool():
		return fmt.Sprint(value.AsBool())
	}
	return "the value"
}

// exact is the largest number up to which every whole number survives the trip through JSON and JavaScript.
const exact = 1 << 53

func (k Kind) fits(value property.Value) bool {
	switch k {
	case String:
		return value.IsString()
	case Bool:
		return value.IsBool()
	case Integer:
		return value.IsNumber() && value.AsNumber() == math.Trunc(value.AsNumber()) && math.Abs(value.AsNumber()) <= exact
	case Strings:
		return value.IsArray()
	default:
		return value.IsMap()
	}
}
