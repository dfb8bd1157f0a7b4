package client

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/mailtls/mailtls/tlswire"
)

// The limits of what Read takes.
const (
	maxBytes    = 4 << 20
	maxProfiles = 10_000
	maxList     = 1000 // code points in one list
)

// column is one column of a file of profiles: its name, and how to read and write its field.
type column struct {
	name string
	set  func(*Profile, string) error
	text func(*Profile) string
}

// columns are all columns, in their order.
func columns() []column {
	return slices.Concat(nameColumns(), offerColumns(), limitColumns())
}

func nameColumns() []column {
	return []column{
		words("id", func(p *Profile) *string { return &p.ID }),
		words("name", func(p *Profile) *string { return &p.Name }),
		oneOf("kind", kinds, func(p *Profile) *Kind { return &p.Kind }),
		{"protocols", setProtocols, func(p *Profile) string { return strings.Join(p.Protocols, " ") }},
		words("trust", func(p *Profile) *string { return &p.Trust }),
	}
}

func offerColumns() []column {
	return []column{
		version("min_version", func(p *Profile) *tlswire.Version { return &p.Min }),
		version("max_version", func(p *Profile) *tlswire.Version { return &p.Max }),
		yesNo("sslv2_hello", func(p *Profile) *bool { return &p.SSLv2Hello }),
		codes("suites", func(p *Profile) *[]tlswire.Suite { return &p.Suites }),
		codes("groups", func(p *Profile) *[]tlswire.Group { return &p.Groups }),
		codes("key_shares", func(p *Profile) *[]tlswire.Group { return &p.KeyShares }),
		codes("schemes", func(p *Profile) *[]tlswire.SignatureScheme { return &p.Schemes }),
		yesNo("sni", func(p *Profile) *bool { return &p.SNI }),
	}
}

func limitColumns() []column {
	return []column{
		bits("min_dh_bits", func(p *Profile) *int { return &p.MinDHBits }),
		bits("max_dh_bits", func(p *Profile) *int { return &p.MaxDHBits }),
		bits("min_rsa_bits", func(p *Profile) *int { return &p.MinRSABits }),
		bits("max_rsa_bits", func(p *Profile) *int { return &p.MaxRSABits }),
		yesNo("sha2_only", func(p *Profile) *bool { return &p.SHA2Only }),
		yesNo("sha2_signing", func(p *Profile) *bool { return &p.SHA2Signing }),
		oneOf("fidelity", fidelities, func(p *Profile) *Fidelity { return &p.Fidelity }),
		words("source", func(p *Profile) *string { return &p.Source }),
		words("note", func(p *Profile) *string { return &p.Note }),
	}
}

// Read reads profiles as CSV (RFC 4180) with the columns of docs/clients.md, all of them and in their order. It reads
// strictly: the error names the line and the column, and then nothing is returned.
func Read(r io.Reader) ([]Profile, error) {
	limited := &io.LimitedReader{R: r, N: maxBytes + 1}
	in := csv.NewReader(limited)
	cols := columns()
	if err := readHeader(in, cols); err != nil {
		if limited.N == 0 {
			return nil, errTooLarge()
		}
		return nil, err
	}
	var out []Profile
	seen := make(map[string]bool)
	for {
		row, err := in.Read()
		switch {
		case limited.N == 0 || len(out) > maxProfiles:
			return nil, errTooLarge()
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, fmt.Errorf("reading profiles: %w", err)
		}
		line, _ := in.FieldPos(0)
		p, err := readRow(row, cols)
		if err == nil && seen[p.ID] {
			err = fmt.Errorf("id: %q was there already", p.ID)
		}
		if err != nil {
			return nil, fmt.Errorf("reading profiles: line %d: %w", line, err)
		}
		seen[p.ID] = true
		out = append(out, p)
	}
}

func errTooLarge() error {
	return fmt.Errorf("reading profiles: more than %d MB or %d profiles", maxBytes>>20, maxProfiles)
}

func readHeader(in *csv.Reader, cols []column) error {
	row, err := in.Read()
	if errors.Is(err, io.EOF) {
		return errors.New("reading profiles: the file is empty")
	}
	if err != nil {
		return fmt.Errorf("reading profiles: %w", err)
	}
	switch first := row[0]; {
	case strings.HasPrefix(first, "\uFEFF"), strings.HasPrefix(first, "\xFE\xFF"), strings.HasPrefix(first, "\xFF\xFE"):
		return errors.New("reading profiles: line 1: it begins with a byte order mark: save it as UTF-8 without one")
	case !utf8.ValidString(first):
		return errors.New("reading profiles: line 1: it is not UTF-8")
	}
	for i, c := range cols {
		if i >= len(row) || row[i] != c.name {
			if i < len(row) && row[i] != "" {
				return fmt.Errorf("reading profiles: line 1: column %d is not %q, but %q", i+1, c.name, row[i])
			}
			return fmt.Errorf("reading profiles: line 1: column %d is not %q", i+1, c.name)
		}
	}
	if len(row) > len(cols) {
		return fmt.Errorf("reading profiles: line 1: unknown column %q", row[len(cols)])
	}
	return nil
}

