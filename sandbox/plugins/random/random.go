// Package random is the sandbox's stand-in for Pulumi's `random` plugin, as @pulumi/random 4.21 drives it. Inputs,
// defaults, replacement and import follow the documentation of hashicorp/random. One thing is stricter: the id of
// RandomBytes is not its value, which upstream so writes to the state file in clear.
package random

import (
	"crypto/rand"
	"math/big"

	"github.com/google/uuid"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/contract"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/kubernetes-faas/kubernetes-faas/sandbox/plugins/local"
)

// New makes the stand-in; version is that of the SDK that asks.
func New(host *provider.HostClient, version string) (pulumirpc.ResourceProviderServer, error) {
	return local.New(host, "random", version, map[string]local.Resource{
		"random:index/randomBytes:RandomBytes":       randomBytes,
		"random:index/randomId:RandomId":             randomID,
		"random:index/randomInteger:RandomInteger":   randomInteger,
		"random:index/randomPassword:RandomPassword": randomPassword(),
		"random:index/randomString:RandomString":     randomString(),
		"random:index/randomUuid:RandomUuid":         randomUUID(uuid.NewRandom),
		"random:index/randomUuid4:RandomUuid4":       randomUUID(uuid.NewRandom),
		"random:index/randomUuid7:RandomUuid7":       randomUUID(uuid.NewV7),
	})
}

// idOfSecret stands where the value itself would be the id: ids are never encrypted.
const idOfSecret = "none"

var keepers = local.Input{Kind: local.Labels}

// below is a uniform number in [0, limit).
func below(limit *big.Int) *big.Int {
	number, err := rand.Int(rand.Reader, limit)
	contract.AssertNoErrorf(err, "crypto/rand fails only when the system has no randomness")
	return number
}

func randomUUID(generate func() (uuid.UUID, error)) local.Resource {
	describe := func(value uuid.UUID) local.Generated {
		text := value.String()
		return local.Generated{ID: text, Outputs: map[string]property.Value{"result": property.New(text)}}
	}
	return local.Resource{
		Inputs:  map[string]local.Input{"keepers": keepers},
		Outputs: []string{"result"},
		Generate: func(property.Map) (local.Generated, error) {
			value, err := generate()
			return describe(value), err
		},
		Import: func(id string) (map[string]property.Value, local.Generated, error) {
			value, err := uuid.Parse(id)
			return nil, describe(value), err
		},
	}
}
