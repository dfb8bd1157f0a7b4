package evidence

import (
	"fmt"
	"strconv"
	"strings"
)

// LineTimes tells when each line of a dialogue came, in ms. Its JSON form is short, since most lines come together:
// "19 20*12" is 19 and twelve times 20.
type LineTimes []int64

// maxLineTimes bounds what a short text may grow to.
const maxLineTimes = 1 << 16

// MarshalText writes the times, with runs of equal ones as time*number.
func (l LineTimes) MarshalText() ([]byte, error) {
	var b []byte
	for i := 0; i < len(l); {
		n := 1
		for i+n < len(l) && l[i+n] == l[i] {
			n++
		}
		if i > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendInt(b, l[i], 10)
		if n > 1 {
			b = append(b, '*')
			b = strconv.AppendInt(b, int64(n), 10)
		}
		i += n
	}
	return b, nil
}

// UnmarshalText reads what MarshalText writes; more than 65536 times are an error.
func (l *LineTimes) UnmarshalText(text []byte) error {
	*l = nil
	for f := range strings.FieldsSeq(string(text)) {
		ms, count, repeated := strings.Cut(f, "*")
		at, err := strconv.ParseInt(ms, 10, 64)
		n := 1
		if err == nil && repeated {
			n, err = strconv.Atoi(count)
		}
		if err != nil || n < 1 || n > maxLineTimes-len(*l) {
			return fmt.Errorf("line time %q: want milliseconds, as in 19, or 19*12 for twelve lines", f)
		}
		for range n {
			*l = append(*l, at)
		}
	}
	return nil
}
