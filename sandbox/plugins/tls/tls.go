// Package tls is the sandbox's stand-in for Pulumi's `tls` plugin, as @pulumi/tls 5.6 drives it. Inputs, defaults,
// replacement and renewal follow the documentation of hashicorp/tls. Three things differ: wrong keys and certificates
// are refused before anything is made, `maxPathLength: 0` is honoured, and a locally signed certificate keeps the
// request's subject byte for byte. The functions getPublicKey and getCertificate and the write-only keys
// (privateKeyPemWo, caPrivateKeyPemWo) are left to the official plugin.
package tls

import (
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/kubernetes-faas/kubernetes-faas/sandbox/plugins/local"
)

// New makes the stand-in; version is that of the SDK that asks.
func New(host *provider.HostClient, version string) (pulumirpc.ResourceProviderServer, error) {
	return local.New(host, "tls", version, map[string]local.Resource{
		"tls:index/certRequest:CertRequest":             certRequest,
		"tls:index/locallySignedCert:LocallySignedCert": locallySignedCert,
		"tls:index/privateKey:PrivateKey":               privateKey,
		"tls:index/selfSignedCert:SelfSignedCert":       selfSignedCert,
	})
}

// now is replaced by tests of renewal.
var now = time.Now

var renewal = &local.Renewal{
	Flag: "readyForRenewal",
	Due: func(state property.Map) bool {
		end, err := time.Parse(time.RFC3339, local.Text(state, "validityEndTime"))
		early := time.Duration(local.Whole(state, "earlyRenewalHours")) * time.Hour
		return err == nil && !now().Before(end.Add(-early))
	},
}
