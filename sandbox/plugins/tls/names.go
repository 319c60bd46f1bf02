package tls

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/kubernetes-faas/kubernetes-faas/sandbox/plugins/local"
)

var keyUsages = map[string]x509.KeyUsage{
	"digital_signature":  x509.KeyUsageDigitalSignature,
	"content_commitment": x509.KeyUsageContentCommitment,
	"key_encipherment":   x509.KeyUsageKeyEncipherment,
	"data_encipherment":  x509.KeyUsageDataEncipherment,
	"key_agreement":      x509.KeyUsageKeyAgreement,
	"cert_signing":       x509.KeyUsageCertSign,
	"crl_signing":        x509.KeyUsageCRLSign,
	"encipher_only":      x509.KeyUsageEncipherOnly,
	"decipher_only":      x509.KeyUsageDecipherOnly,
}

var extendedKeyUsages = map[string]x509.ExtKeyUsage{
	"any_extended":                      x509.ExtKeyUsageAny,
	"server_auth":                       x509.ExtKeyUsageServerAuth,
	"client_auth":                       x509.ExtKeyUsageClientAuth,
	"code_signing":                      x509.ExtKeyUsageCodeSigning,
	"email_protection":                  x509.ExtKeyUsageEmailProtection,
	"ipsec_end_system":                  x509.ExtKeyUsageIPSECEndSystem,
	"ipsec_tunnel":                      x509.ExtKeyUsageIPSECTunnel,
	"ipsec_user":                        x509.ExtKeyUsageIPSECUser,
	"timestamping":                      x509.ExtKeyUsageTimeStamping,
	"ocsp_signing":                      x509.ExtKeyUsageOCSPSigning,
	"microsoft_server_gated_crypto":     x509.ExtKeyUsageMicrosoftServerGatedCrypto,
	"netscape_server_gated_crypto":      x509.ExtKeyUsageNetscapeServerGatedCrypto,
	"microsoft_commercial_code_signing": x509.ExtKeyUsageMicrosoftCommercialCodeSigning,
	"microsoft_kernel_code_signing":     x509.ExtKeyUsageMicrosoftKernelCodeSigning,
}

func usageNames() []string {
	return slices.Concat(slices.Sorted(maps.Keys(keyUsages)), slices.Sorted(maps.Keys(extendedKeyUsages)))
}

var emailAddress = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}

// attributes are the parts of a subject and where they go in a distinguished name.
var attributes = map[string]func(name *pkix.Name, text string){
	"commonName":         func(name *pkix.Name, text string) { name.CommonName = text },
	"country":            func(name *pkix.Name, text string) { name.Country = []string{text} },
	"locality":           func(name *pkix.Name, text string) { name.Locality = []string{text} },
	"organization":       func(name *pkix.Name, text string) { name.Organization = []string{text} },
	"organizationalUnit": func(name *pkix.Name, text string) { name.OrganizationalUnit = []string{text} },
	"postalCode":         func(name *pkix.Name, text string) { name.PostalCode = []string{text} },
	"province":           func(name *pkix.Name, text string) { name.Province = []string{text} },
	"serialNumber":       func(name *pkix.Name, text string) { name.SerialNumber = text },
	"emailAddress": func(name *pkix.Name, text string) {
		value := asn1.RawValue{Tag: asn1.TagIA5String, Bytes: []byte(text)}
		name.ExtraNames = []pkix.AttributeTypeAndValue{{Type: emailAddress, Value: value}}
	},
}

// identityInputs say whom a certificate is for.
func identityInputs() map[string]local.Input {
	subject := map[string]local.Input{"streetAddresses": {Kind: local.Strings}}
	for attribute := range attributes {
		subject[attribute] = local.Input{Kind: local.String}
	}
	return map[string]local.Input{
		"subject":     {Kind: local.Object, Fields: subject},
		"dnsNames":    {Kind: local.Strings, Fault: faultOf(parseDNSName)},
		"ipAddresses": {Kind: local.Strings, Fault: faultOf(parseIP)},
		"uris":        {Kind: local.Strings, Fault: faultOf(parseURI)},
	}
}

// identityOf reads arguments that have passed the checks of identityInputs into a request without a key.
func identityOf(args property.Map) *x509.CertificateRequest {
	request := &x509.CertificateRequest{DNSNames: local.List(args, "dnsNames")}
	if subject := args.Get("subject"); subject.IsMap() {
		request.Subject.StreetAddress = local.List(subject.AsMap(), "streetAddresses")
		for attribute, write := range attributes {
			if text := local.Text(subject.AsMap(), attribute); text != "" {
				write(&request.Subject, text)
			}
		}
	}
	for _, text := range local.List(args, "ipAddresses") {
		request.IPAddresses = append(request.IPAddresses, net.ParseIP(text))
	}
	for _, text := range local.List(args, "uris") {
		if uri, err := url.Parse(text); err == nil {
			request.URIs = append(request.URIs, uri)
		}
	}
	return request
}

// faultOf turns a parser into the check of an argument.
func faultOf[T any](parse func(string) (T, error)) func(property.Value) string {
	return func(value property.Value) string {
		if _, err := parse(value.AsString()); err != nil {
			return err.Error()
		}
		return ""
	}
}

// parsePEM reads the first block of a text, which must be of that kind.
func parsePEM[T any](kind string, parse func([]byte) (T, error)) func(string) (T, error) {
	return func(text string) (T, error) {
		var none T
		block, _ := pem.Decode([]byte(text))
		if block == nil || block.Type != kind {
			return none, fmt.Errorf("does not begin with a PEM block %q", kind)
		}
		value, err := parse(block.Bytes)
		if err != nil {
			return none, fmt.Errorf("holds a broken %q: %w", kind, err)
		}
		return value, nil
	}
}

var parseCertificate = parsePEM("CERTIFICATE", x509.ParseCertificate)

var parseRequest = parsePEM("CERTIFICATE REQUEST", func(der []byte) (*x509.CertificateRequest, error) {
	request, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return nil, err
	}
	return request, request.CheckSignature()
})

func parseDNSName(text string) (string, error) {
	if text == "" || slices.ContainsFunc([]byte(text), func(b byte) bool { return b <= ' ' || b > '~' }) {
		return "", errors.New("must be printable ASCII without spaces; write an international name in punycode")
	}
	return text, nil
}

func parseIP(text string) (net.IP, error) {
	if ip := net.ParseIP(text); ip != nil {
		return ip, nil
	}
	return nil, errors.New("is no IP address; give one like 192.0.2.1 or 2001:db8::1")
}

func parseURI(text string) (*url.URL, error) {
	uri, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("is no URI: %w", err)
	}
	if !uri.IsAbs() {
		return nil, errors.New("is no absolute URI; give one like spiffe://example.org/name")
	}
	return uri, nil
}
