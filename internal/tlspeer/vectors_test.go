package tlspeer

import (
	"bytes"
	"crypto/aes"
	"encoding/hex"
	"errors"
	"math/big"
	"testing"

	"github.com/mailtls/mailtls/tlswire"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestCCM is NIST SP 800-38C, Example 3: the one with a nonce of 12 bytes, and a tag of 8. The tag of 16 is for OpenSSL and GnuTLS to test.
func TestCCM(t *testing.T) {
	block, _ := aes.NewCipher(unhex(t, "404142434445464748494a4b4c4d4e4f"))
	c := ccm{block, 8}
	nonce, additional := unhex(t, "101112131415161718191a1b"), unhex(t, "000102030405060708090a0b0c0d0e0f10111213")
	plain := unhex(t, "202122232425262728292a2b2c2d2e2f3031323334353637")
	want := unhex(t, "e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5484392fbc1b09951")
	if got := c.Seal(nil, nonce, plain, additional); !bytes.Equal(got, want) {
		t.Errorf("sealed %x, want %x", got, want)
	}
	if got, err := c.Open(nil, nonce, want, additional); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("opened %x, %v", got, err)
	}
	for i := range want {
		bad := bytes.Clone(want)
		bad[i] ^= 1
		if _, err := c.Open(nil, nonce, bad, additional); !errors.Is(err, errCCMOpen) {
			t.Errorf("byte %d changed: %v", i, err)
		}
		if _, err := c.Open(nil, nonce, want[:i], additional); !errors.Is(err, errCCMOpen) {
			t.Errorf("%d bytes: %v", i, err)
		}
	}
}

// TestX448 is RFC 7748, Section 6.2.
func TestX448(t *testing.T) {
	alice := x448Key(unhex(t, "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b"))
	bob := x448Key(unhex(t, "1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d6927c120bb5ee8972b0d3e21374c9c921b09d1b0366f10b65173992d"))
	const alicePublic = "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0"
	const bobPublic = "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609"
	const shared = "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56fd2464c335543936521c24403085d59a449a5037514a879d"
	if got := hex.EncodeToString(alice.public()); got != alicePublic {
		t.Errorf("Alice's key %s", got)
	}
	if got := hex.EncodeToString(bob.public()); got != bobPublic {
		t.Errorf("Bob's key %s", got)
	}
	if got, err := alice.agree(unhex(t, bobPublic)); err != nil || hex.EncodeToString(got) != shared {
		t.Errorf("shared %x, %v", got, err)
	}
	if _, err := alice.agree(make([]byte, x448Size)); !errors.Is(err, errPeerShare) {
		t.Errorf("zero: %v", err)
	}
}

// TestFFDHE wants the prime that RFC 7919, Appendix A.1 prints, and safe primes; the larger ones are for foreign stacks to test.
func TestFFDHE(t *testing.T) {
	p := ffdhePrime(2048, 560316)
	if got := hex.EncodeToString(p.Bytes()[:24]); got != "ffffffffffffffffadf85458a2bb4a9aafdc5620273d3cf1" {
		t.Errorf("prime %s…", got)
	}
	if got := hex.EncodeToString(p.Bytes()[240:]); got != "886b423861285c97ffffffffffffffff" {
		t.Errorf("prime …%s", got)
	}
	if q := new(big.Int).Rsh(p, 1); !p.ProbablyPrime(1) || !q.ProbablyPrime(1) {
		t.Error("no safe prime")
	}
}

// TestShares wants every group's shares as long as the tables of tlswire say, and every wrong length refused.
func TestShares(t *testing.T) {
	for _, g := range Groups() {
		t.Run(g.String(), func(t *testing.T) {
			info, ok := g.Info()
			if !ok {
				t.Fatal("no information")
			}
			k, err := generate(g)
			if err != nil {
				t.Fatal(err)
			}
			if got := len(k.public()); got != info.ClientShareLen {
				t.Errorf("client share of %d bytes, want %d", got, info.ClientShareLen)
			}
			share, secret, err := respond(g, k.public())
			if err != nil || len(share) != info.ServerShareLen {
				t.Fatalf("server share of %d bytes, want %d; %v", len(share), info.ServerShareLen, err)
			}
			if got, err := k.agree(share); err != nil || !bytes.Equal(got, secret) {
				t.Errorf("secrets differ: %v", err)
			}
			for _, bad := range [][]byte{nil, share[:len(share)-1], append(bytes.Clone(share), 0)} {
				if _, err := k.agree(bad); !errors.Is(err, errPeerShare) {
					t.Errorf("share of %d bytes: %v", len(bad), err)
				}
			}
			for _, bad := range [][]byte{nil, k.public()[1:], append(k.public(), 0)} {
				if _, _, err := respond(g, bad); !errors.Is(err, errPeerShare) {
					t.Errorf("answering %d bytes: %v", len(bad), err)
				}
			}
		})
	}
	if _, err := generate(tlswire.BrainpoolP256r1); err == nil {
		t.Error("a key for a group that is not implemented")
	}
}

// TestFFDHERange refuses 0, 1, p-1 and p (RFC 7919, Section 5.1).
func TestFFDHERange(t *testing.T) {
	k, err := generateFFDHE(2048, 560316)
	if err != nil {
		t.Fatal(err)
	}
	p := k.(*ffdheKey).p
	for _, y := range []*big.Int{new(big.Int), big.NewInt(1), new(big.Int).Sub(p, big.NewInt(1)), p} {
		if _, err := k.agree(y.FillBytes(make([]byte, 256))); !errors.Is(err, errPeerShare) {
			t.Errorf("%x…: %v", y.Bytes()[:min(4, len(y.Bytes()))], err)
		}
	}
}
