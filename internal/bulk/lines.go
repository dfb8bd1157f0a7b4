package bulk

import (
	"bufio"
	"encoding/hex"
	"errors"
	"hash"
	"strings"

	"github.com/mailtls/mailtls/internal/journal"
)

// A lineReader reads lines of any length, of which it keeps the beginning.
type lineReader struct {
	r     *bufio.Reader
	bytes int64 // of the lines so far
	sum   hash.Hash
	known bool // the part that was known has been seen
}

func (l *lineReader) next() (string, error) {
	part, err := l.r.ReadSlice('\n')
	text := string(part)
	l.count(part)
	for errors.Is(err, bufio.ErrBufferFull) {
		part, err = l.r.ReadSlice('\n')
		l.count(part)
	}
	return strings.TrimRight(text, "\r\n"), err
}

func (l *lineReader) count(b []byte) {
	l.bytes += int64(len(b))
	_, _ = l.sum.Write(b)
}

func (l *lineReader) part() journal.Part {
	return journal.Part{Bytes: l.bytes, Sum: hex.EncodeToString(l.sum.Sum(nil))}
}

// follows reports whether the lines so far may begin with a part that is known; atEnd says that there are no more.
func (l *lineReader) follows(known journal.Part, atEnd bool) bool {
	if l.bytes == known.Bytes && !l.known {
		l.known = known.Bytes == 0 || l.part() == known
	}
	return l.known || l.bytes < known.Bytes && !atEnd || known.Bytes == 0
}
