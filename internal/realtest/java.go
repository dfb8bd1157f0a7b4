package realtest

import (
	"context"
	_ "embed" // for the server's source
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed TlsServer.java
var javaSource []byte

// javaSecurity lifts every restriction of the JDK's java.security: the configuration alone decides.
const javaSecurity = "jdk.tls.disabledAlgorithms=\njdk.tls.legacyAlgorithms=\njdk.certpath.disabledAlgorithms=\n"

// Java is a little SMTP server on Java's JSSE, compiled at its start.
type Java struct {
	// Keys are the kinds of its certificates.
	Keys []Key
	// Versions are Java's names of protocol versions, "TLSv1.2".
	Versions []string
	// Suites are Java's names of cipher suites (the IANA names, but for some that begin with SSL_), best first.
	Suites []string
	// ServerOrder makes the order of Suites decide, rather than the client's.
	ServerOrder bool
	// Silent makes it say nothing.
	Silent bool
}

// Start runs it; see Starter. The one service is tls.
func (j Java) Start(ctx context.Context) (*Server, error) {
	if _, err := Lookup("openssl"); err != nil {
		return nil, err
	}
	return startStack(ctx, "java", nil, j.Keys, func(dir, port string, pairs []pair) ([]string, error) {
		store, err := makeKeyStore(ctx, dir, pairs)
		if err != nil {
			return nil, err
		}
		source, policy := filepath.Join(dir, "TlsServer.java"), filepath.Join(dir, "java.security")
		for file, content := range map[string][]byte{source: javaSource, policy: []byte(javaSecurity)} {
			if err := os.WriteFile(file, content, 0o644); err != nil {
				return nil, fmt.Errorf("preparing Java: %w", err)
			}
		}
		return []string{"-Djava.security.properties=" + policy, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", source,
			port, store, bundlePassword, strings.Join(j.Versions, ","), strings.Join(j.Suites, ","), strconv.FormatBool(j.ServerOrder), strconv.FormatBool(j.Silent)}, nil
	})
}

// makeKeyStore gives one PKCS #12 file with all keys. OpenSSL writes one key to a file; keytool joins two.
func makeKeyStore(ctx context.Context, dir string, pairs []pair) (string, error) {
	store, err := bundle(ctx, dir, pairs[0])
	if err != nil {
		return "", err
	}
	for _, p := range pairs[1:] {
		file, err := bundle(ctx, dir, p)
		if err != nil {
			return "", err
		}
		if err := tool(ctx, "keytool", "-importkeystore", "-noprompt", "-srckeystore", file, "-srcstorepass", bundlePassword,
			"-destkeystore", store, "-deststorepass", bundlePassword); err != nil {
			return "", err
		}
	}
	return store, nil
}
