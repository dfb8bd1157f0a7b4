package mailtls_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/tlswire"
)

// A scan of a server that speaks TLS 1.2 and 1.3 as it should. The server is one of the lab's, on this machine; its
// certificate is for localhost.
func ExampleScan() {
	ctx := context.Background()
	addr, cfg, stop := strongServer(ctx)
	defer stop()

	r, err := mailtls.Scan(ctx, "smtp://"+addr, cfg)
	if err != nil {
		log.Fatal(err)
	}
	e := r.Endpoints[0]
	fmt.Println("verdict:", e.Verdict)
	fmt.Println("versions:", e.Facts.Versions.Value)
	fmt.Println("TLS 1.0:", evidence.Has(e.Facts.Versions, tlswire.TLS10))
	for _, s := range e.Facts.Suites.Value[tlswire.TLS13] {
		fmt.Println(s)
	}
	// Output:
	// verdict: pass
	// versions: [TLS 1.2 TLS 1.3]
	// TLS 1.0: no
	// TLS_AES_256_GCM_SHA384
	// TLS_CHACHA20_POLY1305_SHA256
	// TLS_AES_128_GCM_SHA256
}

// A quick scan asks only what the checks need to know.
func ExampleScan_quick() {
	ctx := context.Background()
	addr, cfg, stop := strongServer(ctx)
	defer stop()

	cfg.Quick = true
	r, err := mailtls.Scan(ctx, "smtp://"+addr, cfg)
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range r.Endpoints[0].Findings {
		if f.Check == "protocol-tls10" {
			fmt.Println(f.Check, f.Level)
		}
	}
	fmt.Println(r.Endpoints[0].Cost.Connections <= 12)
	// Output:
	// protocol-tls10 pass
	// true
}

func ExampleParseTarget() {
	t, err := mailtls.ParseTarget("imaps://mail.example.org")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(t.Protocol, t.Host, t.Port)
	// Output: imaps mail.example.org 993
}

// strongServer starts a server of the lab, and returns its address and a Config that trusts it.
func strongServer(ctx context.Context) (addr string, cfg *mailtls.Config, stop func()) {
	ca, err := lab.NewCA(time.Now())
	if err != nil {
		log.Fatal(err)
	}
	server, ok := lab.ByName("strong")
	if !ok {
		log.Fatal("the lab has no strong server")
	}
	running, err := lab.Start(ctx, server, ca)
	if err != nil {
		log.Fatal(err)
	}
	return running.Addr, &mailtls.Config{ServerName: "localhost", Roots: ca.Pool()}, func() { running.Close() }
}