func readRow(row []string, cols []column) (Profile, error) {
	var p Profile
	for i, c := range cols {
		if err := c.set(&p, row[i]); err != nil {
			return Profile{}, fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return p, p.validate()
}

// validate finds what contradicts itself.
func (p *Profile) validate() error {
	switch {
	case p.ID == "" || p.Name == "":
		return errors.New("id and name must be set")
	case p.Min > p.Max:
		return fmt.Errorf("max_version: %v is older than min_version", p.Max)
	case len(p.Suites) == 0:
		return errors.New("suites: none")
	case len(p.KeyShares) > 0 && p.Max < tlswire.TLS13:
		return errors.New("key_shares: only TLS 1.3 has them")
	case p.MaxDHBits > 0 && p.MinDHBits > p.MaxDHBits, p.MaxRSABits > 0 && p.MinRSABits > p.MaxRSABits:
		return errors.New("a limit in bits is above its maximum")
	}
	for _, g := range p.KeyShares {
		if !slices.Contains(p.Groups, g) {
			return fmt.Errorf("key_shares: %v is not among the groups", g)
		}
	}
	return nil
}

func setProtocols(p *Profile, text string) error {
	p.Protocols = strings.Fields(text)
	for _, x := range p.Protocols {
		if !slices.Contains(protocols, x) {
			return fmt.Errorf("%q: want %s", x, strings.Join(protocols, ", "))
		}
	}
	if len(p.Protocols) == 0 {
		return errors.New("none")
	}
	return nil
}

func words(name string, field func(*Profile) *string) column {
	return column{name, func(p *Profile, s string) error { *field(p) = s; return nil }, func(p *Profile) string { return *field(p) }}
}

func oneOf[T ~string](name string, all []T, field func(*Profile) *T) column {
	return column{name, func(p *Profile, s string) error {
		if !slices.Contains(all, T(s)) {
			return fmt.Errorf("%q: want one of %q", s, all)
		}
		*field(p) = T(s)
		return nil
	}, func(p *Profile) string { return string(*field(p)) }}
}

// version reads a version that a handshake can end in; SSLv2 is none of those that this package follows.
func version(name string, field func(*Profile) *tlswire.Version) column {
	return column{name, func(p *Profile, s string) error {
		var v tlswire.Version
		if err := v.UnmarshalText([]byte(s)); err != nil || v < tlswire.SSLv3 || v > tlswire.TLS13 {
			return fmt.Errorf("%q: want SSLv3, TLS 1.0, TLS 1.1, TLS 1.2 or TLS 1.3", s)
		}
		*field(p) = v
		return nil
	}, func(p *Profile) string { return field(p).String() }}
}

func yesNo(name string, field func(*Profile) *bool) column {
	return column{name, func(p *Profile, s string) error {
		if s != "Y" && s != "N" {
			return fmt.Errorf("%q: want Y or N", s)
		}
		*field(p) = s == "Y"
		return nil
	}, func(p *Profile) string { return map[bool]string{true: "Y", false: "N"}[*field(p)] }}
}

// bits reads a number of bits; an empty field is 0, no known limit.
func bits(name string, field func(*Profile) *int) column {
	return column{name, func(p *Profile, s string) error {
		if s == "" {
			return nil
		}
		n, err := strconv.ParseUint(s, 10, 16)
		if err != nil || n == 0 {
			return fmt.Errorf("%q: want a number of bits", s)
		}
		*field(p) = int(n)
		return nil
	}, func(p *Profile) string {
		if *field(p) == 0 {
			return ""
		}
		return strconv.Itoa(*field(p))
	}}
}

// codes reads a list of code points of 16 bits, four hexadecimal digits each.
func codes[T tlswire.Suite | tlswire.Group | tlswire.SignatureScheme](name string, field func(*Profile) *[]T) column {
	return column{name, func(p *Profile, s string) error {
		for _, word := range strings.Fields(s) {
			n, err := strconv.ParseUint(word, 16, 16)
			if err != nil || len(word) != 4 {
				return fmt.Errorf("%q: want four hexadecimal digits", word)
			}
			*field(p) = append(*field(p), T(n))
		}
		if len(*field(p)) > maxList {
			return fmt.Errorf("%d code points: at most %d", len(*field(p)), maxList)
		}
		return nil
	}, func(p *Profile) string {
		var out []string
		for _, x := range *field(p) {
			out = append(out, fmt.Sprintf("%04X", uint32(x)))
		}
		return strings.Join(out, " ")
	}}
}

// Write writes profiles as Read reads them.
func Write(w io.Writer, profiles []Profile) error {
	cols := columns()
	out := csv.NewWriter(w)
	row := make([]string, len(cols))
	for i, c := range cols {
		row[i] = c.name
	}
	_ = out.Write(row) // Flush and Error tell
	for i := range profiles {
		for k, c := range cols {
			row[k] = c.text(&profiles[i])
		}
		_ = out.Write(row)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("writing profiles: %w", err)
	}
	return nil
}
