package random

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/crc64"
	"math/big"
	seeded "math/rand"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/kubernetes-faas/kubernetes-faas/sandbox/plugins/local"
)

var randomID = local.Resource{
	Inputs: map[string]local.Input{
		"keepers":    keepers,
		"byteLength": {Kind: local.Integer, Required: true, Fault: local.AtLeast(1)},
		"prefix":     {Kind: local.String},
	},
	Outputs: []string{"b64Std", "b64Url", "dec", "hex"},
	Generate: func(args property.Map) (local.Generated, error) {
		return describeID(local.Text(args, "prefix"), drawBytes(local.Whole(args, "byteLength"))), nil
	},
	Import: importID,
}

var randomBytes = local.Resource{
	Inputs: map[string]local.Input{
		"keepers": keepers,
		"length":  {Kind: local.Integer, Required: true, Fault: local.AtLeast(1)},
	},
	SecretOutputs: []string{"base64", "hex"},
	Generate: func(args property.Map) (local.Generated, error) {
		return describeBytes(drawBytes(local.Whole(args, "length"))), nil
	},
	Import: func(id string) (map[string]property.Value, local.Generated, error) {
		value, err := base64.StdEncoding.DecodeString(id)
		return map[string]property.Value{"length": property.New(float64(len(value)))}, describeBytes(value), err
	},
}

var randomInteger = local.Resource{
	Inputs: map[string]local.Input{
		"keepers": keepers,
		"max":     {Kind: local.Integer, Required: true},
		"min":     {Kind: local.Integer, Required: true},
		"seed":    {Kind: local.String},
	},
	Outputs: []string{"result"},
	Faults: func(args property.Map) []local.Fault {
		if least, most := local.Whole(args, "min"), local.Whole(args, "max"); most < least {
			return []local.Fault{{Path: "max", Reason: fmt.Sprintf("%d is below min, %d", most, least)}}
		}
		return nil
	},
	Generate: func(args property.Map) (local.Generated, error) {
		least, most := local.Whole(args, "min"), local.Whole(args, "max")
		return describeInteger(least + within(most-least+1, local.Text(args, "seed"))), nil
	},
	Import: importInteger,
}

func drawBytes(count int) []byte {
	drawn := make([]byte, count)
	rand.Read(drawn) // never fails, see crypto/rand
	return drawn
}

func describeBytes(value []byte) local.Generated {
	return local.Generated{ID: idOfSecret, Outputs: map[string]property.Value{
		"base64": property.New(base64.StdEncoding.EncodeToString(value)),
		"hex":    property.New(hex.EncodeToString(value)),
	}}
}

func describeID(prefix string, value []byte) local.Generated {
	id := base64.RawURLEncoding.EncodeToString(value)
	return local.Generated{ID: id, Outputs: map[string]property.Value{
		"b64Url": property.New(prefix + id),
		"b64Std": property.New(prefix + base64.StdEncoding.EncodeToString(value)),
		"dec":    property.New(prefix + new(big.Int).SetBytes(value).String()),
		"hex":    property.New(prefix + hex.EncodeToString(value)),
	}}
}

// importID takes VALUE or PREFIX,VALUE with the value as b64Url shows it.
func importID(id string) (map[string]property.Value, local.Generated, error) {
	separator := strings.LastIndex(id, ",")
	prefix := id[:max(separator, 0)]
	value, err := base64.RawURLEncoding.DecodeString(id[separator+1:])
	return map[string]property.Value{
		"byteLength": property.New(float64(len(value))),
		"prefix":     property.New(prefix),
	}, describeID(prefix, value), err
}

func describeInteger(value int) local.Generated {
	return local.Generated{
		ID: strconv.Itoa(value), Outputs: map[string]property.Value{"result": property.New(float64(value))},
	}
}

// within is a number in [0, span). A seed asks for a repeatable one, and for the one that upstream documents: Go's
// generator seeded with the CRC-64 of the text.
func within(span int, seed string) int {
	if seed == "" {
		return int(below(big.NewInt(int64(span))).Int64())
	}
	checksum := crc64.Checksum([]byte(seed), crc64.MakeTable(crc64.ISO))
	return seeded.New(seeded.NewSource(int64(checksum))).Intn(span)
}

// importInteger takes RESULT,MIN,MAX and, when there is one, the seed.
func importInteger(id string) (map[string]property.Value, local.Generated, error) {
	parts := strings.SplitN(id, ",", 4)
	if len(parts) < 3 {
		return nil, local.Generated{}, fmt.Errorf("%q is not RESULT,MIN,MAX or RESULT,MIN,MAX,SEED", id)
	}
	var numbers [3]int
	for index := range numbers {
		number, err := strconv.Atoi(parts[index])
		if err != nil {
			return nil, local.Generated{}, fmt.Errorf("%q in %q is not a whole number", parts[index], id)
		}
		numbers[index] = number
	}
	inputs := map[string]property.Value{
		"min": property.New(float64(numbers[1])), "max": property.New(float64(numbers[2])),
	}
	if len(parts) == 4 {
		inputs["seed"] = property.New(parts[3])
	}
	return inputs, describeInteger(numbers[0]), nil
}
