package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// SHA256 returns the SHA-256 of the policy, in hex, by which a report says what it was judged by. It is over the policy's
// JSON as encoding/json writes it, so that it does not depend on how a file is laid out.
func (p *Policy) SHA256() string {
	b, err := json.Marshal(p)
	if err != nil {
		return "" // which no policy that was read comes to
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
