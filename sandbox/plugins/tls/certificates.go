package tls

import (
	"crypto"
	"crypto/rand"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/kubernetes-faas/kubernetes-faas/sandbox/plugins/local"
)

var keyInput = local.Input{Kind: local.String, Required: true, Secret: true, Fault: faultOf(parseKey)}

var certRequest = local.Resource{
	Inputs:   merged(identityInputs(), map[string]local.Input{"privateKeyPem": keyInput}),
	Outputs:  []string{"certRequestPem", "keyAlgorithm"},
	Generate: generateRequest,
}

var selfSignedCert = local.Resource{
	Inputs: merged(identityInputs(), certificateInputs, map[string]local.Input{
		"privateKeyPem":     keyInput,
		"setAuthorityKeyId": {Kind: local.Bool, Default: property.New(false)},
	}),
	Outputs:  append([]string{"keyAlgorithm"}, certificateOutputs...),
	Faults:   selfSignedFaults,
	Generate: generateSelfSigned,
	Renewal:  renewal,
}

var locallySignedCert = local.Resource{
	Inputs: merged(certificateInputs, map[string]local.Input{
		"caPrivateKeyPem": keyInput,
		"caCertPem":       {Kind: local.String, Required: true, Fault: faultOf(parseCertificate)},
		"certRequestPem":  {Kind: local.String, Required: true, Fault: faultOf(parseRequest)},
	}),
	Outputs:  append([]string{"caKeyAlgorithm"}, certificateOutputs...),
	Faults:   locallySignedFaults,
	Generate: generateLocallySigned,
	Renewal:  renewal,
}

// certificateInputs are common to both kinds of certificate.
var certificateInputs = map[string]local.Input{
	"allowedUses":         {Kind: local.Strings, Required: true, Fault: local.OneOf(usageNames()...)},
	"earlyRenewalHours":   {Kind: local.Integer, Default: property.New(0.0), Fault: local.AtLeast(0), InPlace: true},
	"isCaCertificate":     {Kind: local.Bool, Default: property.New(false)},
	"maxPathLength":       {Kind: local.Integer, Fault: local.AtLeast(-1)},
	"setSubjectKeyId":     {Kind: local.Bool, Default: property.New(false)},
	"validityPeriodHours": {Kind: local.Integer, Required: true, Fault: local.AtLeast(0)},
}

var certificateOutputs = []string{"certPem", "readyForRenewal", "validityEndTime", "validityStartTime"}

func merged(tables ...map[string]local.Input) map[string]local.Input {
	all := map[string]local.Input{}
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}

