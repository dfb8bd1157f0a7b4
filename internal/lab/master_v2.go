package lab

import (
	"crypto/rand"
	"crypto/rsa"
	"io"
	"math/big"
	"slices"

	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// MasterKeyV2 is what a server makes of the CLIENT-MASTER-KEY of SSLv2. No handshake is finished with it.
type MasterKeyV2 string

// The ways. The zero value is the right one.
const (
	KeyStrict    MasterKeyV2 = ""          // closes at what should not be, as OpenSSL 1.0.2a did in the one case, and 1.0.2f in the other
	KeyError     MasterKeyV2 = "error"     // the same, by an ERROR
	KeyDisplaced MasterKeyV2 = "displaced" // bytes in the clear take the place of encrypted ones (CVE-2016-0703)
	KeyIgnores   MasterKeyV2 = "ignores"   // passes over bytes in the clear, and refuses suites that it did not list
	KeyUnlisted  MasterKeyV2 = "unlisted"  // takes suites that it did not list, and no bytes in the clear but with them (CVE-2015-3197)
	KeyEcho      MasterKeyV2 = "echo"      // sends the message back
	KeySilent    MasterKeyV2 = "silent"    // says nothing more behind the SERVER-HELLO
	KeyRandom    MasterKeyV2 = "random"    // goes on under keys that nobody has, as if it could not decrypt
)

// masterKey answers the client's CLIENT-MASTER-KEY.
func (s *session) masterKey(id *identity, h *hello, sent tlswire.ServerHelloV2) error {
	way := s.Server.Quirks.MasterKeyV2
	if way == KeySilent {
		return s.silence()
	}
	head := make([]byte, 2)
	if _, err := io.ReadFull(s.in, head); err != nil || head[0]&0x80 == 0 {
		return errDone
	}
	payload := make([]byte, min(int(head[0]&0x7f)<<8+int(head[1]), maxHelloV2))
	if _, err := io.ReadFull(s.in, payload); err != nil {
		return err
	}
	m, err := tlswire.ParseClientMasterKeyV2(payload)
	if err != nil {
		return errDone
	}
	if way == KeyEcho {
		return s.recordV2(payload)
	}
	secrets := legacy.SecretsV2{Cipher: m.Cipher, Challenge: h.v2.Challenge, ConnectionID: sent.ConnectionID, KeyArg: m.KeyArg}
	n, clear, _ := legacy.KeyLengthV2(m.Cipher)
	encrypted := id.decrypt(m.Encrypted)
	listed := slices.Contains(sent.Ciphers, m.Cipher)
	switch bare := clear == 0 && len(m.Clear) > 0; {
	case n == 0, !listed && way != KeyUnlisted, bare && way != KeyDisplaced && way != KeyIgnores && way != KeyRandom:
		if way == KeyError {
			return s.recordV2([]byte{byte(tlswire.TypeErrorV2), 0, byte(tlswire.ErrorV2NoCipher)})
		}
		return errDone
	case way == KeyRandom:
		secrets.Master = make([]byte, n)
		rand.Read(secrets.Master)
	case bare && way == KeyIgnores:
		secrets.Master = encrypted
	default:
		secrets.Master = slices.Concat(m.Clear, encrypted)
	}
	if len(secrets.Master) < n {
		return errDone
	}
	secrets.Master = secrets.Master[:n]
	raw, err := secrets.SealVerifyV2()
	if err != nil {
		return err
	}
	if _, err := s.out.Write(raw); err != nil {
		return err
	}
	return s.silence()
}

func (s *session) recordV2(payload []byte) error {
	raw, err := tlswire.RecordV2{Payload: payload}.Append(nil)
	if err != nil {
		return err
	}
	if _, err := s.out.Write(raw); err != nil {
		return err
	}
	return errDone
}

// decrypt returns what is behind the padding of PKCS #1 v1.5, nil if there is none.
func (id *identity) decrypt(encrypted []byte) []byte {
	key := id.key.short
	if std, ok := id.key.std.(*rsa.PrivateKey); ok {
		key = std
	}
	b := new(big.Int).Exp(new(big.Int).SetBytes(encrypted), key.D, key.N).FillBytes(make([]byte, (key.N.BitLen()+7)/8))
	zero := slices.Index(b[2:], 0)
	if b[0] != 0 || b[1] != 2 || zero < 8 {
		return nil
	}
	return b[2+zero+1:]
}
