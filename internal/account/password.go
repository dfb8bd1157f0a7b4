package account

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// How many characters a password may have. No kinds of characters are asked for (NIST SP 800-63B-4, Section 3.1.1.2).
const (
	MinPassword = 12
	MaxPassword = 128
)

//go:embed data/common.txt
var common string

// CheckPassword says why a password will not do for an account of that name.
func CheckPassword(password, name string) error {
	n := utf8.RuneCountInString(norm.NFKC.String(password))
	switch {
	case !utf8.ValidString(password):
		return errors.New("this password is no text that can be read")
	case n < MinPassword:
		return fmt.Errorf("a password has at least %d characters: some words that have nothing to do with each other are easy to remember", MinPassword)
	case n > MaxPassword:
		return fmt.Errorf("a password has at most %d characters", MaxPassword)
	case guessed(strings.ToLower(password), strings.ToLower(name)):
		return errors.New("this password is among the first that anybody would try: want another")
	}
	return nil
}

// guessed reports whether a password is one that those who guess begin with: one of a list, the name, or one short piece over and over.
func guessed(password, name string) bool {
	if strings.Contains("\n"+common, "\n"+password+"\n") {
		return true
	}
	for n := 1; n <= 4; n++ {
		if piece := password[:min(n, len(password))]; strings.HasPrefix(strings.Repeat(piece, len(password)), password) {
			return true
		}
	}
	return name != "" && strings.Trim(strings.ReplaceAll(password, name, ""), "0123456789!.-_") == ""
}
