package legacy

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"

	"github.com/mailtls/mailtls/tlswire"
	"golang.org/x/crypto/cryptobyte"
)

// premasterLen is the length in bytes of the secret that RSA carries (RFC 5246, Section 7.4.7.1).
const premasterLen = 48

var (
	errPremaster   = errors.New("the premaster secret is malformed")
	errKeyExchange = errors.New("the ClientKeyExchange is malformed")
	errNoExchange  = errors.New("the private half of the key exchange is missing")
)

// premaster reads a ClientKeyExchange (RFC 5246, Section 7.4.7).
func (h *serverHandshake) premaster(body []byte) ([]byte, error) {
	x := h.flight.Exchange
	b := cryptobyte.String(body)
	var peer cryptobyte.String
	switch {
	case h.suite.KeyExchange == tlswire.KeyExchangeRSA && x.RSA != nil:
		return h.premasterRSA(body, x.RSA)
	case h.suite.KeyExchange == tlswire.KeyExchangeDHE && x.DH != nil:
		if !b.ReadUint16LengthPrefixed(&peer) || !b.Empty() {
			return nil, h.fatal(tlswire.AlertDecodeError, errKeyExchange)
		}
		secret := new(big.Int).Exp(new(big.Int).SetBytes(peer), x.DH.X, x.DH.P)
		return secret.Bytes(), nil // without leading zeros (RFC 5246, Section 8.1.2)
	case h.suite.KeyExchange == tlswire.KeyExchangeECDHE && x.EC != nil:
		if !b.ReadUint8LengthPrefixed(&peer) || !b.Empty() {
			return nil, h.fatal(tlswire.AlertDecodeError, errKeyExchange)
		}
		secret, err := x.EC.Agree(peer)
		if err != nil {
			return nil, h.fatal(tlswire.AlertIllegalParameter, err)
		}
		return secret, nil
	}
	return nil, h.fatal(tlswire.AlertInternalError, fmt.Errorf("%w of %v", errNoExchange, h.suite.ID))
}

// premasterRSA decrypts the premaster secret (RFC 5246, Section 7.4.7.1; SSLv3 has no length before it: RFC 6101, Section 5.6.7.1).
func (h *serverHandshake) premasterRSA(body []byte, key *rsa.PrivateKey) ([]byte, error) {
	encrypted := cryptobyte.String(body)
	if b := encrypted; h.schedule.version > tlswire.SSLv3 && (!b.ReadUint16LengthPrefixed(&encrypted) || !b.Empty()) {
		return nil, h.fatal(tlswire.AlertDecodeError, errKeyExchange)
	}
	f := h.cfg.Faults.RSA
	found, rest := inspectRSA(f, decryptRSA(key, encrypted), h.hello.Version)
	if rest != nil {
		return rest, nil
	}
	random := randomBytes(premasterLen)
	switch {
	case found.Do == DoRight:
		return random, nil
	case f.Late:
		h.late = found
		return random, nil
	}
	err := h.react(found, Reaction{}, errPremaster)
	if errors.Is(err, errAccept) || errors.Is(err, errIgnore) {
		return random, nil
	}
	return nil, err
}

// decryptRSA is RFC 8017, Section 5.1.2, with a key of any size, in variable time.
func decryptRSA(key *rsa.PrivateKey, encrypted []byte) []byte {
	c := new(big.Int).SetBytes(encrypted)
	if c.Cmp(key.N) >= 0 || key.D == nil {
		return make([]byte, rsaSize(&key.PublicKey))
	}
	return c.Exp(c, key.D, key.N).FillBytes(make([]byte, rsaSize(&key.PublicKey)))
}

// inspectRSA takes the premaster secret out of its padding (RFC 8017, Section 7.2.2), or says how the server reacts to what
// is wrong with it.
func inspectRSA(f RSAFaults, block []byte, version tlswire.Version) (Reaction, []byte) {
	if len(block) < 2 || block[0] != 0 || block[1] != 2 {
		return f.BadStart, nil
	}
	end := 2
	for end < len(block) && block[end] != 0 {
		end++
	}
	if end == len(block) {
		return f.NoSeparator, nil
	}
	rest := block[end+1:]
	if len(rest) != premasterLen || end < 10 {
		return f.BadLength, nil
	}
	if v := tlswire.Version(rest[0])<<8 | tlswire.Version(rest[1]); v != version && f.BadVersion.Do != DoAccept {
		return f.BadVersion, nil
	}
	return Reaction{}, rest
}
