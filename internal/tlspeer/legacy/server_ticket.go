package legacy

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"hash"

	"github.com/mailtls/mailtls/tlswire"
	"golang.org/x/crypto/cryptobyte"
)

// TicketKeys is where the keys come from that seal session tickets.
type TicketKeys string

// The kinds of ticket keys.
const (
	TicketKeysRandom   TicketKeys = ""         // made with the Sessions, and used as long as they last
	TicketKeysZero     TicketKeys = "zero"     // all zero, in tickets of the form of GnuTLS (CVE-2020-13777)
	TicketKeysFixed    TicketKeys = "fixed"    // the same in all Sessions, as of a key in a file that nobody changes
	TicketKeysRotating TicketKeys = "rotating" // a new one for each ticket; old ones still open
)

// TicketKey seals tickets as RFC 5077, Section 4 recommends: key name, IV, AES-CBC, HMAC.
type TicketKey struct {
	Name   [16]byte
	Cipher []byte // of AES
	MAC    []byte // of HMAC
	GnuTLS bool   // HMAC with SHA-1 in place of SHA-256, and zeros as padding, as GnuTLS does
}

// first is the key that a store begins with.
func (k TicketKeys) first() TicketKey {
	switch k {
	case TicketKeysZero:
		return TicketKey{Cipher: make([]byte, 32), MAC: make([]byte, 16), GnuTLS: true}
	case TicketKeysFixed:
		name := [16]byte([]byte("lab ticket key 1"))
		return TicketKey{Name: name, Cipher: bytes.Repeat([]byte{1}, 16), MAC: bytes.Repeat([]byte{2}, 32)}
	}
	return TicketKey{Name: [16]byte(randomBytes(16)), Cipher: randomBytes(16), MAC: randomBytes(32)}
}

// Seal makes a ticket of state under the first key, for a peer of another version.
func (k TicketKeys) Seal(state []byte) []byte { return k.first().seal(state) }

// maxTicketKeys is how many keys are kept by a store that makes new ones.
const maxTicketKeys = 64

// sealTicket makes a ticket of a session.
func (s *Sessions) sealTicket(state *State) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ticket == TicketKeysRotating {
		s.keys = append(s.keys, s.ticket.first())
		s.keys = s.keys[max(0, len(s.keys)-maxTicketKeys):]
	}
	return s.keys[len(s.keys)-1].seal(marshalState(state))
}

// openTicket returns the session in a ticket, or nil if it is none of ours.
func (s *Sessions) openTicket(ticket []byte) *State {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.keys {
		if plain, ok := k.open(ticket); ok {
			return parseState(plain)
		}
	}
	return nil
}

func (k TicketKey) newHash() func() hash.Hash {
	if k.GnuTLS {
		return sha1.New
	}
	return sha256.New
}

func (k TicketKey) mac(b []byte) []byte {
	m := hmac.New(k.newHash(), k.MAC)
	m.Write(b)
	return m.Sum(nil)
}

// seal encrypts whole blocks: padding is zeros, for parseState knows the length.
func (k TicketKey) seal(plain []byte) []byte {
	plain = append(bytes.Clone(plain), make([]byte, (aes.BlockSize-len(plain)%aes.BlockSize)%aes.BlockSize)...)
	block, err := aes.NewCipher(k.Cipher)
	if err != nil {
		return nil
	}
	iv := randomBytes(aes.BlockSize)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(plain, plain)
	b := append(append(k.Name[:len(k.Name):len(k.Name)], iv...), byte(len(plain)>>8), byte(len(plain)))
	b = append(b, plain...)
	return append(b, k.mac(b)...)
}

// open is the reverse of seal.
func (k TicketKey) open(ticket []byte) ([]byte, bool) {
	n := len(ticket) - k.newHash()().Size()
	if n < len(k.Name)+aes.BlockSize+2 || !bytes.HasPrefix(ticket, k.Name[:]) || !hmac.Equal(ticket[n:], k.mac(ticket[:n])) {
		return nil, false
	}
	iv, body := ticket[len(k.Name):][:aes.BlockSize], ticket[len(k.Name)+aes.BlockSize+2:n]
	block, err := aes.NewCipher(k.Cipher)
	if err != nil || len(body)%aes.BlockSize != 0 {
		return nil, false
	}
	plain := make([]byte, len(body))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, body)
	return plain, true
}

// marshalState writes what resumes a session; the master secret is in it as it is.
func marshalState(s *State) []byte {
	var b cryptobyte.Builder
	b.AddUint16(uint16(s.Version))
	b.AddUint16(uint16(s.Suite))
	extended := byte(0)
	if s.ExtendedMasterSecret {
		extended = 1
	}
	b.AddUint8(extended)
	b.AddBytes(s.Master)
	return b.BytesOrPanic()
}

// parseState reads what marshalState wrote, and nil from anything else.
func parseState(plain []byte) *State {
	var version, suite uint16
	var extended uint8
	master := make([]byte, masterLen)
	b := cryptobyte.String(plain)
	if !b.ReadUint16(&version) || !b.ReadUint16(&suite) || !b.ReadUint8(&extended) || !b.CopyBytes(master) {
		return nil
	}
	return &State{Version: tlswire.Version(version), Suite: tlswire.Suite(suite), Master: master, ExtendedMasterSecret: extended == 1}
}
