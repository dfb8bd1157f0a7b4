package servetls

import (
	"context"
	"crypto/tls"
	"log"
	"log/slog"
	"strings"
)

// settings are those of a server that only asks for what every browser of the last ten years has: TLS 1.2 with forward secrecy and authenticated
// encryption, and TLS 1.3, whose suites are all so (RFC 9325, Section 4.2). Groups are Go's, the one safe against quantum computers first.
func settings() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}, CipherSuites: []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	}}
}

// ErrorLog is for a server's complaints. Those about handshakes strangers cause at will, so that they are told to those alone who look for them; the
// others are of panics, and of connections that cannot be taken.
func ErrorLog(to *slog.Logger) *log.Logger { return log.New(complaints{to}, "", 0) }

// complaints are the lines that a server of net/http logs, one in each call.
type complaints struct{ to *slog.Logger }

// Write tells a line.
func (c complaints) Write(line []byte) (int, error) {
	level := slog.LevelError
	if strings.HasPrefix(string(line), "http: TLS handshake error") {
		level = slog.LevelDebug
	}
	c.to.Log(context.Background(), level, strings.TrimSuffix(string(line), "\n"))
	return len(line), nil
}