func generateRequest(args property.Map) (local.Generated, error) {
	key, err := parseKey(local.Text(args, "privateKeyPem"))
	if err != nil {
		return local.Generated{}, fmt.Errorf("privateKeyPem %w", err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, identityOf(args), key)
	if err != nil {
		return local.Generated{}, err
	}
	return generated(hashID(der), map[string]string{
		"certRequestPem": encode("CERTIFICATE REQUEST", der), "keyAlgorithm": algorithmOf(key),
	}), nil
}

func selfSignedFaults(args property.Map) []local.Fault {
	var faults []local.Fault
	isCA := local.Flag(args, "isCaCertificate")
	if isCA && args.Get("subject").IsNull() {
		faults = append(faults, local.Fault{Path: "subject", Reason: "missing: a certificate authority must have a name"})
	}
	if local.Flag(args, "setAuthorityKeyId") && !isCA && !local.Flag(args, "setSubjectKeyId") {
		faults = append(faults, local.Fault{Path: "setAuthorityKeyId", Reason: "needs setSubjectKeyId: true, " +
			"since a self-signed certificate is its own authority"})
	}
	return faults
}

func generateSelfSigned(args property.Map) (local.Generated, error) {
	key, err := parseKey(local.Text(args, "privateKeyPem"))
	if err != nil {
		return local.Generated{}, fmt.Errorf("privateKeyPem %w", err)
	}
	request := identityOf(args)
	request.PublicKey = key.Public()
	template, err := templateOf(args, request)
	if err != nil {
		return local.Generated{}, err
	}
	if local.Flag(args, "setAuthorityKeyId") {
		template.AuthorityKeyId = template.SubjectKeyId
	}
	return sign(template, template, request.PublicKey, key, "keyAlgorithm")
}

func locallySignedFaults(args property.Map) []local.Fault {
	authority, certErr := parseCertificate(local.Text(args, "caCertPem"))
	key, keyErr := parseKey(local.Text(args, "caPrivateKeyPem"))
	if certErr != nil || keyErr != nil {
		return nil // found where each stands alone
	}
	public, comparable := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !comparable || !public.Equal(authority.PublicKey) {
		return []local.Fault{{Path: "caPrivateKeyPem", Reason: "is not the key of caCertPem"}}
	}
	return nil
}

func generateLocallySigned(args property.Map) (local.Generated, error) {
	request, requestErr := parseRequest(local.Text(args, "certRequestPem"))
	authority, authorityErr := parseCertificate(local.Text(args, "caCertPem"))
	key, keyErr := parseKey(local.Text(args, "caPrivateKeyPem"))
	if err := errors.Join(requestErr, authorityErr, keyErr); err != nil {
		return local.Generated{}, err
	}
	template, err := templateOf(args, request)
	if err != nil {
		return local.Generated{}, err
	}
	return sign(template, authority, request.PublicKey, key, "caKeyAlgorithm")
}

// serialBits is the size of a serial number: 16 random bytes, as upstream has them.
const serialBits = 128

func templateOf(args property.Map, request *x509.CertificateRequest) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), serialBits))
	if err != nil {
		return nil, err
	}
	start := now().UTC().Truncate(time.Second)
	template := &x509.Certificate{
		RawSubject:            request.RawSubject,
		Subject:               request.Subject,
		DNSNames:              request.DNSNames,
		IPAddresses:           request.IPAddresses,
		URIs:                  request.URIs,
		BasicConstraintsValid: true,
		SerialNumber:          serial,
		NotBefore:             start,
		NotAfter:              start.Add(time.Duration(local.Whole(args, "validityPeriodHours")) * time.Hour),
	}
	for _, use := range local.List(args, "allowedUses") {
		template.KeyUsage |= keyUsages[use]
		if extended, ok := extendedKeyUsages[use]; ok {
			template.ExtKeyUsage = append(template.ExtKeyUsage, extended)
		}
	}
	if local.Flag(args, "isCaCertificate") {
		template.IsCA = true
		template.MaxPathLen = -1
		if length := args.Get("maxPathLength"); length.IsNumber() {
			template.MaxPathLen = int(length.AsNumber())
			template.MaxPathLenZero = template.MaxPathLen == 0
		}
	}
	if template.IsCA || local.Flag(args, "setSubjectKeyId") {
		template.SubjectKeyId, err = subjectKeyID(request.PublicKey)
	}
	return template, err
}

// subjectKeyID is method (1) of RFC 5280, section 4.2.1.2.
func subjectKeyID(public crypto.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, err
	}
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &info); err != nil {
		return nil, err
	}
	sum := sha1.Sum(info.Key.Bytes)
	return sum[:], nil
}

func sign(
	template, authority *x509.Certificate, public crypto.PublicKey, key crypto.Signer, algorithmOutput string,
) (local.Generated, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, authority, public, key)
	if err != nil {
		return local.Generated{}, err
	}
	made := generated(template.SerialNumber.String(), map[string]string{
		"certPem":           encode("CERTIFICATE", der),
		"validityStartTime": template.NotBefore.Format(time.RFC3339),
		"validityEndTime":   template.NotAfter.Format(time.RFC3339),
		algorithmOutput:     algorithmOf(key),
	})
	made.Outputs["readyForRenewal"] = property.New(false)
	return made, nil
}
