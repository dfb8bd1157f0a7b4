package realtest

import (
	"context"
	"path/filepath"
)

// NSS is NSS's selfserv, an HTTP server: a mail client waits for its greeting in vain.
type NSS struct {
	// Keys are the kinds of its certificates.
	Keys []Key
	// Versions is its -V, "tls1.0:tls1.2".
	Versions string
	// Ciphers is its -c, ":C02F:C030"; empty leaves NSS's default.
	Ciphers string
	// Args are further arguments.
	Args []string
}

// Start runs it; see Starter. The one service is tls.
func (n NSS) Start(ctx context.Context) (*Server, error) {
	for _, p := range []string{"certutil", "pk12util", "openssl"} {
		if _, err := Lookup(p); err != nil {
			return nil, err
		}
	}
	return startStack(ctx, "selfserv", nil, n.Keys, func(dir, port string, pairs []pair) ([]string, error) {
		if err := makeDatabase(ctx, dir, pairs); err != nil {
			return nil, err
		}
		args := []string{"-d", "sql:" + dir, "-p", port, "-V", n.Versions}
		for _, p := range pairs {
			args = append(args, map[Key]string{RSA: "-n", ECDSA: "-e"}[p.kind], string(p.kind))
		}
		if n.Ciphers != "" {
			args = append(args, "-c", n.Ciphers)
		}
		return append(args, n.Args...), nil
	})
}

// bundlePassword opens the PKCS #12 files that carry keys to NSS and Java; neither takes PEM.
const bundlePassword = "mailtls"

// makeDatabase makes an NSS database in dir with the keys under the names of their kinds.
func makeDatabase(ctx context.Context, dir string, pairs []pair) error {
	if err := tool(ctx, "certutil", "-N", "-d", "sql:"+dir, "--empty-password"); err != nil {
		return err
	}
	for _, p := range pairs {
		file, err := bundle(ctx, dir, p)
		if err != nil {
			return err
		}
		if err := tool(ctx, "pk12util", "-i", file, "-d", "sql:"+dir, "-W", bundlePassword); err != nil {
			return err
		}
	}
	return nil
}

// bundle writes an identity as PKCS #12.
func bundle(ctx context.Context, dir string, p pair) (string, error) {
	file := filepath.Join(dir, string(p.kind)+".p12")
	return file, tool(ctx, "openssl", "pkcs12", "-export", "-in", p.cert, "-inkey", p.key, "-name", string(p.kind),
		"-passout", "pass:"+bundlePassword, "-out", file)
}
