package x509lax

// infoAccess reads AuthorityInfoAccessSyntax (RFC 5280, Section 4.2.2.1).
func (r *reader) infoAccess(b []byte) {
	const field = "authorityInfoAccess"
	r.eachIn(b, tagSequence, field, func(e element) {
		s := r.inside(e, field)
		id, ok := s.want(tagOID, field)
		if !ok {
			return
		}
		method := r.dotted(id.body, field)
		location, ok := s.optional(context0 | 6)
		if !ok || location.clipped {
			return // other kinds of names lead nowhere
		}
		url := r.ia5(location.body, field)
		switch method {
		case "1.3.6.1.5.5.7.48.1":
			r.cert.OCSP = append(r.cert.OCSP, url)
		case "1.3.6.1.5.5.7.48.2":
			r.cert.CAIssuers = append(r.cert.CAIssuers, url)
		}
	})
}

// crls reads the URLs in CRLDistributionPoints (RFC 5280, Section 4.2.1.13).
func (r *reader) crls(b []byte) {
	const field = "cRLDistributionPoints"
	r.eachIn(b, tagSequence, field, func(point element) {
		name, ok := r.inside(point, field).optional(constructed0)
		if !ok {
			return
		}
		full, ok := r.inside(name, field).optional(constructed0)
		if !ok {
			return
		}
		r.crlNames(r.inside(full, field), field)
	})
}

// crlNames reads the fullName of one distribution point.
func (r *reader) crlNames(s *sequence, field string) {
	for len(s.rest) > 0 && len(r.cert.CRLs) < maxList {
		e, ok := s.next()
		if !ok {
			return
		}
		if e.tag == context0|6 && !e.clipped {
			r.cert.CRLs = append(r.cert.CRLs, r.ia5(e.body, field))
		}
	}
}

// extensionNames are the extensions of RFC 5280, 6962, 7633 and of old software. The readers go by these names.
var extensionNames = map[string]string{
	"2.5.29.9":                "subjectDirectoryAttributes",
	"2.5.29.14":               "subjectKeyIdentifier",
	"2.5.29.15":               "keyUsage",
	"2.5.29.16":               "privateKeyUsagePeriod",
	"2.5.29.17":               "subjectAltName",
	"2.5.29.18":               "issuerAltName",
	"2.5.29.19":               "basicConstraints",
	"2.5.29.30":               "nameConstraints",
	"2.5.29.31":               "cRLDistributionPoints",
	"2.5.29.32":               "certificatePolicies",
	"2.5.29.33":               "policyMappings",
	"2.5.29.35":               "authorityKeyIdentifier",
	"2.5.29.36":               "policyConstraints",
	"2.5.29.37":               "extKeyUsage",
	"2.5.29.46":               "freshestCRL",
	"2.5.29.54":               "inhibitAnyPolicy",
	"1.3.6.1.5.5.7.1.1":       "authorityInfoAccess",
	"1.3.6.1.5.5.7.1.3":       "qcStatements",
	"1.3.6.1.5.5.7.1.11":      "subjectInfoAccess",
	"1.3.6.1.5.5.7.1.24":      "tlsFeature",
	"1.3.6.1.5.5.7.48.1.5":    "ocspNoCheck",
	"1.3.6.1.4.1.11129.2.4.2": "sctList",
	"1.3.6.1.4.1.11129.2.4.3": "ctPoison",
	"1.3.6.1.4.1.311.20.2":    "enrollCertType",
	"1.3.6.1.4.1.311.21.1":    "caVersion",
	"1.3.6.1.4.1.311.21.7":    "certificateTemplate",
	"1.3.6.1.4.1.311.21.10":   "applicationPolicies",
	"2.16.840.1.113730.1.1":   "netscapeCertType",
	"2.16.840.1.113730.1.13":  "netscapeComment",
	"2.23.140.3.1":            "cabfOrganizationIdentifier",
}

// usageNames are the extended key usages (RFC 5280, Section 4.2.1.12, and others in use).
var usageNames = map[string]string{
	"2.5.29.37.0":             "anyExtendedKeyUsage",
	"1.3.6.1.5.5.7.3.1":       "serverAuth",
	"1.3.6.1.5.5.7.3.2":       "clientAuth",
	"1.3.6.1.5.5.7.3.3":       "codeSigning",
	"1.3.6.1.5.5.7.3.4":       "emailProtection",
	"1.3.6.1.5.5.7.3.5":       "ipsecEndSystem",
	"1.3.6.1.5.5.7.3.6":       "ipsecTunnel",
	"1.3.6.1.5.5.7.3.7":       "ipsecUser",
	"1.3.6.1.5.5.7.3.8":       "timeStamping",
	"1.3.6.1.5.5.7.3.9":       "OCSPSigning",
	"1.3.6.1.5.5.7.3.17":      "ipsecIKE",
	"1.3.6.1.4.1.311.10.3.3":  "msServerGatedCrypto",
	"1.3.6.1.4.1.311.20.2.2":  "smartcardLogon",
	"2.16.840.1.113730.4.1":   "netscapeServerGatedCrypto",
	"1.3.6.1.4.1.11129.2.4.4": "precertificateSigning",
}
