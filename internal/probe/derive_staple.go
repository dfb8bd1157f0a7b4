package probe

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/x509lax"
)

// readStaple adds to c what the OCSP response that came with it in r says, unless another connection showed the same.
func (d *deriver) readStaple(c *evidence.Chain, r *reply) {
	i := slices.IndexFunc(r.messages, func(m evidence.Message) bool { return m.Staple != "" })
	if i < 0 {
		return
	}
	der := d.ep.Blobs.Staples[r.messages[i].Staple]
	sum := sha256.Sum256(der)
	known := func(x evidence.OCSPResponse) bool { return x.SHA256 == hex.EncodeToString(sum[:]) }
	if len(der) > 0 && !slices.ContainsFunc(c.Staples, known) {
		c.Staples = append(c.Staples, x509lax.ReadOCSP(der, d.chainDER(*c), d.ep.At))
	}
}

// chainDER are the certificates of a chain as they came, without those that were not kept.
func (d *deriver) chainDER(c evidence.Chain) [][]byte {
	var chain [][]byte
	for _, key := range c.Certificates {
		if x := d.ep.Blobs.Certificates[key]; x != nil {
			chain = append(chain, x.DER)
		}
	}
	return chain
}
