package tlswire

import (
	"errors"
	"fmt"
)

// Sentinels to branch on with errors.Is. All other text of an error is for people.
var (
	// ErrShort says that the input is fine so far and ends before the record or message does:
	// read more and call again.
	ErrShort = errors.New("more bytes needed")
	// ErrNotTLS says that the first bytes cannot be a record at all, as when a mail server
	// answers in plain text.
	ErrNotTLS = errors.New("not a TLS record")
	// ErrTooLarge says that a record or message announces more bytes than its limit allows.
	ErrTooLarge = errors.New("larger than allowed")
	// ErrMalformed says that a complete message contradicts its own lengths or structure.
	ErrMalformed = errors.New("malformed")
)

// malformed names the message and the field where its structure broke.
func malformed(message, field string) error {
	return fmt.Errorf("parsing %s: %s: %w", message, field, ErrMalformed)
}

// marshalled names the message whose value does not fit the wire format, the one thing that
// cryptobyte reports.
func marshalled(message string, b []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, fmt.Errorf("marshalling %s: %w", message, err)
	}
	return b, nil
}
