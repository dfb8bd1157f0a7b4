package bulk

import (
	"bufio"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/mailtls/mailtls/internal/discover"
	"github.com/mailtls/mailtls/internal/journal"
)

// List says how a list of domains is read.
type List struct {
	// Column is that of the domains in lists with several, from 1. 0: the one whose heading says so, or the first in which a domain stands.
	Column int
	// Known is the part that is known already. The names in it are not handed on again.
	Known journal.Part
}

// ErrOtherList is the error of a list that does not begin with the part that is known.
var ErrOtherList = errors.New("the list begins otherwise than when it was read in part")

// longestLine is how many bytes of a line are read; what is longer is no name, whatever it says.
const longestLine = 4096

// batch is how many entries are handed on at a time.
const batch = 500

// Read reads a list of domains, one on a line, or a column of CSV, and hands on what it finds. Empty lines and comments, from a # to the end
// of the line, are left out. What is no name of a domain has a Fault. It keeps nothing. With each batch add gets the part of the list that
// ends with it, and Read returns the whole.
func (l List) Read(r io.Reader, add func([]journal.Entry, journal.Part) error) (journal.Part, error) {
	in := &lineReader{r: bufio.NewReaderSize(r, longestLine), sum: sha256.New()}
	var list []journal.Entry
	for n := 1; ; n++ {
		text, err := in.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return journal.Part{}, fmt.Errorf("reading the list, line %d: %w", n, err)
		}
		if n == 1 {
			text = strings.TrimPrefix(text, "\uFEFF")
		}
		if e, ok := l.entry(text, n); ok {
			list = append(list, e)
		}
		if in.bytes <= l.Known.Bytes {
			list = list[:0]
		}
		if !in.follows(l.Known, err != nil) {
			return journal.Part{}, ErrOtherList
		}
		if len(list) == batch || err != nil && len(list) > 0 {
			if err := add(list, in.part()); err != nil {
				return journal.Part{}, err
			}
			list = list[:0]
		}
		if err != nil {
			return in.part(), nil
		}
	}
}

// entry reads one line. ok is false for lines without an entry. It settles which column is meant, if that is open.
func (l *List) entry(text string, line int) (e journal.Entry, ok bool) {
	text = strings.ReplaceAll(text, "\x00", "")
	if i := strings.IndexByte(text, '#'); i == 0 || i > 0 && strings.ContainsRune(" \t", rune(text[i-1])) {
		text = text[:i]
	}
	if text = strings.TrimSpace(text); text == "" {
		return e, false
	}
	field, ok := l.field(text)
	if !ok {
		return e, false
	}
	if strings.TrimSpace(field) == "" { // the line has something, but not there
		field = text
	}
	return entryOf(field, line), true
}

// headings are those of columns with domains.
var headings = []string{"domain", "domains", "domain name", "domain_name", "domainname", "host", "hostname", "name", "fqdn", "rootdomain", "root domain", "website", "site"}

// field returns what stands in the column; ok is false for a line of headings.
func (l *List) field(text string) (s string, ok bool) {
	fields := split(text)
	if l.Column > 0 {
		if l.Column > len(fields) {
			return fields[0], true
		}
		s = fields[l.Column-1]
		return s, !slices.Contains(headings, strings.ToLower(s))
	}
	for i, f := range fields {
		if slices.Contains(headings, strings.ToLower(f)) {
			l.Column = i + 1
			return "", false
		}
	}
	if len(fields) == 1 {
		return text, true
	}
	for i, f := range fields {
		if entryOf(f, 0).Fault == "" {
			l.Column = i + 1
			return f, true
		}
	}
	return text, true
}

// split splits a line of CSV at its commas, or else semicolons or tabs.
func split(text string) []string {
	for _, comma := range []rune{',', ';', '\t'} {
		if !strings.ContainsRune(text, comma) {
			continue
		}
		r := csv.NewReader(strings.NewReader(text))
		r.Comma, r.LazyQuotes = comma, true
		fields, err := r.Read()
		if err != nil {
			break
		}
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		return fields
	}
	return []string{strings.Trim(text, `"`)}
}

// longestJunk is how many bytes are kept of what is no name.
const longestJunk = 253

// entryOf reads a name of a domain.
func entryOf(s string, line int) journal.Entry {
	ascii, _, err := discover.Name(s)
	if !utf8.ValidString(s) {
		err = errors.New("no name of a domain: it is not in UTF-8")
	}
	if _, no := netip.ParseAddr(s); no == nil {
		err = errors.New("no name of a domain: it is an address")
	}
	if err != nil {
		return journal.Entry{Name: cut(strings.ToValidUTF8(s, "\uFFFD"), longestJunk), Line: line, Fault: err.Error()}
	}
	return journal.Entry{Name: ascii, Line: line}
}

// cut returns the beginning of s, at most n bytes of whole characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
