package cloud

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// scope is what the placeholders of templates stand for.
//
//	{path.to.0.value}  a value of the arguments, else of the outputs
//	{path?}            nothing where there is no such value
//	{path|other|'x'}   the first that there is, else the text
//	{$name}            the resource's name in the stack
//	{$config.region}   a setting of the package
//	{$child.key.path}  a property of a component's child
//	{$key} {$value.path}   the entry of a map for which a child is made
//	{$hex:17} {$digits:12} {$uuid} {$created}   made once for a resource
//
// A template that is one placeholder has the value's own type. {"$json": x} is a value as JSON text, {"$base64": x} a text
// in base64, {"$reference": key} a component's child itself.
type scope struct {
	name   string
	seed   string
	inputs property.Map
	// outputs are templates, evaluated when a path leads to them.
	outputs  map[string]any
	settings func(key string) (property.Value, error)
	children map[string]child
	// key and value are the entry of a map for which a component's child is made.
	key   string
	value property.Value
	// resolve finds what is recorded of a resource that an argument refers to.
	resolve func(property.ResourceReference) (property.Value, error)
	// visiting are the outputs under way: within its own template, an output's name means the argument.
	visiting map[string]bool
}

var absent = property.New(property.Null)

// evaluate fills a template in. What depends on an unknown value is unknown, what depends on a secret one is secret.
func (s *scope) evaluate(template any) (property.Value, error) {
	switch template := template.(type) {
	case string:
		return s.text(template)
	case []any:
		elements := []property.Value{}
		for _, each := range template {
			element, err := s.evaluate(each)
			if err != nil {
				return absent, err
			}
			elements = append(elements, element)
		}
		return property.New(elements), nil
	case map[string]any:
		return s.object(template)
	default:
		return property.Any(template)
	}
}

func (s *scope) object(template map[string]any) (property.Value, error) {
	for directive, apply := range map[string]func(any) (property.Value, error){
		"$json": s.json, "$base64": s.base64, "$reference": s.reference,
	} {
		if argument, found := template[directive]; found {
			return apply(argument)
		}
	}
	properties, err := s.properties(template)
	return property.New(properties), err
}

// properties evaluates each value; what is optional and not there is left out.
func (s *scope) properties(templates map[string]any) (property.Map, error) {
	values := map[string]property.Value{}
	for key, each := range templates {
		value, err := s.evaluate(each)
		if err != nil {
			return property.Map{}, fmt.Errorf("%s: %w", key, err)
		}
		if !value.IsNull() {
			values[key] = value
		}
	}
	return property.NewMap(values), nil
}

var placeholder = regexp.MustCompile(`\{([^{}]+)\}`)

func (s *scope) text(template string) (property.Value, error) {
	found := placeholder.FindAllStringSubmatchIndex(template, -1)
	if len(found) == 1 && found[0][0] == 0 && found[0][1] == len(template) {
		return s.placeholder(template[1 : len(template)-1])
	}
	var text strings.Builder
	secret, computed, end := false, false, 0
	for _, at := range found {
		value, err := s.placeholder(template[at[2]:at[3]])
		if err != nil {
			return absent, err
		}
		secret = secret || value.HasSecrets()
		computed = computed || value.HasComputed()
		text.WriteString(template[end:at[0]] + show(value))
		end = at[1]
	}
	if computed {
		return property.New(property.Computed).WithSecret(secret), nil
	}
	return property.New(text.String() + template[end:]).WithSecret(secret), nil
}

func show(value property.Value) string {
	switch {
	case value.IsString():
		return value.AsString()
	case value.IsNumber():
		return strconv.FormatFloat(value.AsNumber(), 'f', -1, 64)
	case value.IsBool():
		return strconv.FormatBool(value.AsBool())
	}
	return ""
}

func (s *scope) placeholder(expression string) (property.Value, error) {
	optional := strings.HasSuffix(expression, "?")
	for _, alternative := range strings.Split(strings.TrimSuffix(expression, "?"), "|") {
		value, err := s.alternative(alternative)
		if err != nil || !value.IsNull() {
			return value, err
		}
	}
	if optional {
		return absent, nil
	}
	return absent, fmt.Errorf("there is no value for {%s}", expression)
}

