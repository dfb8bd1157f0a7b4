package hostiletest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/internal/probe"
	"github.com/mailtls/mailtls/report"
	"github.com/mailtls/mailtls/tlswire"
)

// What a hostile server may cost. How long it may take is for TestTime to say; the bound on a connection here is for sockets,
// leaves room for machines that are busy, and is still far below what a server gains that gets more time with each byte.
const (
	maxHeap        = 64 << 20
	maxConnection  = 10 * time.Second
	maxConnections = 180 // a full scan of lists and of all attacks
)

// TestHostile scans every server that attacks its client.
func TestHostile(t *testing.T) {
	servers := lab.Hostile()
	if len(servers) < 40 {
		t.Errorf("%d hostile servers, want 40 or more", len(servers))
	}
	for _, s := range servers {
		if testing.Short() && len(s.Name)%12 != 0 { // a sample, for the race detector
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			noLeak(t)
			var ep *evidence.Endpoint
			cfg := impatient()
			if s.Quirks.Flood != "" { // time enough to read more than is good
				cfg.Timeout = 2 * time.Second
			}
			cfg.Without = spared(s)
			grown := watched(func() { ep = scan(t, dripping(s), cfg) })
			if grown > maxHeap {
				t.Errorf("the heap grew by %d MB, want at most %d", grown>>20, maxHeap>>20)
			}
			checkCost(t, ep)
			checkReasons(t, ep)
			checkFrom(t, ep)
			checkVersions(t, s, ep)
			checkSuites(t, s, ep)
			checkPreamble(t, s, ep)
			checkTrust(t, s, ep)
			checkProven(t, s, ep)
			r := judged(t, ep)
			if r.Endpoints[0].Verdict == report.Pass && !sound(s) {
				t.Error("the verdict is pass")
			}
			checkUnreadable(t, s, r.Endpoints[0])
			checkText(t, r)
			checkJSON(t, r)
			if *allPolicies || len(s.Name)%4 == 0 { // a sample
				checkNoContradiction(t, dripping(s), r.Endpoints[0], cfg)
			}
		})
	}
}

// checkUnreadable wants no check to pass a certificate of which nothing can be read, nor the report to say that there is none.
func checkUnreadable(t *testing.T, s lab.Server, e report.Endpoint) {
	t.Helper()
	if !slices.Contains([]string{"cert-none", "cert-garbage", "cert-zero-length", "cert-der-length", "cert-empty-sequence", "cert-nested",
		"cert-hundred", "cert-many-names"}, s.Name) {
		return
	}
	if f := e.Facts.Certificates; f.State == evidence.Inapplicable {
		t.Errorf("certificates are inapplicable: %s", f.Why)
	}
	for _, f := range e.Findings {
		if (strings.HasPrefix(f.Check, "cert-") || strings.HasSuffix(f.Check, "-cert")) && f.Level == check.Pass {
			t.Errorf("%s passes: %s", f.Check, f.Message)
		}
	}
	if e.Verdict != report.Incomplete && e.Verdict != report.Fail && s.Name != "cert-none" {
		t.Errorf("the verdict is %v", e.Verdict)
	}
}

// TestTooMuch scans a server that is well but talks without an end: 240 kB before each handshake.
func TestTooMuch(t *testing.T) {
	s, ok := lab.ByName("tls11")
	if !ok {
		t.Fatal("there is no such server in the lab")
	}
	for range 60 {
		s.Quirks.Mail.Lines = append(s.Quirks.Mail.Lines, strings.Repeat("A", 4000))
	}
	ep := scan(t, s, probe.Config{Timeout: 5 * time.Second})
	if !strings.Contains(ep.Ended, "more than 8 MB") || ep.Cost.BytesIn > 10<<20 {
		t.Errorf("%d bytes were read, and the scan ended because: %q", ep.Cost.BytesIn, ep.Ended)
	}
	checkVersions(t, s, ep)
	checkNotDenied(t, s, ep)
}

// sound reports whether nothing is wrong with the TLS of s, which turns hostile behind it: the verdict is about TLS.
func sound(s lab.Server) bool {
	f, in := s.Quirks.Fault, s.Quirks.Inner
	late := s.Protocol.ImplicitTLS() && (f.At == lab.AtGreeting || f.At == lab.AtCapabilities)
	return late || strings.HasPrefix(s.Name, "inside-") || in == lab.InnerExtensions || in == lab.InnerTickets || in == lab.InnerKeyUpdates
}

// dripping makes a server that sends a byte now and then do so just often enough that no read of a byte times out.
func dripping(s lab.Server) lab.Server {
	if s.Quirks.Fault.Do == lab.Drip {
		s.Quirks.Interval = timeout * 3 / 4
		s.Quirks.Mail.Greeting = strings.Repeat("hello ", 50)
	}
	return s
}

func checkCost(t *testing.T, ep *evidence.Endpoint) {
	t.Helper()
	if ep.Cost.Connections > maxConnections {
		t.Errorf("%d connections, want at most %d; it ended because: %q", ep.Cost.Connections, maxConnections, ep.Ended)
	}
	for i := range ep.Observations {
		o := &ep.Observations[i]
		if o.Timing.End > maxConnection {
			t.Errorf("connection %s took %v", o.ID, o.Timing.End)
		}
	}
}

// checkReasons wants a reason for whatever is not known.
func checkReasons(t *testing.T, ep *evidence.Endpoint) {
	t.Helper()
	for _, k := range evidence.Keys() {
		if state, why := k.Condition(&ep.Facts); state != evidence.Known && why == "" {
			t.Errorf("fact %s is %v without a reason", k.Name, state)
		}
	}
}

