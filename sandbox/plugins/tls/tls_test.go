package tls

import (
	"crypto/x509"
	"encoding/pem"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"golang.org/x/crypto/ssh"

	"github.com/kubernetes-faas/kubernetes-faas/sandbox/plugins/local/localtest"
)

type args = localtest.Args

func drive(t *testing.T, name string) localtest.Driver {
	server, err := New(nil, "5.6.1")
	if err != nil {
		t.Fatal(err)
	}
	return localtest.Driver{T: t, Server: server, Token: "tls:index/" + strings.ToLower(name[:1]) + name[1:] + ":" + name}
}

func with(base, more args) args {
	all := maps.Clone(base)
	maps.Copy(all, more)
	return all
}

func key(t *testing.T) string {
	_, state := drive(t, "PrivateKey").Create(args{"algorithm": "ECDSA", "ecdsaCurve": "P256"})
	return localtest.Text(t, state, "privateKeyPem", true)
}

func certificate(t *testing.T, state resource.PropertyMap) *x509.Certificate {
	parsed, err := parseCertificate(localtest.Text(t, state, "certPem", false))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

var authorityArgs = args{
	"subject": args{"commonName": "ca", "emailAddress": "a@example.org"}, "isCaCertificate": true,
	"allowedUses": []any{"cert_signing", "crl_signing"}, "validityPeriodHours": 48, "maxPathLength": 0,
}

func authority(t *testing.T) (string, *x509.Certificate, string) {
	private := key(t)
	_, state := drive(t, "SelfSignedCert").Create(with(authorityArgs, args{"privateKeyPem": private}))
	return private, certificate(t, state), localtest.Text(t, state, "certPem", false)
}

func TestKeysOfEveryAlgorithmInEveryForm(t *testing.T) {
	for _, test := range []struct {
		args args
		kind string
		ssh  bool
	}{
		{args{"algorithm": "RSA"}, "RSA PRIVATE KEY", true},
		{args{"algorithm": "ECDSA"}, "EC PRIVATE KEY", false},
		{args{"algorithm": "ECDSA", "ecdsaCurve": "P256"}, "EC PRIVATE KEY", true},
		{args{"algorithm": "ECDSA", "ecdsaCurve": "P384"}, "EC PRIVATE KEY", true},
		{args{"algorithm": "ECDSA", "ecdsaCurve": "P521"}, "EC PRIVATE KEY", true},
		{args{"algorithm": "ED25519"}, "PRIVATE KEY", true},
	} {
		d := drive(t, "PrivateKey")
		_, state := d.Create(test.args)
		for _, form := range []string{"privateKeyPem", "privateKeyPemPkcs8"} {
			text := localtest.Text(t, state, form, true)
			parsed, err := parseKey(text)
			if err != nil || algorithmOf(parsed) != test.args["algorithm"] {
				t.Fatalf("%v as %s: %v", test.args, form, err)
			}
			public, err := x509.MarshalPKIXPublicKey(parsed.Public())
			if err != nil || encode("PUBLIC KEY", public) != localtest.Text(t, state, "publicKeyPem", false) {
				t.Errorf("publicKeyPem is of another key than %s, %v", form, err)
			}
		}
		if block, _ := pem.Decode([]byte(localtest.Text(t, state, "privateKeyPem", true))); block.Type != test.kind {
			t.Errorf("%v is a %s", test.args, block.Type)
		}
		private := localtest.Text(t, state, "privateKeyOpenssh", true)
		if signer, err := ssh.ParsePrivateKey([]byte(private)); (err == nil) != test.ssh {
			t.Errorf("%v: %v", test.args, err)
		} else if test.ssh && ssh.FingerprintSHA256(signer.PublicKey()) != localtest.Text(t, state, "publicKeyFingerprintSha256", false) {
			t.Error("the fingerprint is of another key")
		}
		if diff := d.Diff(state, test.args); diff != "" {
			t.Error(diff)
		}
	}
}

func TestChainVerifies(t *testing.T) {
	private, ca, caPem := authority(t)
	_, request := drive(t, "CertRequest").Create(args{
		"privateKeyPem": key(t), "dnsNames": []any{"a.example.org", "*.example.org"}, "ipAddresses": []any{"192.0.2.1", "2001:db8::1"},
		"uris": []any{"spiffe://example.org/a"}, "subject": args{"commonName": "leaf", "streetAddresses": []any{"1 Road"}},
	})
	_, state := drive(t, "LocallySignedCert").Create(args{
		"caPrivateKeyPem": private, "caCertPem": caPem, "certRequestPem": localtest.Text(t, request, "certRequestPem", false),
		"allowedUses": []any{"digital_signature", "server_auth"}, "validityPeriodHours": 24, "setSubjectKeyId": true,
	})
	leaf, roots := certificate(t, state), x509.NewCertPool()
	roots.AddCert(ca)
	for _, name := range []string{"a.example.org", "b.example.org", "192.0.2.1", "2001:db8::1"} {
		if _, err := leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	clientOnly := x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	if _, err := leaf.Verify(clientOnly); err == nil {
		t.Error("a server's certificate serves a client")
	}
	if leaf.URIs[0].String() != "spiffe://example.org/a" || leaf.Subject.StreetAddress[0] != "1 Road" || len(leaf.SubjectKeyId) == 0 {
		t.Errorf("%v", leaf)
	}
	if !ca.IsCA || !ca.MaxPathLenZero || ca.Subject.Names[len(ca.Subject.Names)-1].Value != "a@example.org" {
		t.Errorf("%v", ca.Subject)
	}
	if leaf.NotAfter.Format(time.RFC3339) != localtest.Text(t, state, "validityEndTime", false) {
		t.Errorf("ends %s", leaf.NotAfter)
	}
}

func TestWrongArgumentsAreRefusedWithTheirName(t *testing.T) {
	private, _, caPem := authority(t)
	leaf := args{"privateKeyPem": private, "allowedUses": []any{"server_auth"}, "validityPeriodHours": 1}
	for _, test := range []struct {
		resource string
		args     args
		want     string
	}{
		{"PrivateKey", args{"algorithm": "rsa"}, `algorithm: "rsa" is unknown; did you mean "RSA"?`},
		{"PrivateKey", args{"algorithm": "RSA", "rsaBits": 512}, "rsaBits: 512 is below the minimum, 1024"},
		{"SelfSignedCert", with(leaf, args{"allowedUses": []any{"serverAuth"}}), `allowedUses[0]: "serverAuth" is unknown; did you mean "server_auth"?`},
		{"SelfSignedCert", with(leaf, args{"privateKeyPem": caPem}), "privateKeyPem: the secret value is no private key"},
		{"SelfSignedCert", with(leaf, args{"isCaCertificate": true}), "subject: missing"},
		{"SelfSignedCert", with(leaf, args{"setAuthorityKeyId": true}), "setAuthorityKeyId: needs setSubjectKeyId"},
		{"SelfSignedCert", with(leaf, args{"subject": args{"cn": "x"}}), "subject.cn: no such argument"},
		{"SelfSignedCert", with(leaf, args{"ipAddresses": []any{"192.0.2.1", "localhost"}}), `ipAddresses[1]: "localhost" is no IP address`},
		{"SelfSignedCert", with(leaf, args{"dnsNames": []any{"bücher.example"}}), `dnsNames[0]: "bücher.example" must be`},
		{"CertRequest", args{"privateKeyPem": private, "uris": []any{"a/b"}}, `uris[0]: "a/b" is no absolute URI`},
		{"CertRequest", args{}, "privateKeyPem: missing"},
		{"LocallySignedCert", with(leaf, args{"caCertPem": private}), `caCertPem: the value does not begin with a PEM block "CERTIFICATE"`},
	} {
		faults := drive(t, test.resource).Faults(test.args)
		if !strings.Contains("\n"+faults, "\n"+test.want) {
			t.Errorf("%s: %s", test.want, faults)
		}
		if strings.Contains(faults, private[40:60]) {
			t.Errorf("a private key is in %s", faults)
		}
	}
}

func TestKeyOfAnotherAuthorityIsRefused(t *testing.T) {
	_, _, caPem := authority(t)
	_, request := drive(t, "CertRequest").Create(args{"privateKeyPem": key(t)})
	faults := drive(t, "LocallySignedCert").Faults(args{
		"caPrivateKeyPem": key(t), "caCertPem": caPem, "certRequestPem": localtest.Text(t, request, "certRequestPem", false),
		"allowedUses": []any{}, "validityPeriodHours": 1,
	})
	if faults != "caPrivateKeyPem: is not the key of caCertPem" {
		t.Error(faults)
	}
}

func TestCertificateIsReplacedWhenItsRenewalIsDue(t *testing.T) {
	defer func() { now = time.Now }()
	d, wanted := drive(t, "SelfSignedCert"), with(authorityArgs, args{"privateKeyPem": key(t), "earlyRenewalHours": 8})
	id, state := d.Create(wanted)
	for _, test := range []struct {
		after time.Duration
		want  string
	}{{0, ""}, {39 * time.Hour, ""}, {40 * time.Hour, "replace: readyForRenewal"}, {99 * time.Hour, "replace: readyForRenewal"}} {
		now = func() time.Time { return time.Now().Add(test.after) }
		if got := d.Diff(state, wanted); got != test.want {
			t.Errorf("after %s: %q", test.after, got)
		}
		_, read, err := d.Read(id, state)
		if err != nil || read["readyForRenewal"].BoolValue() != (test.want != "") {
			t.Errorf("after %s: %v, %v", test.after, read, err)
		}
	}
}

func TestEarlierRenewalKeepsTheCertificate(t *testing.T) {
	d, private := drive(t, "SelfSignedCert"), key(t)
	_, state := d.Create(with(authorityArgs, args{"privateKeyPem": private}))
	wanted := with(authorityArgs, args{"privateKeyPem": private, "earlyRenewalHours": 8})
	if diff := d.Diff(state, wanted); diff != "update: earlyRenewalHours" {
		t.Error(diff)
	}
	updated := d.Update(state, wanted)
	if localtest.Text(t, updated, "certPem", false) != localtest.Text(t, state, "certPem", false) || d.Diff(updated, wanted) != "" {
		t.Errorf("%v", updated)
	}
	localtest.Text(t, updated, "privateKeyPem", true)
	if diff := d.Diff(state, with(wanted, args{"privateKeyPem": key(t)})); !strings.HasPrefix(diff, "replace: privateKeyPem") {
		t.Error(diff)
	}
	unknown := resource.MakeComputed(resource.NewProperty(""))
	if diff := d.Diff(state, with(authorityArgs, args{"privateKeyPem": unknown})); diff != "replace: privateKeyPem" {
		t.Error(diff)
	}
}
