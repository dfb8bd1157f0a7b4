package tlswire

import (
	"fmt"
	"strconv"
	"strings"
)

// IsGREASE tells whether a 16-bit code point is one of the sixteen values
// 0x0A0A, 0x1A1A … 0xFAFA that are reserved in every registry and have no
// meaning in any (RFC 8701, Section 2). Clients send them to keep servers
// tolerant; a server that picks one is broken.
func IsGREASE(value uint16) bool {
	return value&0x0F0F == 0x0A0A && value>>8 == value&0xFF
}

const greasePrefix = "GREASE_"

func greaseName(value uint16) string {
	if !IsGREASE(value) {
		return ""
	}
	return fmt.Sprintf("%s%04X", greasePrefix, value)
}

func greaseByName(name string) (uint16, bool) {
	digits, ok := strings.CutPrefix(name, greasePrefix)
	if !ok || len(digits) != 4 {
		return 0, false
	}
	value, err := strconv.ParseUint(digits, 16, 16)
	if err != nil || !IsGREASE(uint16(value)) {
		return 0, false
	}
	return uint16(value), true
}
