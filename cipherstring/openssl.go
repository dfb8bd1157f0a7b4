package cipherstring

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/tlswire"
)

// OpenSSLVersion is a version of OpenSSL, by what its lists have in common.
type OpenSSLVersion string

// The versions.
const (
	OpenSSL102 OpenSSLVersion = "1.0.2"
	OpenSSL111 OpenSSLVersion = "1.1.1"
	OpenSSL3   OpenSSLVersion = "3.x" // the lists are those of 3.0
)

// OpenSSLVersions returns all versions, oldest first.
func OpenSSLVersions() []OpenSSLVersion { return []OpenSSLVersion{OpenSSL102, OpenSSL111, OpenSSL3} }

// data returns the version whose lists are used.
func (v OpenSSLVersion) data() string {
	if v == OpenSSL3 {
		return "3.0"
	}
	return string(v)
}

// defaultList is what DEFAULT stands for.
func (v OpenSSLVersion) defaultList() string {
	if v == OpenSSL102 {
		return "ALL:!EXPORT:!LOW:!aNULL:!eNULL:!SSLv2"
	}
	return "ALL:!COMPLEMENTOFDEFAULT:!eNULL"
}

// OpenSSL evaluates a cipher list as OpenSSL's SSL_CTX_set_cipher_list does. The error says why OpenSSL takes no such
// list: it cannot be read, or it enables nothing.
func OpenSSL(v OpenSSLVersion, list string) (*Result, error) {
	if !slices.Contains(OpenSSLVersions(), v) {
		return nil, fmt.Errorf("OpenSSL %q is not known", string(v))
	}
	if len(list) > maxLength {
		return nil, fmt.Errorf("the list is longer than %d bytes", maxLength)
	}
	table, err := v.table()
	if err != nil {
		return nil, err
	}
	e := &evaluation{version: v, table: table, order: v.initial(table.suites), result: &Result{Library: "OpenSSL " + v.data(), Level: 1}}
	if v == OpenSSL102 {
		e.result.Level = -1
	}
	if err := e.list(list); err != nil {
		return nil, err
	}
	enabled := e.order.enabled()
	if len(enabled) == 0 {
		return nil, e.nothing()
	}
	e.collect(enabled)
	return e.result, nil
}

// nothing is the error about a list without a suite.
func (e *evaluation) nothing() error {
	for _, w := range e.result.Warnings {
		return fmt.Errorf("the list enables no suite, so OpenSSL refuses it: %s %s", w.Word, w.Text)
	}
	return errors.New("the list enables no suite, so OpenSSL refuses it")
}

// collect puts what is enabled into the result, after the suites of TLS 1.3, which lists do not touch (they have a
// setting of their own, Ciphersuites).
func (e *evaluation) collect(enabled []*opensslSuite) {
	var first []*opensslSuite
	for _, id := range []tlswire.Suite{tlswire.TLS_AES_256_GCM_SHA384, tlswire.TLS_CHACHA20_POLY1305_SHA256, tlswire.TLS_AES_128_GCM_SHA256} {
		for _, s := range e.table.suites {
			if s.id == id {
				first = append(first, s)
			}
		}
	}
	for _, s := range append(first, enabled...) {
		e.result.Suites = append(e.result.Suites, Entry{ID: s.id, Name: s.name, Barred: s.barred(e.result.Level)})
	}
}

// suiteB are the words that replace the whole list if it starts with one (RFC 6460; openssl-ciphers(1), "Suite B").
func suiteB(list string) string {
	const aes128, aes256 = "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"
	for _, b := range []struct{ word, list string }{
		{"SUITEB128ONLY", aes128}, {"SUITEB128C2", aes256}, {"SUITEB128", aes128 + ":" + aes256}, {"SUITEB192", aes256},
	} {
		if strings.HasPrefix(list, b.word) {
			return b.list
		}
	}
	return list
}
