package cipherstring

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mailtls/mailtls/tlswire"
)

// gnutlsSuite is a row of data/gnutls-3.7.csv.
type gnutlsSuite struct {
	id   tlswire.Suite
	name string
	kx   string // empty in TLS 1.3
	min  string // the oldest version, such as "TLS1.2"
}

// gnutlsTable is what GnuTLS was built with.
type gnutlsTable struct {
	suites            map[[3]string]gnutlsSuite // by key exchange, cipher and MAC
	kx, ciphers, macs []string
	keywords          []keyword
}

// keyword is a word that a priority string begins with; later ones, after a "+", add what they have.
type keyword struct {
	name              string
	suiteB            bool // TLS 1.2 alone
	kx, ciphers, macs []string
}

func readGnuTLS() (*gnutlsTable, error) {
	rows, err := readTable("data/gnutls-3.7.csv")
	if err != nil {
		return nil, err
	}
	t := &gnutlsTable{suites: map[[3]string]gnutlsSuite{}}
	for _, r := range rows {
		id, err := strconv.ParseUint(r[0], 16, 16)
		if err != nil {
			return nil, err
		}
		t.suites[[3]string{r[2], r[3], r[4]}] = gnutlsSuite{id: tlswire.Suite(id), name: r[1], kx: r[2], min: r[5]}
		t.kx, t.ciphers, t.macs = with(t.kx, r[2]), with(t.ciphers, r[3]), with(t.macs, r[4])
	}
	rows, err = readTable("data/gnutls-keywords.csv")
	for _, r := range rows {
		t.keywords = append(t.keywords, keyword{
			name: r[0], suiteB: r[1] != "", kx: strings.Fields(r[2]), ciphers: strings.Fields(r[3]), macs: strings.Fields(r[4]),
		})
	}
	return t, err
}

// with returns list and words, each once.
func with(list []string, words ...string) []string {
	for _, w := range words {
		if w != "" && !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
}

// without returns list without words.
func without(list []string, words ...string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(x string) bool { return slices.Contains(words, x) })
}
