package lab

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/binary"
	"math/big"
	"sync"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// points makes the server's ephemeral points, one per group where they are reused.
type points struct {
	reuse bool
	mu    sync.Mutex
	kept  map[tlswire.Group]point
}

// point is an ephemeral key on a curve. Without private nobody can agree on anything with it.
type point struct {
	public  []byte
	private legacy.Agreement
}

func newPoints(reuse bool) *points {
	return &points{reuse: reuse, kept: make(map[tlswire.Group]point)}
}

// point returns a key of the group.
func (p *points) point(g tlswire.Group) (point, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if b, ok := p.kept[g]; ok && p.reuse {
		return b, nil
	}
	b, err := newPoint(g)
	if err != nil {
		return point{}, err
	}
	p.kept[g] = b
	return b, nil
}

// newPoint returns a real key where tlspeer has the curve. On other curves it
// is made up: no client comes as far as noticing before it has seen the flight.
func newPoint(g tlswire.Group) (point, error) {
	if hasCurve(g) {
		k, err := tlspeer.NewKey(g)
		if err != nil {
			return point{}, err
		}
		return point{k.Public(), k}, nil
	}
	size := 1 + 2*32
	if info, ok := g.Info(); ok && info.Bits > 0 {
		size = 1 + 2*((info.Bits+7)/8)
	}
	b := make([]byte, size)
	rand.Read(b)
	b[0] = 4
	return point{public: b}, nil
}

// hasCurve reports whether a group is a curve that the lab can compute on.
func hasCurve(g tlswire.Group) bool {
	switch g {
	case tlswire.X25519, tlswire.Secp256r1, tlswire.Secp384r1, tlswire.Secp521r1, tlswire.X448:
		return true
	}
	return false
}

// keyExchange returns the body of the ServerKeyExchange, nil when the suite has none, and the private half of it.
func (s *session) keyExchange(h *hello, c choice, random [32]byte) ([]byte, legacy.Exchange, error) {
	x, private, err := s.exchangeParams(c)
	if err != nil || x == nil {
		return nil, private, err
	}
	params, err := x.Params()
	if err != nil {
		return nil, private, err
	}
	if c.id != nil {
		signed := append(append(append([]byte{}, h.Random[:]...), random[:]...), params...)
		if x.Signature, err = signExchange(c, signed); err != nil {
			return nil, private, err
		}
		x.Scheme = c.scheme
		if f := s.Server.Quirks.Forge; f.Signature != nil {
			x.Signature = f.Signature
		}
	}
	body, err := x.Marshal()
	if n := s.Server.Quirks.Forge.CutExchange; n > 0 && n < len(body) {
		body = body[:n]
	}
	return body, private, err
}

// exchangeParams returns the unsigned ServerKeyExchange, nil when the suite has none, and the private half of it.
func (s *session) exchangeParams(c choice) (*tlswire.ServerKeyExchange, legacy.Exchange, error) {
	switch c.info.KeyExchange {
	case tlswire.KeyExchangeECDHE:
		return s.ecParams(c.group)
	case tlswire.KeyExchangeDHE:
		k, err := s.dhKey(c.info.Export)
		if err != nil {
			return nil, legacy.Exchange{}, err
		}
		params := &tlswire.ServerDHParams{P: number(k.p), G: number(k.g), Y: number(k.y)}
		return &tlswire.ServerKeyExchange{DH: params}, legacy.Exchange{DH: &legacy.DHSecret{P: k.p, X: k.x}}, nil
	case tlswire.KeyExchangeRSA:
		return s.rsaParams(c)
	}
	return nil, legacy.Exchange{}, nil
}

// number returns the bytes of n; zero has one, so that the vector is not empty.
func number(n *big.Int) []byte {
	if n.Sign() == 0 {
		return []byte{0}
	}
	return n.Bytes()
}

// dhKey returns the key of this handshake: export suites have 512 bits.
func (s *session) dhKey(export bool) (dhKey, error) {
	switch {
	case export:
		return s.export, nil
	case s.Server.DH.Reuse:
		return s.dh, nil
	case s.Server.DH.P == "":
		return newDHKey(DHParams{P: oakley14})
	}
	return newDHKey(s.Server.DH)
}

func (s *session) ecParams(g tlswire.Group) (*tlswire.ServerKeyExchange, legacy.Exchange, error) {
	f := s.Server.Quirks.Forge
	if f.Group != 0 {
		g = f.Group
	}
	p, err := s.points.point(g)
	if f.Point != nil {
		p.public = f.Point
	}
	params := &tlswire.ServerECParams{CurveType: tlswire.CurveNamed, Group: g, Point: p.public}
	return &tlswire.ServerKeyExchange{EC: params}, legacy.Exchange{EC: p.private}, err
}

// rsaParams returns the short key of an RSA export suite; a certificate whose own
// key is short enough needs none (RFC 2246, Section 7.4.3), nor do other RSA suites.
func (s *session) rsaParams(c choice) (*tlswire.ServerKeyExchange, legacy.Exchange, error) {
	own := c.id.key.rsa()
	if !c.info.Export || own != nil && own.N.BitLen() <= 512 {
		return nil, legacy.Exchange{RSA: own}, nil
	}
	k, err := s.CA.key(RSA512)
	if err != nil {
		return nil, legacy.Exchange{}, err
	}
	short := k.rsa()
	params := &tlswire.ServerRSAParams{Modulus: short.N.Bytes(), Exponent: big.NewInt(int64(short.E)).Bytes()}
	return &tlswire.ServerKeyExchange{RSA: params}, legacy.Exchange{RSA: short}, nil
}

// signExchange signs the randoms and parameters. Before TLS 1.2 RSA signs MD5 and
// SHA-1 together and ECDSA signs SHA-1 (RFC 4346, Section 7.4.3; RFC 8422, Section 5.4).
func signExchange(c choice, signed []byte) ([]byte, error) {
	if c.version == tlswire.TLS12 {
		h, pss := schemeHash(c.scheme)
		if c.scheme == tlswire.Ed25519 {
			return c.id.key.sign(0, signed, false)
		}
		return c.id.key.sign(h, sum(h, signed), pss)
	}
	switch c.id.key.public().(type) {
	case *rsa.PublicKey:
		both := append(sum(crypto.MD5, signed), sum(crypto.SHA1, signed)...)
		return c.id.key.sign(crypto.MD5SHA1, both, false)
	case ed25519.PublicKey:
		return c.id.key.sign(0, signed, false)
	}
	return c.id.key.sign(crypto.SHA1, sum(crypto.SHA1, signed), false)
}

// sum returns the hash of b.
func sum(h crypto.Hash, b []byte) []byte {
	d := h.New()
	d.Write(b)
	return d.Sum(nil)
}

// uint24 returns n in three bytes.
func uint24(n int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n))[1:] }
