package discover

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/resolve"
	"github.com/mailtls/mailtls/mtasts"
)

// policy fetches the policy of a domain as senders do (RFC 8461, Section 3.3). What the server does wrong is a fault of the policy; if
// nothing came from it, the fact is Unknown, with the URL alone, as that may be due to the network here.
func (f Fetcher) policy(ctx context.Context, r resolve.Resolver, domain string) evidence.Fact[evidence.STSPolicy] {
	host := "mta-sts." + domain
	v := evidence.STSPolicy{URL: "https://" + host + "/.well-known/mta-sts.txt"}
	page, err := f.fetch(ctx, r, wish{url: v.URL, limit: mtasts.MaxPolicy, timeout: cmp.Or(f.Timeout, time.Minute)})
	if errors.Is(ctx.Err(), context.Canceled) {
		return evidence.Fact[evidence.STSPolicy]{State: evidence.Unknown, Why: "interrupted"}
	}
	if errors.Is(err, errPrivate) {
		return evidence.Fact[evidence.STSPolicy]{State: evidence.Unknown, Why: "the policy was not fetched from " + host + ": " + err.Error()}
	}
	v.Certificate = policyCertificate(page.certificate, host)
	if err == nil {
		err = readPolicy(&v, page)
	}
	if _, silent := errors.AsType[silence](err); silent {
		return evidence.Fact[evidence.STSPolicy]{State: evidence.Unknown, Value: evidence.STSPolicy{URL: v.URL}, Why: "the policy could not be fetched from here: " + unanswered[int](err).Why}
	}
	if err != nil {
		v.Fault = err.Error()
	}
	return known(v)
}

// readPolicy reads what came.
func readPolicy(v *evidence.STSPolicy, p page) error {
	if p.code != http.StatusOK {
		return fmt.Errorf("the server answers %.60s", p.status)
	}
	if media, _, err := mime.ParseMediaType(p.media); err != nil || media != "text/plain" {
		return fmt.Errorf("the media type is %.60q: want text/plain", p.media)
	}
	v.Text = string(p.body[:min(len(p.body), mtasts.MaxPolicy)])
	policy, err := mtasts.ParsePolicy(p.body)
	if err != nil {
		return err
	}
	v.Mode, v.MX, v.MaxAge, v.Notes = string(policy.Mode), policy.MX, policy.MaxAge, policy.Notes
	return nil
}

// maxNames is how many names of a certificate are kept.
const maxNames = 20

// policyCertificate is what there is to say of the certificate of a policy's host, nil if it showed none.
func policyCertificate(c *x509.Certificate, host string) *evidence.PolicyCertificate {
	if c == nil {
		return nil
	}
	out := &evidence.PolicyCertificate{Issuer: c.Issuer.String(), From: c.NotBefore.UTC(), Until: c.NotAfter.UTC()}
	var others []string
	for _, name := range c.DNSNames {
		if one := (&x509.Certificate{DNSNames: []string{name}}); one.VerifyHostname(host) == nil {
			out.Covered = append(out.Covered, strings.ToLower(name))
		} else {
			others = append(others, strings.ToLower(name))
		}
	}
	out.Names = slices.Concat(out.Covered, others)
	out.Names = out.Names[:min(len(out.Names), maxNames)]
	out.Covered = out.Covered[:min(len(out.Covered), maxNames)]
	return out
}
