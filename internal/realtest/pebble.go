package realtest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Pebble is an authority that speaks ACME, for tests, with the services acme, whose directory is at /dir, and management, which tells its root at
// /roots/0. Both speak TLS with the certificate of this process.
type Pebble struct {
	// DNS is the address of the name server by which it finds who wants certificates.
	DNS string
	// HTTPPort and TLSPort are where it looks whether names are theirs.
	HTTPPort, TLSPort int
}

// Start runs it; see Starter.
func (p Pebble) Start(ctx context.Context) (*Server, error) {
	return start(ctx, func() (launch, error) { return p.prepare() })
}

func (p Pebble) prepare() (launch, error) {
	dir, services, err := prepare("pebble", loopback, p.configure, "acme", "management")
	return launch{name: "pebble", program: "pebble", args: []string{"-config", filepath.Join(dir, "pebble.json"), "-dnsserver", p.DNS, "-strict"}, dir: dir,
		services: services, env: []string{"PEBBLE_VA_NOSLEEP=1"}}, err
}

func (p Pebble) configure(dir string, services map[string]string) error {
	pairs, err := writeKeys(dir, []Key{ECDSA})
	if err != nil {
		return err
	}
	text, err := json.Marshal(map[string]any{"pebble": map[string]any{"listenAddress": services["acme"], "managementListenAddress": services["management"],
		"certificate": pairs[0].cert, "privateKey": pairs[0].key, "httpPort": p.HTTPPort, "tlsPort": p.TLSPort}})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "pebble.json"), text, 0o600)
	}
	if err != nil {
		return fmt.Errorf("configuring pebble: %w", err)
	}
	return nil
}
