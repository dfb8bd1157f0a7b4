package legacy

import (
	"bytes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/mailtls/mailtls/tlswire"
)

// Parts are those of a record on its way out, or of one that came in.
type Parts struct {
	// Explicit is the IV or nonce that is sent in front: of CBC from TLS 1.1 on, and of GCM.
	Explicit []byte
	// Nonce is the whole nonce of an AEAD record.
	Nonce []byte
	// Content is what the record carries.
	Content []byte
	// MAC authenticates Content; with encrypt-then-MAC, the ciphertext; in AEAD records it is the tag.
	MAC []byte
	// Padding is that of CBC: the padding bytes, and behind them the byte that tells their number.
	Padding []byte
}

// Alter makes a record malformed; nil functions change nothing. Neither changes what was authenticated.
type Alter struct {
	// Plain may change the parts before they are encrypted. The MAC is there already, but in AEAD and encrypt-then-MAC
	// records. In CBC records the parts must add up to whole blocks.
	Plain func(*Parts)
	// Tag may change the tag of AEAD, or the MAC of encrypt-then-MAC, and the ciphertext.
	Tag func(ciphertext, tag []byte) (newCiphertext, newTag []byte)
}

var errBlocks = errors.New("the parts do not add up to whole blocks")

// seal protects a record and counts it. The errors are those of Alter.
func (c *cipherState) seal(r tlswire.Record, alter Alter) (tlswire.Record, error) {
	if c == nil {
		p := Parts{Content: r.Payload}
		alter.plain(&p)
		r.Payload = p.Content
		return r, nil
	}
	seq := c.seq
	c.seq++
	var err error
	switch {
	case c.aead != nil:
		r.Payload = c.sealAEAD(seq, r, alter)
	case c.block != nil:
		r.Payload, err = c.sealCBC(seq, r, alter)
	default:
		r.Payload = c.sealStream(seq, r, alter)
	}
	return r, err
}

func (a Alter) plain(p *Parts) {
	if a.Plain != nil {
		a.Plain(p)
	}
}

func (a Alter) tag(ciphertext, tag []byte) []byte {
	if a.Tag != nil {
		ciphertext, tag = a.Tag(ciphertext, tag)
	}
	return append(ciphertext[:len(ciphertext):len(ciphertext)], tag...)
}

// sealStream is that of RC4 and of no encryption (RFC 5246, Section 6.2.3.1).
func (c *cipherState) sealStream(seq uint64, r tlswire.Record, alter Alter) []byte {
	p := Parts{Content: r.Payload, MAC: c.mac(seq, r.Type, r.Version, r.Payload)}
	alter.plain(&p)
	out := append(bytes.Clone(p.Content), p.MAC...)
	if c.stream != nil {
		c.stream.XORKeyStream(out, out)
	}
	return out
}

// sealAEAD follows RFC 5246, Section 6.2.3.3. The sequence number serves as explicit nonce.
func (c *cipherState) sealAEAD(seq uint64, r tlswire.Record, alter Alter) []byte {
	p := Parts{Content: r.Payload, Explicit: binary.BigEndian.AppendUint64(nil, seq)[:c.explicitNonceLen()]}
	p.Nonce = c.nonce(p.Explicit, seq)
	header := pseudoHeader(seq, r.Type, r.Version, len(r.Payload))
	alter.plain(&p)
	if len(p.Nonce) != c.aead.NonceSize() {
		p.Nonce = c.nonce(p.Explicit, seq)
	}
	sealed := c.aead.Seal(nil, p.Nonce, p.Content, header)
	n := len(sealed) - c.aead.Overhead()
	return append(bytes.Clone(p.Explicit), alter.tag(sealed[:n], sealed[n:])...)
}

// sealCBC follows RFC 5246, Section 6.2.3.2, and RFC 7366, Section 3.
func (c *cipherState) sealCBC(seq uint64, r tlswire.Record, alter Alter) ([]byte, error) {
	p := Parts{Content: r.Payload}
	if !c.etm {
		p.MAC = c.mac(seq, r.Type, r.Version, r.Payload)
	}
	p.Padding = padding(len(p.Content)+len(p.MAC), c.block.BlockSize())
	if c.explicitIV() {
		p.Explicit = make([]byte, c.block.BlockSize())
		if _, err := io.ReadFull(c.random, p.Explicit); err != nil {
			return nil, local(fmt.Errorf("drawing an IV: %w", err))
		}
	}
	alter.plain(&p)
	out := append(append(bytes.Clone(p.Content), p.MAC...), p.Padding...)
	if err := c.encrypt(out, p.Explicit); err != nil {
		return nil, err
	}
	out = append(bytes.Clone(p.Explicit), out...)
	if c.etm {
		out = alter.tag(out, c.mac(seq, r.Type, r.Version, out))
	}
	return out, nil
}

// encrypt encrypts whole blocks in place.
func (c *cipherState) encrypt(b, explicit []byte) error {
	iv, size := c.iv, c.block.BlockSize()
	if c.explicitIV() {
		iv = explicit
	}
	if len(b)%size != 0 || len(iv) != size {
		return local(errBlocks)
	}
	cipher.NewCBCEncrypter(c.block, iv).CryptBlocks(b, b)
	if len(b) > 0 {
		c.iv = bytes.Clone(b[len(b)-size:])
	}
	return nil
}

// padding is the shortest that fills the last block, in the form that TLS wants and SSLv3 allows.
func padding(n, blockSize int) []byte {
	size := blockSize - n%blockSize
	return bytes.Repeat([]byte{byte(size - 1)}, size)
}
