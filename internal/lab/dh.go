package lab

import (
	"crypto/rand"
	"fmt"
	"math/big"
)

// DHParams are the finite-field parameters of a server's DHE suites. The prime is
// in hexadecimal, so that a value can also hold what is no prime at all.
type DHParams struct {
	P     string // prime, hexadecimal
	G     int64  // generator; zero: 2
	Reuse bool   // the same public value in every handshake
}

// Primes that real servers shipped, and two that nobody should.
const (
	// modSSL512 is the export prime of mod_ssl, the one that Logjam precomputed.
	modSSL512 = "9fdb8b8a004544f0045f1737d0ba2e0b274cdf1a9f588218fb435316a16e374171fd19d8d8f37c39bf863fd60e3e300680a3030c6e4c3757d08f70e6aa871033"
	// oakley2 is the 1024-bit prime of RFC 2409, Section 6.2.
	oakley2 = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff"
	// oakley14 is the 2048-bit prime of RFC 3526, Section 3.
	oakley14 = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff"
	// oakley15 is the 3072-bit prime of RFC 3526, Section 4.
	oakley15 = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa051015728e5a8aaac42dad33170d04507a33a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864d87602733ec86a64521f2b18177b200cbbe117577a615d6c770988c0bad946e208e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff"
	// unsafe1024 is prime, but (p-1)/2 is not: its group has small subgroups.
	unsafe1024 = "dca93fbd9ab491ae77c952c4a4593f3d3b191a463b95462a2b874a64b6b6c867a3aa9af40057a37b3dd33c9657d97001da0b04f13fac9e57dee3277289c17cd1d2369bfd7d64817b8e4cdc5c84383f1c308cfd454f84040f1bfcde8ddfff30b44af7bf3bb77ab33e152c7ba8aad527e4f1fb5d0c99229546f15f6a2f75cfc135"
	// even1024 is oakley2 plus one: no prime, and not even odd.
	even1024 = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece653820000000000000000"
)

// dhKey is one ephemeral key pair, as it goes into a ServerKeyExchange.
type dhKey struct{ p, g, y, x *big.Int }

// newDHKey makes a key pair. Parameters that are no group still give a public
// value, because a hostile server does not stop there.
func newDHKey(d DHParams) (dhKey, error) {
	p, ok := new(big.Int).SetString(d.P, 16)
	if !ok {
		return dhKey{}, fmt.Errorf("reading the DH prime %.20q: not hexadecimal", d.P)
	}
	k := dhKey{p: p, g: big.NewInt(2), y: big.NewInt(1), x: big.NewInt(1)}
	if d.G != 0 {
		k.g.SetInt64(d.G)
	}
	if p.BitLen() < 16 {
		return k, nil
	}
	var err error
	if k.x, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 224)); err != nil {
		return dhKey{}, err
	}
	if p.BitLen() <= maxHonestDH {
		k.y = new(big.Int).Exp(k.g, k.x, p)
	} else {
		k.y.Rsh(p, 1)
	}
	return k, nil
}

// honest reports whether newDHKey makes a key of these parameters that secrets can be agreed on with.
func (d DHParams) honest() bool {
	p, ok := new(big.Int).SetString(d.P, 16)
	return d.P == "" || ok && p.BitLen() >= 16 && p.BitLen() <= maxHonestDH
}

// maxHonestDH is the size in bits above which the public value is made up: the
// arithmetic would cost the lab more than the client that it annoys.
const maxHonestDH = 4096
