package starttls

import (
	"strconv"
	"strings"
)

// literalSuffix returns n where a line ends in "{n}" or "{n+}", announcing that n
// bytes follow its CRLF (RFC 9051, Section 4.3; RFC 7888). A number that no int
// holds comes back as the largest, which no limit allows.
func literalSuffix(line string) (n int, ok bool) {
	open := strings.LastIndexByte(line, '{')
	if open < 0 || !strings.HasSuffix(line, "}") {
		return 0, false
	}
	number := strings.TrimSuffix(line[open+1:len(line)-1], "+")
	if !digits(number) {
		return 0, false
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		n = int(^uint(0) >> 1)
	}
	return n, true
}