func (s *scope) alternative(expression string) (property.Value, error) {
	if literal, found := strings.CutPrefix(expression, "'"); found {
		return property.New(strings.TrimSuffix(literal, "'")), nil
	}
	path := strings.Split(expression, ".")
	function, argument, _ := strings.Cut(path[0], ":")
	switch function {
	case "$name":
		return property.New(s.name), nil
	case "$config":
		value, err := s.settings(path[1])
		if err != nil {
			return absent, err
		}
		return s.walk(value, path[2:])
	case "$child":
		return s.walk(s.children[path[1]].value(), path[2:])
	case "$key":
		return property.New(s.key), nil
	case "$value":
		return s.walk(s.value, path[1:])
	case "$created":
		seconds, _, _ := strings.Cut(s.seed, " ")
		return property.New(seconds), nil
	case "$uuid":
		h := s.digest(expression, 32)
		return property.New(strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")), nil
	case "$hex", "$digits":
		length, err := strconv.Atoi(argument)
		if err != nil || length < 1 || length > 64 {
			return absent, fmt.Errorf("{%s} needs a length between 1 and 64", expression)
		}
		return property.New(s.random(function, length)), nil
	}
	if strings.HasPrefix(function, "$") {
		return absent, fmt.Errorf("{%s} is no placeholder", expression)
	}
	return s.lookup(path)
}

func (s *scope) random(kind string, length int) string {
	digest := s.digest(kind, length)
	if kind == "$hex" {
		return digest
	}
	return strings.Map(func(digit rune) rune {
		if digit >= 'a' {
			return digit - 'a' + '1'
		}
		return digit
	}, digest)
}

// digest is the same for all placeholders of a kind in one resource, so that its id and its ARN agree.
func (s *scope) digest(kind string, length int) string {
	sum := sha256.Sum256([]byte(s.seed + kind))
	return hex.EncodeToString(sum[:])[:length]
}

// lookup follows a path into the arguments, else into the outputs.
func (s *scope) lookup(path []string) (property.Value, error) {
	if value, err := s.walk(property.New(s.inputs), path); err != nil || !value.IsNull() {
		return value, err
	}
	template, found := s.outputs[path[0]]
	if !found || s.visiting[path[0]] {
		return absent, nil
	}
	nested := *s
	nested.visiting = map[string]bool{path[0]: true}
	for key := range s.visiting {
		nested.visiting[key] = true
	}
	value, err := nested.evaluate(template)
	if err != nil {
		return absent, err
	}
	return s.walk(value, path[1:])
}

// walk follows a path; below something unknown everything is unknown.
func (s *scope) walk(value property.Value, path []string) (property.Value, error) {
	for _, segment := range path {
		secret := value.Secret()
		if value.IsResourceReference() && s.resolve != nil {
			resolved, err := s.resolve(value.AsResourceReference())
			if err != nil {
				return absent, err
			}
			value = resolved
		}
		switch {
		case value.IsComputed():
			return value, nil
		case value.IsMap():
			value = value.AsMap().Get(segment)
		case value.IsArray():
			index, err := strconv.Atoi(segment)
			if err != nil || index < 0 || index >= value.AsArray().Len() {
				return absent, nil
			}
			value = value.AsArray().Get(index)
		default:
			return absent, nil
		}
		if secret {
			value = value.WithSecret(true)
		}
	}
	return value, nil
}

func (s *scope) json(template any) (property.Value, error) {
	value, err := s.evaluate(template)
	if err != nil || value.HasComputed() {
		return property.New(property.Computed), err
	}
	text, err := json.Marshal(resource.ToResourcePropertyValue(value).MapRepl(nil, bare))
	return property.New(string(text)).WithSecret(value.HasSecrets()), err
}

// bare takes the marks off values on their way into a text.
func bare(value resource.PropertyValue) (any, bool) {
	if value.IsSecret() {
		return value.SecretValue().Element.MapRepl(nil, bare), true
	}
	return nil, false
}

func (s *scope) base64(template any) (property.Value, error) {
	value, err := s.evaluate(template)
	if err != nil || value.IsComputed() {
		return value, err
	}
	return property.New(base64.StdEncoding.EncodeToString([]byte(show(value)))).WithSecret(value.Secret()), nil
}

func (s *scope) reference(key any) (property.Value, error) {
	made, found := s.children[fmt.Sprint(key)]
	if !found {
		return absent, nil
	}
	return property.New(made.reference()), nil
}
