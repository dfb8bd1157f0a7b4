package legacy

import (
	"bytes"
	"crypto/cipher"
	"crypto/hmac"
	"errors"

	"github.com/mailtls/mailtls/tlswire"
)

// Opened is a protected record taken apart, by the keys of its direction.
type Opened struct {
	Parts
	// Plain is everything that was encrypted, as far as the cipher gives it.
	Plain []byte
	// Length tells whether the record is long enough, in whole blocks, and its padding fits into it. If it does not,
	// Content, MAC and Padding are empty.
	Length bool
	// PaddingOK tells whether the padding is as the version wants it.
	PaddingOK bool
	// MACOK tells whether MAC or tag are right.
	MACOK bool
}

var (
	errRecordLength  = errors.New("a protected record of impossible length")
	errRecordPadding = errors.New("a protected record with wrong padding")
	errRecordMAC     = errors.New("a protected record with a wrong MAC")
)

func (o *Opened) err() error {
	switch {
	case !o.Length:
		return nonsense(errRecordLength)
	case !o.PaddingOK:
		return nonsense(errRecordPadding)
	case !o.MACOK:
		return nonsense(errRecordMAC)
	}
	return nil
}

// dissect takes a record apart, whatever is wrong with it, and counts it.
func (c *cipherState) dissect(r tlswire.Record) Opened {
	if c == nil {
		return Opened{Parts: Parts{Content: r.Payload}, Plain: r.Payload, Length: true, PaddingOK: true, MACOK: true}
	}
	seq := c.seq
	c.seq++
	switch {
	case c.aead != nil:
		return c.openAEAD(seq, r)
	case c.block != nil:
		return c.openCBC(seq, r)
	}
	return c.openStream(seq, r)
}

func (c *cipherState) openStream(seq uint64, r tlswire.Record) (o Opened) {
	o.Plain, o.PaddingOK = bytes.Clone(r.Payload), true
	if c.stream != nil {
		c.stream.XORKeyStream(o.Plain, o.Plain)
	}
	n := len(o.Plain) - c.suite.macLen()
	if o.Length = n >= 0; o.Length {
		o.Content, o.MAC = o.Plain[:n], o.Plain[n:]
		o.MACOK = hmac.Equal(o.MAC, c.mac(seq, r.Type, r.Version, o.Content))
	}
	return o
}

func (c *cipherState) openAEAD(seq uint64, r tlswire.Record) (o Opened) {
	n, explicit := len(r.Payload)-c.aead.Overhead(), c.explicitNonceLen()
	o.PaddingOK = true
	if o.Length = n >= explicit; !o.Length {
		return o
	}
	o.Explicit, o.MAC = bytes.Clone(r.Payload[:explicit]), bytes.Clone(r.Payload[n:])
	o.Nonce = c.nonce(o.Explicit, seq)
	plain, err := c.aead.Open(nil, o.Nonce, r.Payload[explicit:], pseudoHeader(seq, r.Type, r.Version, n-explicit))
	o.MACOK = err == nil
	o.Plain, o.Content = plain, plain
	return o
}

func (c *cipherState) openCBC(seq uint64, r tlswire.Record) (o Opened) {
	body := r.Payload
	if c.etm {
		n := len(body) - c.suite.macLen()
		if n < 0 {
			return o
		}
		o.MAC, body = bytes.Clone(body[n:]), body[:n]
		o.MACOK = hmac.Equal(o.MAC, c.mac(seq, r.Type, r.Version, body))
	}
	if !c.decrypt(&o, body) {
		return o
	}
	c.cutPadding(&o)
	if c.etm || !o.Length {
		return o
	}
	n := len(o.Content) - c.suite.macLen()
	o.Content, o.MAC = o.Content[:n], o.Content[n:]
	o.MACOK = hmac.Equal(o.MAC, c.mac(seq, r.Type, r.Version, o.Content))
	return o
}

// decrypt fills in the plaintext of whole blocks.
func (c *cipherState) decrypt(o *Opened, body []byte) bool {
	iv, size := c.iv, c.block.BlockSize()
	if c.explicitIV() {
		if len(body) < size {
			return false
		}
		o.Explicit, body = bytes.Clone(body[:size]), body[size:]
		iv = o.Explicit
	}
	if len(body) == 0 || len(body)%size != 0 {
		return false
	}
	o.Plain = make([]byte, len(body))
	cipher.NewCBCDecrypter(c.block, iv).CryptBlocks(o.Plain, body)
	c.iv = bytes.Clone(body[len(body)-size:])
	return true
}

// cutPadding separates content and padding. In SSLv3 the padding may hold anything but is shorter than a block (RFC
// 6101, Section 5.2.3.2).
func (c *cipherState) cutPadding(o *Opened) {
	size := int(o.Plain[len(o.Plain)-1]) + 1
	n := len(o.Plain) - size
	least := c.suite.macLen()
	if c.etm {
		least = 0
	}
	if o.Length = n >= least; !o.Length {
		return
	}
	o.Content, o.Padding = o.Plain[:n], o.Plain[n:]
	if c.version == tlswire.SSLv3 {
		o.PaddingOK = size <= c.block.BlockSize()
		return
	}
	o.PaddingOK = bytes.Count(o.Padding, o.Padding[size-1:]) == size
}
