package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// tokenPrefix begins tokens, so that those who look for secrets that were published by mistake know them.
const tokenPrefix = "mt_"

// secretSize is how many random bytes a session or a token has.
const secretSize = 32

func secret() string {
	b := make([]byte, secretSize)
	_, _ = rand.Read(b) // which never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// NewSession returns what a browser shows that is signed in: 256 random bits.
func NewSession() string { return secret() }

// NewToken returns what a program shows: mt_, and 256 random bits.
func NewToken() string { return tokenPrefix + secret() }

// IsToken reports whether text may be a token.
func IsToken(text string) bool {
	return strings.HasPrefix(text, tokenPrefix) && IsSession(strings.TrimPrefix(text, tokenPrefix))
}

// IsSession reports whether text may be of a session.
func IsSession(text string) bool {
	b, err := base64.RawURLEncoding.DecodeString(text)
	return err == nil && len(b) == secretSize
}

// Digest is the SHA-256 of a session or a token, in hex, which the database knows it by. They have too many random bits to be guessed, so it needs neither
// salt nor time.
func Digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
