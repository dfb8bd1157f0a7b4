package cipherstring

import (
	"embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mailtls/mailtls/tlswire"
)

//go:embed data/*.csv
var data embed.FS

// tls13 is what OpenSSL calls the version of the suites that no cipher list moves.
const tls13 = "TLSv1.3"

// opensslSuite is a row of data/openssl-*.csv; the texts are those of "openssl ciphers -v".
type opensslSuite struct {
	id   tlswire.Suite
	name string
	columns
	strength int // by which @STRENGTH sorts
}

// nonDefault marks what is not in DEFAULT from 1.1.1 on.
const nonDefault = "nondefault"

// column is a property of suites that aliases ask for.
type column int

// The columns.
const (
	kx column = iota
	auth
	enc
	bits
	mac
	minimum // the oldest version
	class   // HIGH, MEDIUM, FIPS …: a suite may have several
	mark    // from 1.1.1 on "nondefault", in 1.0.2 "NOT_EXP"; or empty
	nColumns
)

// columns are the values of one suite; empty lists where it has none.
type columns [nColumns][]string

// is reports whether the first value of a column is one of list.
func (c *columns) is(n column, list ...string) bool { return slices.Contains(list, c[n][0]) }

// alias is a word that stands for several suites.
type alias struct {
	name  string
	terms string // columns with the values that fit, or after a "!" do not
}

// opensslTable is what one version of OpenSSL was built with.
type opensslTable struct {
	suites  []*opensslSuite
	aliases []alias
}

func (v OpenSSLVersion) table() (*opensslTable, error) {
	rows, err := readTable("data/openssl-" + v.data() + ".csv")
	if err != nil {
		return nil, err
	}
	t := &opensslTable{}
	for _, r := range rows {
		id, err := strconv.ParseUint(r[0], 16, 16)
		if err != nil {
			return nil, err
		}
		s := &opensslSuite{id: tlswire.Suite(id), name: r[1]}
		for n := range nColumns {
			s.columns[n] = strings.Split(r[2+n], "|")
		}
		if s.strength, err = strconv.Atoi(r[2+nColumns]); err != nil {
			return nil, err
		}
		t.suites = append(t.suites, s)
	}
	t.aliases, err = readAliases(v.data())
	return t, err
}

// readAliases returns the aliases that a version knows; of all versions, if none is named.
func readAliases(version string) ([]alias, error) {
	rows, err := readTable("data/openssl-aliases.csv")
	var out []alias
	for _, r := range rows {
		if version == "" || r[1] == "" || slices.Contains(strings.Fields(r[1]), version) {
			out = append(out, alias{name: r[0], terms: r[2]})
		}
	}
	return out, err
}

// readTable reads a table without its first line, which names the columns.
func readTable(name string) ([][]string, error) {
	f, err := data.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return rows[1:], nil
}
