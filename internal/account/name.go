package account

import (
	"errors"
	"strings"
)

// maxName is how many characters the name of an account may have.
const maxName = 64

// nameMarks are the characters that a name may have beside letters and digits of ASCII, so that no two names look the same, and addresses of mail are names.
const nameMarks = ".-_@+"

// CheckName says why a name will not do.
func CheckName(name string) error {
	known := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(nameMarks, r)
	}
	if name == "" || len(name) > maxName || strings.ContainsFunc(name, func(r rune) bool { return !known(r) }) || strings.Trim(name, nameMarks) == "" {
		return errors.New("a name has 1 to 64 letters and digits of ASCII, and . - _ @ +")
	}
	return nil
}
