package random

import (
	"fmt"
	"math/big"
	"unicode/utf8"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"golang.org/x/crypto/bcrypt"

	"github.com/kubernetes-faas/kubernetes-faas/sandbox/plugins/local"
)

// classes are the kinds of characters: the argument that admits each, the one that demands some, and the default set.
var classes = []struct{ admit, demand, alphabet string }{
	{"upper", "minUpper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
	{"lower", "minLower", "abcdefghijklmnopqrstuvwxyz"},
	{"numeric", "minNumeric", "0123456789"},
	{"special", "minSpecial", "!@#$%&*()-_=+[]{}<>:?"},
}

func randomString() local.Resource {
	r := text(func(text string) (local.Generated, error) {
		return local.Generated{ID: text, Outputs: map[string]property.Value{"result": property.New(text)}}, nil
	})
	r.Outputs = []string{"result"}
	return r
}

func randomPassword() local.Resource {
	r := text(describePassword)
	r.SecretOutputs = []string{"result", "bcryptHash"}
	return r
}

// text is a resource that draws a text and describes it.
func text(describe func(string) (local.Generated, error)) local.Resource {
	inputs := map[string]local.Input{
		"keepers":         keepers,
		"length":          {Kind: local.Integer, Required: true, Fault: local.AtLeast(1)},
		"overrideSpecial": {Kind: local.String},
		"number":          {Kind: local.Bool, Default: property.New(true)},
	}
	for _, class := range classes {
		inputs[class.admit] = local.Input{Kind: local.Bool, Default: property.New(true)}
		inputs[class.demand] = local.Input{Kind: local.Integer, Default: property.New(0.0), Fault: local.AtLeast(0)}
	}
	return local.Resource{
		Inputs:   inputs,
		Faults:   textFaults,
		Generate: func(args property.Map) (local.Generated, error) { return describe(draw(args)) },
		Import: func(id string) (map[string]property.Value, local.Generated, error) {
			made, err := describe(id)
			return map[string]property.Value{"length": property.New(float64(utf8.RuneCountInString(id)))}, made, err
		},
	}
}

// admits tells whether a class may be drawn from; number is the deprecated name of numeric.
func admits(args property.Map, class string) bool {
	return local.Flag(args, class) && (class != "numeric" || local.Flag(args, "number"))
}

func textFaults(args property.Map) []local.Fault {
	var faults []local.Fault
	demanded, admitted := 0, false
	for _, class := range classes {
		demanded += local.Whole(args, class.demand)
		admitted = admitted || admits(args, class.admit)
	}
	if length := local.Whole(args, "length"); length < demanded {
		faults = append(faults, local.Fault{Path: "length", Reason: fmt.Sprintf(
			"%d is below minUpper + minLower + minNumeric + minSpecial, %d", length, demanded)})
	}
	if !admitted {
		faults = append(faults, local.Fault{
			Path: "numeric", Reason: "no character is left to draw from: set one of upper, lower, numeric, special to true"})
	}
	return faults
}

// draw makes a text with the demanded characters of each class and the rest from all admitted ones, in random order.
func draw(args property.Map) string {
	var drawn, admitted []rune
	for _, class := range classes {
		alphabet := []rune(class.alphabet)
		if override := local.Text(args, "overrideSpecial"); class.admit == "special" && override != "" {
			alphabet = []rune(override)
		}
		if admits(args, class.admit) {
			admitted = append(admitted, alphabet...)
		}
		drawn = append(drawn, pick(alphabet, local.Whole(args, class.demand))...)
	}
	drawn = append(drawn, pick(admitted, local.Whole(args, "length")-len(drawn))...)
	for last := len(drawn) - 1; last > 0; last-- {
		other := below(big.NewInt(int64(last + 1))).Int64()
		drawn[last], drawn[other] = drawn[other], drawn[last]
	}
	return string(drawn)
}

func pick(alphabet []rune, count int) []rune {
	picked := make([]rune, count)
	for index := range picked {
		picked[index] = alphabet[below(big.NewInt(int64(len(alphabet)))).Int64()]
	}
	return picked
}

// bcryptLimit is how many bytes bcrypt looks at; upstream documents that the rest does not enter the hash.
const bcryptLimit = 72

func describePassword(password string) (local.Generated, error) {
	hash, err := bcrypt.GenerateFromPassword([]byte(password)[:min(len(password), bcryptLimit)], bcrypt.DefaultCost)
	return local.Generated{ID: idOfSecret, Outputs: map[string]property.Value{
		"result": property.New(password), "bcryptHash": property.New(string(hash)),
	}}, err
}
