package starttls

import (
	"bytes"
	"errors"
	"io"
	"slices"
)

// Limits on what a server may send. They are generous to real servers and
// small beside the memory of the client; over them the outcome is [TooLong].
const (
	// MaxSMTPLine is the longest line of an SMTP or LMTP reply in bytes, CRLF
	// included. RFC 5321, Section 4.5.3.1.5 says 512; servers that put a policy
	// text or a list of mechanisms on one line exceed it, none by a factor of 8.
	MaxSMTPLine = 4096

	// MaxLine is the longest line of the other protocols. IMAP puts all of its
	// capabilities on one line and sets no limit; 8192 octets is what RFC 7162,
	// Section 4 asks a server to take of a command, and real lists have 1 KiB.
	MaxLine = 8192

	// MaxLines is the number of lines in one reply. The longest EHLO replies and
	// legal notices in greetings have a few dozen.
	MaxLines = 512

	// MaxBytes is everything the server may send in one dialogue. An ordinary one
	// is 1 KiB; a ManageSieve literal of any size has to fit as well.
	MaxBytes = 256 << 10
)

// Sentinels for what the reader refuses; they become TooLong.
var (
	errLineTooLong  = errors.New("line too long")
	errTooManyLines = errors.New("too many lines in one reply")
	errTooMuch      = errors.New("too many bytes in one dialogue")
)

// readSize is how much one read asks for: an EHLO reply with room to spare.
const readSize = 1024

// emptyReads is how many reads without bytes or error are borne in a row.
const emptyReads = 100

// input is the buffer between a connection and the reply parsers. It hands out
// lines whatever the pieces they arrive in.
type input struct {
	buf   []byte // read and not yet handed out
	total int    // read altogether
	err   error  // came together with the last bytes
}

// next returns the first line in the buffer without its line end, or false when
// the buffer holds no whole line. Replies end their lines in CRLF; a bare LF is
// taken too.
func (in *input) next(max int) (line []byte, ok bool, err error) {
	end := bytes.IndexByte(in.buf, '\n')
	if end >= max || end < 0 && len(in.buf) >= max {
		return nil, false, errLineTooLong
	}
	if end < 0 {
		return nil, false, nil
	}
	line = in.buf[:end]
	in.buf = in.buf[end+1:]
	return bytes.TrimSuffix(line, []byte("\r")), true, nil
}

// take returns the first n bytes of the buffer, or false when it holds fewer.
func (in *input) take(n int) ([]byte, bool) {
	if len(in.buf) < n {
		return nil, false
	}
	b := in.buf[:n]
	in.buf = in.buf[n:]
	return b, true
}

// fill reads once more from r.
func (in *input) fill(r io.Reader) error {
	if in.err != nil {
		return in.err
	}
	if in.total >= MaxBytes {
		return errTooMuch
	}
	if cap(in.buf)-len(in.buf) < readSize/2 {
		in.buf = slices.Grow(in.buf, readSize)
	}
	spare := in.buf[len(in.buf):cap(in.buf)]
	spare = spare[:min(len(spare), MaxBytes-in.total)]
	for range emptyReads {
		n, err := r.Read(spare)
		in.buf = in.buf[:len(in.buf)+n]
		in.total += n
		if n > 0 {
			in.err = err
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}
