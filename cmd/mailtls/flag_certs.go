package main

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
)

// certFile is a flag that takes a file of certificates in PEM.
type certFile struct {
	path  string
	certs []*x509.Certificate
}

// maxCertFile is more than any bundle of root certificates has, in bytes.
const maxCertFile = 8 << 20

func (c *certFile) String() string { return c.path }
func (c *certFile) Type() string   { return "file" }

func (c *certFile) Set(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("cannot be read: %w", errors.Unwrap(err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxCertFile+1))
	switch {
	case err != nil:
		return fmt.Errorf("cannot be read: %w", errors.Unwrap(err))
	case len(text) > maxCertFile:
		return fmt.Errorf("is larger than %d MB: want a file of certificates in PEM", maxCertFile>>20)
	}
	certs, err := certificates(text)
	if err != nil {
		return err
	}
	c.path, c.certs = path, certs
	return nil
}

// certificates reads all certificates of a text in PEM; there must be one.
func certificates(text []byte) ([]*x509.Certificate, error) {
	var list []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d cannot be read: %w", len(list)+1, err)
		}
		list = append(list, c)
	}
	if len(list) == 0 {
		return nil, errors.New("has no certificate: want a file in PEM, with -----BEGIN CERTIFICATE-----")
	}
	return list, nil
}
