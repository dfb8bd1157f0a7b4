package tlspeer

import (
	"crypto/ecdh"
	"crypto/rand"
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// private is one side's ephemeral key, while the other side's share is awaited.
type private interface {
	public() []byte
	agree(peer []byte) (secret []byte, err error)
}

// exchange is a way to agree on a secret: the lengths of both shares, and how
// each side makes its own.
type exchange struct {
	client, server int
	generate       func() (private, error)
	respond        func(peer []byte) (share, secret []byte, err error) // nil: as the client does (Diffie-Hellman)
}

// Groups returns the groups for which this package can make key shares.
func Groups() []tlswire.Group {
	return []tlswire.Group{
		tlswire.X25519, tlswire.Secp256r1, tlswire.Secp384r1, tlswire.Secp521r1, tlswire.X448,
		tlswire.FFDHE2048, tlswire.FFDHE3072, tlswire.FFDHE4096, tlswire.FFDHE6144, tlswire.FFDHE8192,
		tlswire.X25519MLKEM768, tlswire.SecP256r1MLKEM768, tlswire.SecP384r1MLKEM1024,
		tlswire.MLKEM768, tlswire.MLKEM1024,
	}
}

// exchangesOf returns what a group is made of, in the order of its shares on
// the wire: one exchange, or two in a hybrid (draft-ietf-tls-ecdhe-mlkem,
// Section 4; X25519MLKEM768 alone has ML-KEM first).
func exchangesOf(g tlswire.Group) []exchange {
	switch g {
	case tlswire.X25519:
		return []exchange{x25519Exchange()}
	case tlswire.Secp256r1:
		return []exchange{nistExchange(ecdh.P256(), 65)}
	case tlswire.Secp384r1:
		return []exchange{nistExchange(ecdh.P384(), 97)}
	case tlswire.Secp521r1:
		return []exchange{nistExchange(ecdh.P521(), 133)}
	case tlswire.X448:
		return []exchange{{client: x448Size, server: x448Size, generate: generateX448}}
	case tlswire.X25519MLKEM768:
		return []exchange{mlkem768Exchange(), x25519Exchange()}
	case tlswire.SecP256r1MLKEM768:
		return []exchange{nistExchange(ecdh.P256(), 65), mlkem768Exchange()}
	case tlswire.SecP384r1MLKEM1024:
		return []exchange{nistExchange(ecdh.P384(), 97), mlkem1024Exchange()}
	case tlswire.MLKEM768:
		return []exchange{mlkem768Exchange()}
	case tlswire.MLKEM1024:
		return []exchange{mlkem1024Exchange()}
	}
	return finiteField(g)
}

// finiteField knows the constants of RFC 7919, Appendix A.
func finiteField(g tlswire.Group) []exchange {
	var bits int
	var add int64
	switch g {
	case tlswire.FFDHE2048:
		bits, add = 2048, 560316
	case tlswire.FFDHE3072:
		bits, add = 3072, 2625351
	case tlswire.FFDHE4096:
		bits, add = 4096, 5736041
	case tlswire.FFDHE6144:
		bits, add = 6144, 15705020
	case tlswire.FFDHE8192:
		bits, add = 8192, 10965728
	default:
		return nil
	}
	generate := func() (private, error) { return generateFFDHE(uint(bits), add) }
	return []exchange{{client: bits / 8, server: bits / 8, generate: generate}}
}

func x25519Exchange() exchange { return nistExchange(ecdh.X25519(), 32) }

func nistExchange(curve ecdh.Curve, size int) exchange {
	return exchange{client: size, server: size, generate: func() (private, error) {
		k, err := curve.GenerateKey(rand.Reader)
		return ecdhKey{k}, err
	}}
}

type ecdhKey struct{ *ecdh.PrivateKey }

func (k ecdhKey) public() []byte { return k.PublicKey().Bytes() }

func (k ecdhKey) agree(peer []byte) ([]byte, error) {
	p, err := k.Curve().NewPublicKey(peer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPeerShare, err)
	}
	return k.ECDH(p)
}

// generate makes the client's key for g.
func generate(g tlswire.Group) (private, error) {
	parts := exchangesOf(g)
	if parts == nil {
		return nil, fmt.Errorf("no key exchange for group %v", g)
	}
	var h hybridKey
	for _, part := range parts {
		k, err := part.generate()
		if err != nil {
			return nil, fmt.Errorf("generating a key for %v: %w", g, err)
		}
		h = append(h, hybridPart{k, part.server})
	}
	return h, nil
}

// hybridKey is the keys of a group's exchanges, one after another.
type hybridKey []hybridPart

type hybridPart struct {
	private
	peerSize int
}

func (h hybridKey) public() (share []byte) {
	for _, part := range h {
		share = append(share, part.private.public()...)
	}
	return share
}

func (h hybridKey) agree(peer []byte) (secret []byte, err error) {
	for _, part := range h {
		if len(peer) < part.peerSize {
			return nil, fmt.Errorf("%w: too short", errPeerShare)
		}
		s, err := part.private.agree(peer[:part.peerSize])
		if err != nil {
			return nil, err
		}
		secret, peer = append(secret, s...), peer[part.peerSize:]
	}
	if len(peer) > 0 {
		return nil, fmt.Errorf("%w: too long", errPeerShare)
	}
	return secret, nil
}

// respond is the server's side: it answers a client's share for g.
func respond(g tlswire.Group, peer []byte) (share, secret []byte, err error) {
	parts := exchangesOf(g)
	if parts == nil {
		return nil, nil, fmt.Errorf("no key exchange for group %v", g)
	}
	for _, part := range parts {
		if len(peer) < part.client {
			return nil, nil, fmt.Errorf("%w: too short", errPeerShare)
		}
		out, s, err := part.answer(peer[:part.client])
		if err != nil {
			return nil, nil, err
		}
		share, secret, peer = append(share, out...), append(secret, s...), peer[part.client:]
	}
	if len(peer) > 0 {
		return nil, nil, fmt.Errorf("%w: too long", errPeerShare)
	}
	return share, secret, nil
}

func (x exchange) answer(peer []byte) (share, secret []byte, err error) {
	if x.respond != nil {
		return x.respond(slices.Clone(peer))
	}
	k, err := x.generate()
	if err != nil {
		return nil, nil, err
	}
	secret, err = k.agree(peer)
	return k.public(), secret, err
}
