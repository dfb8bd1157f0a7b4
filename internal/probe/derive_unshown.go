package probe

import (
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// unshown returns the latest connection in which a certificate should have come and did not, and why, if none was ever
// read that goes with a suite of its kind.
func (d *deriver) unshown() (id, why string) {
	seen := map[tlswire.Auth]bool{}
	for i := range d.replies {
		if r := &d.replies[i]; r.kind == accepted && r.shown {
			seen[r.auth()] = true
		}
	}
	for i := range d.ep.Observations {
		o := &d.ep.Observations[i]
		r := readReply(o)
		if r.kind != accepted || r.version == tlswire.TLS13 || r.shown || seen[r.auth()] || withoutCertificate(r.auth()) {
			continue
		}
		id, why = o.ID, "no certificate came behind the server's hello"
		if o.End.Kind != evidence.EndDone {
			why = inWords(o.End)
		}
	}
	return id, why
}

// auth is how the server proves who it is with the suite that it chose. All suites of SSLv2 do it by RSA.
func (r *reply) auth() tlswire.Auth {
	if r.v2 != nil {
		return tlswire.AuthRSA
	}
	info, _ := r.suite.Info()
	return info.Auth
}

// withoutCertificate reports whether a server that is authenticated by a shows no certificate.
func withoutCertificate(a tlswire.Auth) bool {
	switch a {
	case tlswire.AuthNull, tlswire.AuthAnon, tlswire.AuthPSK, tlswire.AuthSRP, tlswire.AuthKRB5, tlswire.AuthECCPWD:
		return true
	}
	return false
}
