package probe

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/mailtls/mailtls/tlswire"
)

// recordReader reads TLS records from a stream.
type recordReader struct {
	r   *bufio.Reader
	buf []byte
}

// next returns the next record; its payload is valid until the call after. The error is io.EOF when the stream ended
// between records.
func (r *recordReader) next() (tlswire.Record, error) {
	head, err := r.r.Peek(tlswire.RecordHeaderLen)
	if len(head) == 0 {
		return tlswire.Record{}, err
	}
	if _, _, perr := tlswire.ParseRecord(head); perr != nil && !isShort(perr) {
		return tlswire.Record{}, perr
	}
	if err != nil {
		return tlswire.Record{}, err
	}
	length := int(head[3])<<8 | int(head[4])
	r.buf = append(r.buf[:0], make([]byte, tlswire.RecordHeaderLen+length)...)
	if _, err := io.ReadFull(r.r, r.buf); err != nil {
		return tlswire.Record{}, fmt.Errorf("reading a record: %w", err)
	}
	rec, _, err := tlswire.ParseRecord(r.buf)
	return rec, err
}

func isShort(err error) bool { return errors.Is(err, tlswire.ErrShort) }
