package x509lax

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// bundleModule is the module that carries Mozilla's root certificates.
const bundleModule = "golang.org/x/crypto/x509roots/fallback"

// Roots are trusted root certificates and where they come from.
type Roots struct {
	Pool    *x509.CertPool
	Count   int
	SHA256  string    // over the certificates in their order, hex; names this very set
	Version string    // of the module that carries them; empty if the build does not tell
	Date    time.Time // of that version; zero if it does not tell
}

// MozillaRoots gives the root certificates that Mozilla trusts for servers, as they were when this program was built,
// with Mozilla's dates after which some of them may not have issued. It parses them each time: keep the result.
func MozillaRoots() (*Roots, error) {
	r := &Roots{Pool: x509.NewCertPool(), Version: moduleVersion()}
	r.Date = pseudoVersionDate(r.Version)
	hash := sha256.New()
	for root := range bundle.Roots() {
		cert, err := x509.ParseCertificate(root.Certificate)
		if err != nil {
			return nil, fmt.Errorf("reading root certificate %d of the bundle: %w", r.Count, err)
		}
		if root.Constraint != nil {
			r.Pool.AddCertWithConstraint(cert, root.Constraint)
		} else {
			r.Pool.AddCert(cert)
		}
		hash.Write(root.Certificate)
		r.Count++
	}
	r.SHA256 = hex.EncodeToString(hash.Sum(nil))
	return r, nil
}

func moduleVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == bundleModule {
			return m.Version
		}
	}
	return ""
}

// pseudoVersionDate reads the time in a pseudo-version, v0.0.0-20260102150405-abcdefabcdef.
func pseudoVersionDate(version string) time.Time {
	parts := strings.Split(version, "-")
	if len(parts) < 3 {
		return time.Time{}
	}
	t, err := time.Parse("20060102150405", parts[len(parts)-2])
	if err != nil {
		return time.Time{}
	}
	return t
}
