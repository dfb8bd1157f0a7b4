package servetls

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"

	"github.com/caddyserver/certmagic"
)

// LetsEncrypt is the directory of the authority that is asked if no other is named.
const LetsEncrypt = certmagic.LetsEncryptProductionCA

// Wish says which certificates are wanted, and from whom.
type Wish struct {
	Names     []string
	Directory string // URL of an authority that speaks ACME
	Email     string // by which it reaches us; may be empty
	Folder    string // keeps keys and certificates
	Port      int    // at which this service speaks TLS: port 443 of the names leads there
	HTTPPort  int    // at which it answers without: port 80 leads there; 0: it does not
	Log       *slog.Logger
}

// Authority has certificates made, and renewed in time.
type Authority struct {
	config *certmagic.Config
	issuer *certmagic.ACMEIssuer
	cache  *certmagic.Cache
	names  []string
}

// NewAuthority returns one that has not begun. The folder is made if it is not there.
func NewAuthority(w Wish) (*Authority, error) {
	if err := writable(w.Folder); err != nil {
		return nil, fmt.Errorf("the folder for certificates: %w", err)
	}
	a, log := &Authority{names: w.Names}, errorsTo(w.Log)
	a.cache = certmagic.NewCache(certmagic.CacheOptions{Logger: log,
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return a.config, nil }})
	a.config = certmagic.New(a.cache, certmagic.Config{Storage: &certmagic.FileStorage{Path: w.Folder}, Logger: log,
		DefaultServerName: w.Names[0], OnEvent: tell(w.Log),
		OCSP: certmagic.OCSPConfig{HTTPProxy: http.ProxyFromEnvironment}}) // else it asks by http.DefaultClient, which waits without end
	a.issuer = certmagic.NewACMEIssuer(a.config, certmagic.ACMEIssuer{CA: w.Directory, Email: w.Email, Agreed: true, Logger: log,
		AltTLSALPNPort: w.Port, AltHTTPPort: w.HTTPPort, DisableHTTPChallenge: w.HTTPPort == 0})
	a.config.Issuers = []certmagic.Issuer{a.issuer}
	return a, nil
}

// writable makes a folder if it is not there, and tries whether files can be made in it: else a certificate would be fetched, and be lost.
func writable(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, "try")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// tell logs what becomes of certificates; why there are none, errorsTo does.
func tell(log *slog.Logger) func(context.Context, string, map[string]any) error {
	return func(_ context.Context, event string, about map[string]any) error {
		if event == "cert_obtained" {
			log.Info("a certificate was issued", "name", about["identifier"], "renewal", about["renewal"])
		}
		return nil
	}
}

// Begin has the certificates made that are not there, in the background, and again before they expire. It ends with ctx and by Close. By then the
// service has to listen: the authority looks there.
func (a *Authority) Begin(ctx context.Context) error { return a.config.ManageAsync(ctx, a.names) }

// Close ends the watch over the certificates.
func (a *Authority) Close() { a.cache.Stop() }

// TLS is how to speak with the certificates, and to the authority that looks whether a name is ours (RFC 8737).
func (a *Authority) TLS() *tls.Config {
	own, c := a.config.TLSConfig(), settings()
	c.GetCertificate, c.NextProtos = own.GetCertificate, append(c.NextProtos, own.NextProtos...)
	return c
}

// Challenges answers the authority that looks without TLS whether a name is ours (RFC 8555, Section 8.3), and has next answer all others.
func (a *Authority) Challenges(next http.Handler) http.Handler {
	return a.issuer.HTTPChallengeHandler(next)
}
