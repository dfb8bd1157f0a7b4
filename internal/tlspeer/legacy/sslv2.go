package legacy

import (
	"bytes"
	"crypto/cipher"
	"crypto/des"
	"crypto/md5"
	"crypto/rc4"
	"encoding/binary"
	"errors"

	"github.com/mailtls/mailtls/tlswire"
)

// Of SSLv2 there is as much as shows which key a server came to: the SERVER-VERIFY, its first message under that key (Hickman,
// "The SSL Protocol", 1995).

// The cipher kinds that are known here. The export kind has the key of its big brother.
const (
	rc4V2       tlswire.Suite = 0x010080 // SSL_CK_RC4_128_WITH_MD5
	rc4ExportV2 tlswire.Suite = 0x020080 // SSL_CK_RC4_128_EXPORT40_WITH_MD5
	tripleDESV2 tlswire.Suite = 0x0700C0 // SSL_CK_DES_192_EDE3_CBC_WITH_MD5
)

// SecretsV2 is what the keys of a session of SSLv2 are made from.
type SecretsV2 struct {
	Cipher                          tlswire.Suite
	Master, Challenge, ConnectionID []byte
	KeyArg                          []byte
}

// KeyLengthV2 is how many bytes the master key of a cipher kind has, of which clear are sent as they are, and how many the
// initialization vector; 0 if the kind is not known here.
func KeyLengthV2(s tlswire.Suite) (key, clear, arg int) {
	switch s {
	case rc4V2:
		return 16, 0, 0
	case rc4ExportV2:
		return 16, 11, 0
	case tripleDESV2:
		return 24, 0, 8
	}
	return 0, 0, 0
}

// serverKey is the key that the server encrypts with, the client's read key: the first bytes of the key material, which is
// MD5(master, "0", challenge, connection id), then the same with "1", and so on.
func (s SecretsV2) serverKey() []byte {
	n, _, _ := KeyLengthV2(s.Cipher)
	var material []byte
	for i := byte('0'); len(material) < n; i++ {
		sum := md5.Sum(bytes.Join([][]byte{s.Master, {i}, s.Challenge, s.ConnectionID}, nil))
		material = append(material, sum[:]...)
	}
	return material[:n]
}

// crypt returns what makes ciphertext of plaintext, or the other way round.
func (s SecretsV2) crypt(key []byte, open bool) (func(dst, src []byte), int, error) {
	switch s.Cipher {
	case rc4V2, rc4ExportV2:
		c, err := rc4.NewCipher(key)
		if err != nil {
			return nil, 0, err
		}
		return c.XORKeyStream, 1, nil
	case tripleDESV2:
		block, err := des.NewTripleDESCipher(key)
		if err != nil || len(s.KeyArg) != des.BlockSize {
			return nil, 0, errors.Join(err, errV2)
		}
		if open {
			return cipher.NewCBCDecrypter(block, s.KeyArg).CryptBlocks, des.BlockSize, nil
		}
		return cipher.NewCBCEncrypter(block, s.KeyArg).CryptBlocks, des.BlockSize, nil
	}
	return nil, 0, errV2
}

var errV2 = errors.New("no such cipher kind, or initialization vector, of SSLv2")

// SealVerifyV2 returns the record with the SERVER-VERIFY, the server's second message.
func (s SecretsV2) SealVerifyV2() ([]byte, error) {
	key := s.serverKey()
	crypt, block, err := s.crypt(key, false)
	if err != nil {
		return nil, err
	}
	data := append([]byte{byte(tlswire.TypeServerVerifyV2)}, s.Challenge...)
	padding := make([]byte, (block-(md5.Size+len(data))%block)%block)
	mac := md5.Sum(bytes.Join([][]byte{key, data, padding, binary.BigEndian.AppendUint32(nil, 1)}, nil))
	out := bytes.Join([][]byte{mac[:], data, padding}, nil)
	crypt(out, out)
	n := len(out) - len(padding)
	return tlswire.RecordV2{Payload: out[:n], Padding: out[n:], ThreeByte: block > 1}.Append(nil)
}

// OpensVerifyV2 reports whether a record holds the client's challenge under these secrets.
func (s SecretsV2) OpensVerifyV2(r tlswire.RecordV2) bool {
	crypt, block, err := s.crypt(s.serverKey(), true)
	text := bytes.Join([][]byte{r.Payload, r.Padding}, nil)
	if err != nil || len(text)%block != 0 || len(text) < md5.Size+1+len(s.Challenge) {
		return false
	}
	crypt(text, text)
	return text[md5.Size] == byte(tlswire.TypeServerVerifyV2) && bytes.HasPrefix(text[md5.Size+1:], s.Challenge)
}
