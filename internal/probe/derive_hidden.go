package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// hiddenSchemes is why refusals of signature schemes may not be about them.
const hiddenSchemes = "the certificate is signed with MD5, and the server may have refused other signatures for that"

// hidesSchemes reports whether refusals of signature schemes may not be about them. A hello with few schemes for the handshake
// lists all for certificates, so that the choice of certificate stays as it was (RFC 8446, Section 4.2.3). OpenSSL looks there
// for the signature of its certificate, knows none with MD5, and so refuses whatever else is asked for.
func (d *deriver) hidesSchemes() bool { return d.mayHide(d.ep.Blobs.Certificates) }

// mayHide is hidesSchemes with the certificates by their keys.
func (v *view) mayHide(certificates map[string]*evidence.Certificate) bool {
	weak := false
	for i := range v.replies {
		r := &v.replies[i]
		if r.kind != accepted || r.guess {
			continue
		}
		if len(r.offer.Schemes) > 0 {
			return false // it does not look, or found something
		}
		if r.shown && len(r.chain) > 0 {
			c := certificates[r.chain[0]]
			weak = weak || c != nil && slices.Contains([]string{"MD5", "MD2"}, c.Signature.Hash)
		}
	}
	return weak
}

// hide opens what counts as refused in f among the schemes of universe, for a version in which handshakes are signed.
func hide(f *evidence.Fact[evidence.PerVersion[tlswire.SignatureScheme]], v tlswire.Version, universe []tlswire.SignatureScheme) {
	if len(f.Value[v]) > 0 {
		f.Open[v] = difference(universe, f.Value[v])
	}
}
