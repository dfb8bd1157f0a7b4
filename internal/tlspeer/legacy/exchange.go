package legacy

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"math/big"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

const (
	maxDHBits  = 16384 // a larger group would keep us busy for minutes
	exponent   = 400   // bits of our Diffie-Hellman exponents at most
	maxRSABits = 16384
)

// exchange makes the premaster secret, and the body of the ClientKeyExchange that tells it (RFC 5246, Section 7.4.7).
func (h *handshake) exchange() (premaster, message []byte, err error) {
	if h.beyond != nil {
		return nil, nil, h.beyond
	}
	k := h.seen.ServerKeyExchange
	switch kx := h.keys.suite.KeyExchange; {
	case kx == tlswire.KeyExchangeRSA:
		return h.exchangeRSA()
	case k != nil && k.DH != nil:
		return exchangeDH(h.random, k.DH)
	case k != nil && k.EC != nil:
		return exchangeEC(k.EC)
	}
	return nil, nil, nonsense(errors.New("no server_key_exchange to answer"))
}

// exchangeRSA encrypts the highest version offered and 46 random bytes (RFC 5246, Section 7.4.7.1), in SSLv3 without a
// length in front (RFC 6101, Section 5.6.7.1).
func (h *handshake) exchangeRSA() (premaster, message []byte, err error) {
	key, err := h.rsaKey()
	if err != nil {
		return nil, nil, err
	}
	premaster = make([]byte, masterLen)
	premaster[0], premaster[1] = byte(h.cfg.Hello.Version>>8), byte(h.cfg.Hello.Version)
	if _, err := io.ReadFull(h.random, premaster[2:]); err != nil {
		return nil, nil, local(fmt.Errorf("drawing a premaster secret: %w", err))
	}
	encrypted, err := rsaEncrypt(h.random, key, premaster)
	if err != nil {
		return nil, nil, unsupported(err)
	}
	if h.keys.version > tlswire.SSLv3 {
		encrypted = append([]byte{byte(len(encrypted) >> 8), byte(len(encrypted))}, encrypted...)
	}
	return premaster, encrypted, nil
}

// rsaKey is the short one of an export suite, if the server sent one, or that of the certificate.
func (h *handshake) rsaKey() (*rsa.PublicKey, error) {
	if k := h.seen.ServerKeyExchange; k != nil && k.RSA != nil {
		e := new(big.Int).SetBytes(k.RSA.Exponent)
		if !e.IsInt64() || e.Int64() >= 1<<31 || len(k.RSA.Modulus) > maxRSABits/8 {
			return nil, unsupported(errRSAKey)
		}
		return &rsa.PublicKey{N: new(big.Int).SetBytes(k.RSA.Modulus), E: int(e.Int64())}, nil
	}
	if c := h.seen.Certificate; c != nil && len(c.Chain) > 0 {
		if key, ok := tlspeer.PublicKey(c.Chain[0]).(*rsa.PublicKey); ok && key.N.BitLen() <= maxRSABits {
			return key, nil
		}
	}
	return nil, nonsense(errors.New("no RSA key to encrypt with"))
}

// exchangeDH draws a short exponent. The secret loses its leading zeros (RFC 5246, Section 8.1.2).
func exchangeDH(random io.Reader, d *tlswire.ServerDHParams) (premaster, message []byte, err error) {
	p, g, y := new(big.Int).SetBytes(d.P), new(big.Int).SetBytes(d.G), new(big.Int).SetBytes(d.Y)
	if p.BitLen() > maxDHBits {
		return nil, nil, unsupported(fmt.Errorf("a group of %d bits", p.BitLen()))
	}
	if p.BitLen() < 3 || y.Sign() == 0 || y.Cmp(p) >= 0 {
		return nil, nil, nonsense(errors.New("a public key that is not in its group"))
	}
	limit := new(big.Int).Lsh(big.NewInt(1), uint(min(exponent, p.BitLen()-1)))
	x, err := rand.Int(random, limit)
	if err != nil {
		return nil, nil, local(fmt.Errorf("drawing an exponent: %w", err))
	}
	x.SetBit(x, limit.BitLen()-2, 1)
	own := new(big.Int).Exp(g, x, p).Bytes()
	return y.Exp(y, x, p).Bytes(), append([]byte{byte(len(own) >> 8), byte(len(own))}, own...), nil
}

// exchangeEC answers on the named curves that tlspeer has (RFC 8422, Section 5.7 and 5.10).
func exchangeEC(e *tlswire.ServerECParams) (premaster, message []byte, err error) {
	if e.CurveType != tlswire.CurveNamed {
		return nil, nil, unsupported(errors.New("an explicit curve"))
	}
	if info, ok := e.Group.Info(); !ok || info.Kind != tlswire.KindPrime && info.Kind != tlswire.KindMontgomery {
		return nil, nil, unsupported(missing(e.Group))
	}
	key, err := tlspeer.NewKey(e.Group)
	if err != nil {
		return nil, nil, unsupported(err)
	}
	own := key.Public()
	premaster, err = key.Agree(e.Point)
	return premaster, append([]byte{byte(len(own))}, own...), err
}
