package tls

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"golang.org/x/crypto/ssh"

	"github.com/kubernetes-faas/kubernetes-faas/sandbox/plugins/local"
)

// minimumRSABits is the least that Go's crypto/rsa generates.
const minimumRSABits = 1024

var curves = map[string]elliptic.Curve{
	"P224": elliptic.P224(), "P256": elliptic.P256(), "P384": elliptic.P384(), "P521": elliptic.P521(),
}

var privateKey = local.Resource{
	Inputs: map[string]local.Input{
		"algorithm": {Kind: local.String, Required: true, Fault: local.OneOf("RSA", "ECDSA", "ED25519")},
		"ecdsaCurve": {
			Kind: local.String, Default: property.New("P224"), Fault: local.OneOf("P224", "P256", "P384", "P521"),
		},
		"rsaBits": {Kind: local.Integer, Default: property.New(2048.0), Fault: local.AtLeast(minimumRSABits)},
	},
	Outputs: []string{
		"publicKeyPem", "publicKeyOpenssh", "publicKeyFingerprintMd5", "publicKeyFingerprintSha256",
	},
	SecretOutputs: []string{"privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"},
	Generate: func(args property.Map) (local.Generated, error) {
		key, err := generateKey(args)
		if err != nil {
			return local.Generated{}, err
		}
		return describeKey(key)
	},
}

func generateKey(args property.Map) (crypto.Signer, error) {
	switch local.Text(args, "algorithm") {
	case "RSA":
		return rsa.GenerateKey(rand.Reader, local.Whole(args, "rsaBits"))
	case "ECDSA":
		return ecdsa.GenerateKey(curves[local.Text(args, "ecdsaCurve")], rand.Reader)
	default:
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	}
}

func describeKey(key crypto.Signer) (local.Generated, error) {
	public, publicErr := x509.MarshalPKIXPublicKey(key.Public())
	pkcs8, pkcs8Err := x509.MarshalPKCS8PrivateKey(key)
	traditionalType, traditional, traditionalErr := traditionalForm(key, pkcs8)
	if err := errors.Join(publicErr, pkcs8Err, traditionalErr); err != nil {
		return local.Generated{}, err
	}
	outputs := map[string]string{
		"privateKeyPem":              encode(traditionalType, traditional),
		"privateKeyPemPkcs8":         encode("PRIVATE KEY", pkcs8),
		"publicKeyPem":               encode("PUBLIC KEY", public),
		"privateKeyOpenssh":          "",
		"publicKeyOpenssh":           "",
		"publicKeyFingerprintMd5":    "",
		"publicKeyFingerprintSha256": "",
	}
	// OpenSSH knows no P-224; upstream documents that these stay empty then.
	if sshPublic, err := ssh.NewPublicKey(key.Public()); err == nil {
		sshPrivate, err := ssh.MarshalPrivateKey(key, "")
		if err != nil {
			return local.Generated{}, err
		}
		outputs["privateKeyOpenssh"] = encode(sshPrivate.Type, sshPrivate.Bytes)
		outputs["publicKeyOpenssh"] = string(ssh.MarshalAuthorizedKey(sshPublic))
		outputs["publicKeyFingerprintMd5"] = ssh.FingerprintLegacyMD5(sshPublic)
		outputs["publicKeyFingerprintSha256"] = ssh.FingerprintSHA256(sshPublic)
	}
	return generated(hashID(public), outputs), nil
}

// traditionalForm is the key in the format of its algorithm: PKCS#1, SEC 1, and PKCS#8 where there is no older one.
func traditionalForm(key crypto.Signer, pkcs8 []byte) (string, []byte, error) {
	switch key := key.(type) {
	case *rsa.PrivateKey:
		return "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key), nil
	case *ecdsa.PrivateKey:
		der, err := x509.MarshalECPrivateKey(key)
		return "EC PRIVATE KEY", der, err
	default:
		return "PRIVATE KEY", pkcs8, nil
	}
}

// parseKey reads a key in any form that PrivateKey writes to privateKeyPem and privateKeyPemPkcs8.
func parseKey(text string) (crypto.Signer, error) {
	if key, err := parsePEM("RSA PRIVATE KEY", x509.ParsePKCS1PrivateKey)(text); err == nil {
		return key, nil
	}
	if key, err := parsePEM("EC PRIVATE KEY", x509.ParseECPrivateKey)(text); err == nil {
		return key, nil
	}
	if key, err := parsePEM("PRIVATE KEY", x509.ParsePKCS8PrivateKey)(text); err == nil {
		if signer, ok := key.(crypto.Signer); ok {
			return signer, nil
		}
	}
	return nil, errors.New("is no private key; give the privateKeyPem or privateKeyPemPkcs8 of one")
}

func algorithmOf(key crypto.Signer) string {
	switch key.(type) {
	case *rsa.PrivateKey:
		return "RSA"
	case *ecdsa.PrivateKey:
		return "ECDSA"
	default:
		return "ED25519"
	}
}

func generated(id string, outputs map[string]string) local.Generated {
	made := local.Generated{ID: id, Outputs: map[string]property.Value{}}
	for name, text := range outputs {
		made.Outputs[name] = property.New(text)
	}
	return made
}

func encode(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// hashID is the id that upstream gives to keys and requests: the SHA-1 of their public part, in hexadecimal.
func hashID(der []byte) string {
	sum := sha1.Sum(der)
	return hex.EncodeToString(sum[:])
}
