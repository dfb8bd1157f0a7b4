package probe

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/agree"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

// modelCertificates are those that model servers show: with both, one of them is wrong, so that it matters which were seen.
func modelCertificates(at time.Time) map[string]*evidence.Certificate {
	list := map[string]*evidence.Certificate{}
	for name, key := range map[string]evidence.PublicKey{"rsa": {Algorithm: "RSA", Bits: 2048, Exponent: "65537", Tested: true, DebianTested: true},
		"ecdsa": {Algorithm: "EC", Curve: "secp256r1", Bits: 256}} {
		list[name] = &evidence.Certificate{SHA256: name, Version: 3, NotBefore: at.AddDate(0, -1, 0), NotAfter: at.AddDate(0, 1, 0), PublicKey: key,
			Signature: evidence.CertSignature{Name: "sha256WithRSAEncryption", Algorithm: "RSA", Hash: "SHA-256"},
			Names:     evidence.AltNames{DNS: []string{modelTarget.ServerName}, Count: 1}, KeyUsage: []string{"digitalSignature"}}
	}
	list["ecdsa"].NotAfter = at.AddDate(0, 0, -1)
	return list
}

// modelTrust trusts every chain.
func modelTrust([][]byte, string, time.Time) *evidence.TrustResult {
	return &evidence.TrustResult{Trusted: true, RootDN: "CN=Root"}
}

// judgedAs judges what a scan of a model server found, as that of a mail server of the given role.
func judgedAs(t *testing.T, ep *evidence.Endpoint, role policy.Role, quick bool) report.Endpoint {
	t.Helper()
	p, err := policy.Named(policy.Mail)
	if err != nil {
		t.Fatal(err)
	}
	one := *ep
	one.Blobs.Certificates = modelCertificates(ep.At)
	Derive(&one, modelTrust)
	if role == policy.Relay {
		one.Target.Protocol, one.Target.Port = "smtp", 25
	}
	return report.Build(evidence.Tool{Name: "mailtls"}, evidence.Run{Quick: quick}, p, &one).Endpoints[0]
}

// agreeServers is how many random servers are scanned in both ways.
const agreeServers = 60

// TestQuickAgrees scans random servers quickly and fully: the judgement is the same, for either role.
func TestQuickAgrees(t *testing.T) {
	p, err := policy.Named(policy.Mail)
	if err != nil {
		t.Fatal(err)
	}
	seed := firstSeed()
	t.Logf("first seed %d; -probe.seed=N repeats one server", seed)
	failed, n := failures{}, uint64(0)
	for begun := time.Now(); *modelFlag && time.Since(begun) < 30*time.Second || !*modelFlag && n < agreeServers; n++ {
		quickRNG, fullRNG := rand.New(rand.NewPCG(seed+n, 7)), rand.New(rand.NewPCG(seed+n, 7))
		m := randomModel(quickRNG)
		full := scanModel(randomModel(fullRNG), 5, fullRNG, nil)
		quick := quickModel(m, some(quickRNG, 1, 5, 8), quickRNG, nil)
		for _, role := range []policy.Role{policy.Relay, policy.Access} {
			wrong := agree.Differences(judgedAs(t, quick, role, true), judgedAs(t, full, role, false), p)
			failed.add(wrong, len(quick.Observations), fmt.Sprintf("seed %d, %s", seed+n, role))
			if modelSeed() != 0 {
				t.Logf("%+v", *m)
				trace(t, quick)
				for _, w := range wrong {
					t.Error(w)
				}
			}
		}
		if modelSeed() != 0 {
			return
		}
	}
	failed.report(t)
}
