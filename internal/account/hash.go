package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// The parameters of Argon2id: the second recommended option of RFC 9106, Section 4, for where memory is short.
const (
	passes   = 3
	memory   = 64 << 10 // KiB
	lanes    = 4
	saltSize = 16 // bytes
	keySize  = 32
)

// atOnce is how many passwords are hashed at the same time: each takes 64 MiB, and anybody may try one.
const atOnce = 2

// Hasher hashes passwords, few at once. It may be used by several goroutines.
type Hasher struct {
	turn  chan struct{}
	decoy phc // of no password, for names that there are none of
}

// phc is a hashed password (https://github.com/P-H-C/phc-string-format).
type phc struct {
	memory, passes uint32
	lanes          uint8
	salt, key      []byte
}

// NewHasher returns a hasher.
func NewHasher() *Hasher {
	return &Hasher{turn: make(chan struct{}, atOnce), decoy: phc{memory, passes, lanes, make([]byte, saltSize), make([]byte, keySize)}}
}

// Hash returns a password as it is kept.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	p := phc{memory: memory, passes: passes, lanes: lanes, salt: make([]byte, saltSize)}
	_, _ = rand.Read(p.salt) // which never fails
	if err := h.derive(ctx, &p, password); err != nil {
		return "", err
	}
	return p.String(), nil
}

// derive calculates the key, when it is its turn.
func (h *Hasher) derive(ctx context.Context, p *phc, password string) error {
	select {
	case h.turn <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("waiting for other passwords to be hashed: %w", ctx.Err())
	}
	defer func() { <-h.turn }()
	p.key = argon2.IDKey([]byte(norm.NFKC.String(password)), p.salt, p.passes, p.memory, p.lanes, keySize)
	return nil
}

// Check reports whether a password is the one that hashed is of. That costs the same where there is none: an empty hash is nobody's.
func (h *Hasher) Check(ctx context.Context, password, hashed string) (bool, error) {
	want, err := parse(hashed)
	if hashed == "" {
		want, err = h.decoy, nil
	}
	if err != nil {
		return false, err
	}
	got := want
	if err := h.derive(ctx, &got, password); err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got.key, want.key) == 1 && hashed != "", nil
}

func (p phc) String() string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.passes, p.lanes, b64(p.salt), b64(p.key))
}

// most are the largest parameters that are taken from a database: a multiple of ours, for versions to come.
const (
	mostMemory = 8 * memory
	mostPasses = 16
	mostLanes  = 16
	mostBytes  = 64
)

var errHash = errors.New("a hashed password in the database cannot be read: give the account another one")

func parse(s string) (phc, error) {
	var p phc
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.lanes); err != nil {
		return p, errHash
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	key, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || err2 != nil || len(salt) < 8 || len(salt) > mostBytes || len(key) != keySize ||
		p.memory < 8 || p.memory > mostMemory || p.passes < 1 || p.passes > mostPasses || p.lanes < 1 || p.lanes > mostLanes {
		return p, errHash
	}
	p.salt, p.key = salt, key
	return p, nil
}
