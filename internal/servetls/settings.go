package servetls

import (
	"crypto/tls"
	"log"
	"log/slog"
)

// settings are those of a server that only asks for what every browser of the last ten years has: TLS 1.2 with forward secrecy and authenticated
// encryption, and TLS 1.3, whose suites are all so (RFC 9325, Section 4.2). Groups are Go's, the one safe against quantum computers first.
func settings() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}, CipherSuites: []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	}}
}

// ErrorLog is for a server's complaints about connections: strangers cause them at will, so that they are told to those alone who look for them.
func ErrorLog(to *slog.Logger) *log.Logger { return slog.NewLogLogger(to.Handler(), slog.LevelDebug) }