// checkFrom wants each fact that was seen to name the observations that show it, and each of them once.
func checkFrom(t *testing.T, ep *evidence.Endpoint) {
	t.Helper()
	raw, err := json.Marshal(ep.Facts)
	if err != nil {
		t.Fatal(err)
	}
	var facts map[string]evidence.Fact[json.RawMessage]
	if err := json.Unmarshal(raw, &facts); err != nil {
		t.Fatal(err)
	}
	for name, f := range facts {
		if f.Seen() && len(f.From) == 0 {
			t.Errorf("%s is %v, and no observation shows it", name, f.State)
		}
		for i, id := range f.From {
			there := slices.ContainsFunc(ep.Observations, func(o evidence.Observation) bool { return o.ID == id })
			if !there || slices.Contains(f.From[:i], id) {
				t.Errorf("%s points at %s, which is not there or twice in %v", name, id, f.From)
			}
		}
	}
}

// lying reports whether a server claims, in well-formed messages that a scan cannot see through, what it does not do: then
// the facts say what it claims.
func lying(s lab.Server) bool {
	f := s.Quirks.Forge
	return f.Version == tlswire.SSLv3 || f.Selected != 0 || s.Quirks.Flood == lab.FloodRetries
}

// refusing reports whether a server refuses every hello in words that are about what it offers.
func refusing(s lab.Server) bool {
	a := s.Quirks.Alert
	return a != nil && (a.Description == tlswire.AlertProtocolVersion || a.Description == tlswire.AlertHandshakeFailure)
}

// withoutTLS reports whether it was seen that no TLS comes of STARTTLS, so that nothing else is asked.
func withoutTLS(ep *evidence.Endpoint) bool {
	f := ep.Facts.STARTTLS
	return f.State == evidence.Known && !f.Value.Works && ep.Facts.Versions.State == evidence.Inapplicable
}

// checkVersions wants no version denied that the server speaks, unless it did so itself, and none found that it does not.
func checkVersions(t *testing.T, s lab.Server, ep *evidence.Endpoint) {
	t.Helper()
	if lying(s) || refusing(s) || withoutTLS(ep) {
		return
	}
	f := ep.Facts.Versions
	for _, v := range s.Versions {
		if evidence.Has(f, v) == evidence.No {
			t.Errorf("%v is denied, which the server speaks: %v %v, open %v", v, f.State, f.Value, f.Open)
		}
	}
	for _, v := range f.Value {
		if !slices.Contains(s.Versions, v) {
			t.Errorf("%v is found, which the server does not speak", v)
		}
	}
}

// checkSuites wants no suite that the server does not accept.
func checkSuites(t *testing.T, s lab.Server, ep *evidence.Endpoint) {
	t.Helper()
	if lying(s) {
		return
	}
	f := ep.Facts.Suites
	for v, list := range f.Value {
		for _, suite := range list {
			if !slices.Contains(s.Suites[v], suite) {
				t.Errorf("%v in %v is found, which the server does not accept", suite, v)
			}
		}
	}
	if f.State == evidence.Known && len(f.Value) == 0 && ep.Facts.Versions.State != evidence.Known {
		t.Error("no suite is known to be accepted, while not all versions are known")
	}
}

// checkPreamble wants nothing known about TLS from a server that stops before it, and no STARTTLS denied.
func checkPreamble(t *testing.T, s lab.Server, ep *evidence.Endpoint) {
	t.Helper()
	early := []lab.Step{lab.AtConnect, lab.AtGreeting, lab.AtCapabilities, lab.AtStartTLS}
	before := []lab.Step{lab.AtHello, lab.AtRecord, lab.AtServerHello}
	at := s.Quirks.Fault.At
	if at == "" || s.Protocol.ImplicitTLS() && !slices.Contains(before, at) {
		return
	}
	if slices.Contains(early, at) {
		if ep.Facts.Versions.State != evidence.Unknown {
			t.Errorf("versions are %v without a hello", ep.Facts.Versions.State)
		}
	}
	silent := s.Quirks.Fault.Do == lab.Silence || s.Quirks.Fault.Do == lab.Drip
	if f := ep.Facts.STARTTLS; f.State == evidence.Known && !f.Value.Works && (silent || slices.Contains(early, at)) {
		t.Errorf("STARTTLS is known to be %+v", f.Value)
	}
	if slices.Contains(append(early, before...), at) && (len(ep.Facts.Versions.Value) > 0 || len(ep.Facts.Suites.Value) > 0) {
		t.Errorf("versions %v and suites %v without a hello of the server", ep.Facts.Versions.Value, ep.Facts.Suites.Value)
	}
}

// checkTrust wants no chain trusted that was made up.
func checkTrust(t *testing.T, s lab.Server, ep *evidence.Endpoint) {
	t.Helper()
	if s.Quirks.Forge.Chain == nil && s.Quirks.Forge.CutChain == 0 {
		return
	}
	for _, c := range ep.Facts.Certificates.Value {
		if c.Trust != nil && c.Trust.Trusted {
			t.Errorf("chain %v is trusted", c.Certificates)
		}
	}
}

// checkProven wants nothing believed of a TLS 1.3 flight that breaks its rules.
func checkProven(t *testing.T, s lab.Server, ep *evidence.Endpoint) {
	t.Helper()
	switch s.Quirks.Inner {
	case lab.InnerGarbage, lab.InnerNoCertificate, lab.InnerSecondHello, lab.InnerUnknown, lab.InnerBadSignature, lab.InnerBadFinished:
		if list := ep.Facts.Signatures.Value[tlswire.TLS13]; len(list) > 0 {
			t.Errorf("it signs with %v in TLS 1.3, by a flight that proves nothing", list)
		}
	}
}
