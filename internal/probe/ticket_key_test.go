package probe

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// gnuTLSTickets are tickets that GnuTLS sealed with a key that is known.
func gnuTLSTickets(t *testing.T) map[string][]byte {
	t.Helper()
	raw, err := os.ReadFile("testdata/gnutls-tickets.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for line := range strings.Lines(string(raw)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), " "); ok && name != "#" {
			if out[name], err = hex.DecodeString(value); err != nil {
				t.Fatal(err)
			}
		}
	}
	return out
}

// TestGnuTLSTicket opens tickets of GnuTLS by their key, and by no other.
func TestGnuTLSTicket(t *testing.T) {
	kept := gnuTLSTickets(t)
	key := ticketKey{kept["cipher"], kept["mac"], sha1.New, true}
	for _, version := range []string{"tls1.2", "tls1.3"} {
		ticket := kept[version]
		state, ok := key.open(ticket)
		if !ok {
			t.Fatalf("%s: does not open", version)
		}
		if version == "tls1.2" && !bytes.Contains(state, kept["master"]) {
			t.Errorf("the master secret is not in %x", state)
		}
		if sealedWithZeros(ticket) {
			t.Errorf("%s: opens with zeros", version)
		}
		ticket = bytes.Clone(ticket)
		ticket[len(ticket)/2] ^= 1
		if _, ok := key.open(ticket); ok {
			t.Errorf("%s: opens though it was changed", version)
		}
	}
}

// TestSealedWithZeros seals state as GnuTLS does (see TestGnuTLSTicket) with zeros, and cuts the ticket everywhere.
func TestSealedWithZeros(t *testing.T) {
	for _, k := range zeroKeys() {
		ticket := k.seal(make([]byte, 32))
		if !sealedWithZeros(ticket) {
			t.Errorf("%x is not opened", ticket)
		}
		for n := range ticket {
			if sealedWithZeros(ticket[:n]) {
				t.Errorf("%d bytes of %d are opened", n, len(ticket))
			}
		}
	}
	for _, ticket := range [][]byte{nil, make([]byte, 64), make([]byte, 176)} {
		if sealedWithZeros(ticket) {
			t.Errorf("%d zeros are a ticket", len(ticket))
		}
	}
}

// seal is the reverse of open, for whole blocks.
func (k ticketKey) seal(state []byte) []byte {
	ticket := bytes.Repeat([]byte{7}, ticketKeyName+aes.BlockSize)
	block, _ := aes.NewCipher(k.cipher)
	sealed := make([]byte, len(state))
	cipher.NewCBCEncrypter(block, ticket[ticketKeyName:]).CryptBlocks(sealed, state)
	if k.counted {
		ticket = binary.BigEndian.AppendUint16(ticket, uint16(len(sealed)))
	}
	ticket = append(ticket, sealed...)
	m := hmac.New(k.newHash, k.mac)
	m.Write(ticket)
	return m.Sum(ticket)
}
