package tlspeer

import (
	"context"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"net"
	"time"

	"github.com/mailtls/mailtls/tlswire"
)

// What follows is for the peer of the versions before TLS 1.3, in legacy.

// WithEnd makes err one that EndOf tells end of.
func WithEnd(end End, err error) error { return ended{end, err} }

// EndOf tells how a connection came to the end that err is about: one of a net.Conn, of tlswire, or of WithEnd.
func EndOf(err error) End { return endOf(err) }

// Within calls do, which uses conn, under the deadline and cancellation of ctx. The error is that of do, or of ctx if that
// ended it.
func Within(ctx context.Context, conn net.Conn, do func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if deadline, ok := ctx.Deadline(); ok {
		conn.SetDeadline(deadline)
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	err := do()
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil && ctx.Err() != nil && endOf(err) == EndTimeout {
		err = ctx.Err()
	}
	return err
}

// WithDefaults fills in the fields that are zero.
func (l Limits) WithDefaults() Limits { return l.withDefaults() }

// A Key is an ephemeral private key in one of Groups.
type Key struct{ private }

// NewKey makes a key; the error is a group that is not implemented.
func NewKey(g tlswire.Group) (Key, error) {
	k, err := generate(g)
	return Key{k}, err
}

// Public is the key exchange message for the other side: on curves an uncompressed point.
func (k Key) Public() []byte { return k.public() }

// Agree computes the secret shared with whoever sent peer; the error is a message that is none of the group.
func (k Key) Agree(peer []byte) ([]byte, error) { return k.agree(peer) }

// NewCCM returns AES-CCM with tags of 16 bytes or of 8; the error is the length of the key.
func NewCCM(key []byte, tagSize int) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	return ccm{block, tagSize}, err
}

// PublicKey finds the key of a certificate in DER, without judging the rest of it; nil if Go does not know its kind.
func PublicKey(certificate []byte) crypto.PublicKey { return publicKey(certificate) }
