package check

import (
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

func drownChecks() []Check {
	return []Check{{
		ID:    "drown",
		Title: "Recorded sessions can be decrypted with the help of SSLv2 (DROWN)",
		Text: "SSLv2 with its short keys answers questions about an RSA key that let an attacker decrypt sessions of TLS with the same " +
			"key, of every server that has it. Turn SSLv2 off wherever the key is used, on other ports and other machines too; where " +
			"that cannot be, use another key there. Only what was scanned together is compared.",
		Refs:    []string{"CVE-2016-0800", "CVE-2016-0703", "CVE-2015-3197", "RFC 6176"},
		Cause:   []string{"protocol-sslv2"},
		Scope:   Report,
		Needs:   []evidence.Need{{Key: evidence.KeyVersions}},
		Also:    []*evidence.Key{evidence.KeySuites, evidence.KeyCertificates, evidence.KeyReachable, evidence.KeySpecialDROWN},
		Settled: func(f *evidence.Facts) bool { return evidence.Has(f.Versions, tlswire.SSLv2) != evidence.Unsure },
		Eval:    evalDROWN,
	}}
}

// evalDROWN looks for SSLv2 on this port, and on every other of the report with the same RSA key.
func evalDROWN(s *Subject, p *policy.Policy) Finding {
	from := s.Endpoint.Facts.Versions.From
	if f := s.Endpoint.Facts.Versions; f.State == evidence.Known && len(f.Value) == 0 {
		return notApplicable("no version of TLS is accepted")
	}
	own, why := helpsDROWN(s.Endpoint)
	if own == evidence.Yes {
		return bad(s, p.Check("drown"), why).seen(texts(s.Endpoint.Facts.Suites.Value[tlswire.SSLv2]), from)
	}
	var where []string
	for _, e := range s.Others.withSSLv2() {
		if e.Target.Address == s.Endpoint.Target.Address && e.Target.Port == s.Endpoint.Target.Port {
			continue
		}
		there, theirWhy := helpsDROWN(e)
		place := fmt.Sprintf("port %d of %s", e.Target.Port, e.Target.Host)
		switch shared := sharesRSAKey(s.Endpoint, e); {
		case there == evidence.Yes && shared == evidence.Yes:
			where = addOnce(where, place)
		case shared != evidence.No:
			why = "not all is known of " + place + ": " + theirWhy
		}
	}
	switch {
	case len(where) > 0:
		return bad(s, p.Check("drown"), "its RSA key is used with SSLv2 by "+and(where)).seen(where, s.Endpoint.Facts.Certificates.From)
	case why != "":
		return undecided(why)
	}
	return good("no SSLv2 is known with its RSA key").seen(nil, from)
}

// withSSLv2 returns the endpoints that help DROWN, or may.
func (h *Hosts) withSSLv2() []*evidence.Endpoint {
	if h == nil {
		return nil
	}
	if !h.ssl2Known {
		h.ssl2Known = true
		for _, e := range h.all {
			if there, _ := helpsDROWN(e); there != evidence.No {
				h.ssl2 = append(h.ssl2, e)
			}
		}
	}
	return h.ssl2
}

// helpsDROWN answers whether a server speaks SSLv2 with suites of which the key can be found, and says why not so if it speaks
// it, or it is open. Where none are listed it counts what was tried: bytes in the clear that replace encrypted ones
// (CVE-2016-0703), and suites that work without being listed (CVE-2015-3197), as before OpenSSL 1.0.1r. If that was not tried,
// nothing is said.
func helpsDROWN(e *evidence.Endpoint) (evidence.Answer, string) {
	if speaksTLS(e).there == evidence.No {
		return evidence.No, ""
	}
	f := e.Facts.Suites
	switch evidence.Has(e.Facts.Versions, tlswire.SSLv2) {
	case evidence.No:
		return evidence.No, ""
	case evidence.Unsure:
		return evidence.Unsure, "whether it speaks SSLv2: " + e.Facts.Versions.Why
	}
	list, tried := f.Value[tlswire.SSLv2], e.Facts.SpecialDROWN
	switch {
	case tried.State == evidence.Known && tried.Value.Found:
		return evidence.Yes, "speaks SSLv2, and " + and(tried.Value.Shown)
	case slices.ContainsFunc(list, func(s tlswire.Suite) bool { i, _ := s.Info(); return i.Export || i.Bits > 0 && i.Bits <= 64 }):
		return evidence.Yes, "speaks SSLv2 with suites of short keys"
	case tried.State == evidence.Known:
		return evidence.No, ""
	case len(list) > 0:
		return evidence.Unsure, "speaks SSLv2 and lists suites of long keys alone; whether it takes others is not known"
	case f.Seen():
		return evidence.Unsure, "speaks SSLv2 and lists no suite, which need not keep from using them: whether it takes any is not known"
	}
	return evidence.Unsure, "speaks SSLv2, with suites that are not known"
}

// sharesRSAKey answers whether two servers show the same RSA key.
func sharesRSAKey(a, b *evidence.Endpoint) evidence.Answer {
	own, whyOwn := rsaKeysOf(a)
	theirs, whyTheirs := rsaKeysOf(b)
	switch {
	case slices.ContainsFunc(own, func(k string) bool { return slices.Contains(theirs, k) }):
		return evidence.Yes
	case whyOwn != "" || whyTheirs != "":
		return evidence.Unsure
	}
	return evidence.No
}

// rsaKeysOf returns the hashes of the RSA keys of a server's own certificates, and why there may be more; "" if there are not.
func rsaKeysOf(e *evidence.Endpoint) ([]string, string) {
	keys, why := leafKeys(e)
	if !e.Facts.Certificates.Seen() && e.Facts.Certificates.State != evidence.Inapplicable {
		why = notSought(evidence.KeyCertificates)
	}
	return slices.DeleteFunc(keys, func(k string) bool {
		for _, c := range e.Blobs.Certificates {
			if c.PublicKey.SHA256 == k && c.PublicKey.Algorithm != "" && keyKind(c.PublicKey.Algorithm) != policy.KeyRSA {
				return true
			}
		}
		return false
	}), why
}
