package tlspeer

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"

	"github.com/mailtls/mailtls/tlswire"
)

// decompress returns the Certificate inside a CompressedCertificate (RFC 8879,
// Section 4), of at most limit bytes; nil if it is compressed otherwise than with zlib.
func decompress(body []byte, limit int) ([]byte, error) {
	c, err := tlswire.ParseCompressedCertificate(body)
	if err != nil || c.Algorithm != tlswire.CertificateCompressionZlib {
		return nil, err
	}
	if c.Length > limit {
		return nil, ended{EndLimit, fmt.Errorf("a compressed certificate of %d bytes: %w", c.Length, errLimit)}
	}
	r, err := zlib.NewReader(bytes.NewReader(c.Compressed))
	if err != nil {
		return nil, nonsense(fmt.Errorf("a compressed certificate: %w", err))
	}
	out, err := io.ReadAll(io.LimitReader(r, int64(c.Length)+1))
	if err != nil {
		return nil, nonsense(fmt.Errorf("a compressed certificate: %w", err))
	}
	if len(out) != c.Length {
		return nil, nonsense(errors.New("a compressed certificate of another size than it says"))
	}
	return out, nil
}
