package lab

import (
	"crypto"
	"crypto/x509"
	_ "embed" // for the key
	"encoding/pem"
	"errors"
	"fmt"
)

// knownKey is the key of aiosmtpd's tests (aiosmtpd/tests/certs/server.key, Apache License 2.0), which everybody has.
//
//go:embed known_key.pem
var knownKey []byte

func publishedKey() (crypto.Signer, error) {
	block, _ := pem.Decode(knownKey)
	if block == nil {
		return nil, errors.New("the published key is no PEM")
	}
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("the published key: %w", err)
	}
	signer, ok := k.(crypto.Signer)
	if !ok {
		return nil, errors.New("the published key cannot sign")
	}
	return signer, nil
}
