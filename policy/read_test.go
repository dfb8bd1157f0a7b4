package policy

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/tlswire"
)

const head = "{\"name\": \"x\", \"version\": \"1\", \"source\": \"s\",\n"

// TestLoadTellsWhere wants line and field of each mistake.
func TestLoadTellsWhere(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":              {"", "line 1: it ends too early"},
		"not an object":      {"\n[]", `line 2: want "{"`},
		"not JSON":           {head + "\"title\" \"x\"}", "line 2: "},
		"cut":                {head + "\"checks\": [{\"check\": \"a\",", "line 2: it ends too early"},
		"a comma too many":   {head + "\"checks\": [\n{\"check\": \"a\", \"clause\": \"c\"},\n]}", "line 4: "},
		"unknown member":     {head + "\n\"colour\": \"red\"}", `line 3: unknown field "colour"`},
		"a member twice":     {head + "\"name\": \"y\"}", "line 2: name: twice"},
		"no list":            {head + "\"keys\": {}}", `line 2: want "[": keys is a list`},
		"another kind":       {head + "\"expiring_days\": \"x\"}", "line 2: expiring_days: a string stands where none belongs"},
		"unknown in a row":   {head + "\"checks\": [\n{\"check\": \"a\", \"clause\": \"c\"},\n{\"check\": \"b\",\n\"colour\": 1}]}", `line 5: checks[1]: unknown field "colour"`},
		"unknown severity":   {head + "\"checks\": [\n{\"check\": \"a\", \"clause\": \"c\",\n\"both\": {\"severity\": \"bad\"}}]}", `line 4: checks[0]: severity "bad": want ok, note, warn or fail`},
		"unknown suite":      {head + "\"suite_lists\": [{\"id\": \"a\", \"of\": [\n\"TLS_RSA\"]}]}", `line 3: suite_lists[0]: reading a cipher suite: unknown name "TLS_RSA"`},
		"unknown group":      {head + "\"group_lists\": [{\"of\": [\"p256\"]}]}", `line 2: group_lists[0]: reading a group: unknown name "p256"`},
		"no date":            {head + "\"checks\": [{\"check\": \"a\", \"until\": \"2026-02-30\"}]}", `line 2: checks[0]: date "2026-02-30": want one such as 2026-12-31`},
		"wrong kind in row":  {head + "\"keys\": [{\"below\":\n\"x\"}]}", "line 3: keys[0]: below: a string stands where none belongs"},
		"more after it":      {head + "\"title\": \"x\"}\n{}", "line 3: invalid character '{' after top-level value"},
		"no clause":          {head + "\n\"lifetimes\": [{\"above\": 9}]}", "line 3: lifetimes[0]: cert-lifetime-9: no clause"},
		"both and relay":     {head + "\"checks\": [{\"check\": \"a\", \"clause\": \"c\", \"both\": {\"severity\": \"fail\"}, \"relay\": {\"severity\": \"warn\"}}]}", "checks[0]: a: both excludes relay and access"},
		"the end first":      {head + "\"checks\": [{\"check\": \"a\", \"clause\": \"c\", \"from\": \"2026-01-02\", \"until\": \"2026-01-01\"}]}", "checks[0]: a: until is before from"},
		"a list of nothing":  {head + "\"dh_lists\": [{\"id\": \"a\", \"clause\": \"c\"}]}", "dh_lists[0]: a: want of or others"},
		"others and of":      {head + "\"dh_lists\": [{\"id\": \"a\", \"clause\": \"c\", \"others\": true, \"of\": [\"x\"]}]}", "dh_lists[0]: a: others excludes of and need"},
		"unknown need":       {head + "\"dh_lists\": [{\"id\": \"a\", \"clause\": \"c\", \"need\": \"some\", \"of\": [\"x\"]}]}", `dh_lists[0]: a: need "some": want any or all`},
		"an id twice":        {head + "\"dh_lists\": [{\"id\": \"a\", \"clause\": \"c\", \"of\": [\"x\"]}], \"checks\": [{\"check\": \"a\", \"clause\": \"c\"}]}", "checks[0]: a: twice"},
		"no id":              {head + "\"dh_lists\": [{\"clause\": \"c\", \"of\": [\"x\"]}]}", "dh_lists[0]: : no id"},
		"unknown cipher":     {head + "\"suites\": [\n{\"check\": \"a\", \"clause\": \"c\", \"match\": {\"cipher\": [\"RC5\"]}}]}", "line 3: suites[0]: a: cipher: no cipher suite has RC5"},
		"unknown bits":       {head + "\"suites\": [{\"check\": \"a\", \"clause\": \"c\", \"match\": {\"bits\": [57]}}]}", "line 2: suites[0]: a: bits: no cipher suite has 57"},
		"unknown kind":       {head + "\"keys\": [\n{\"kind\": \"rsa\", \"below\": 2048, \"clause\": \"c\"}]}", `line 3: keys[0]: kind "rsa": want one of [DH RSA DSA EC]`},
		"no bits":            {head + "\"keys\": [{\"kind\": \"RSA\", \"clause\": \"c\"}]}", "line 2: keys[0]: below must be a number of bits"},
		"unknown prime":      {head + "\"dh_lists\": [{\"id\": \"a\", \"clause\": \"c\", \"of\": [\"ffdhe2084\"]}]}", `line 2: dh_lists[0]: a: no prime is called "ffdhe2084"`},
		"unknown curve":      {head + "\"cert_key_lists\": [{\"id\": \"a\", \"clause\": \"c\", \"of\": [\"EC P-256\"]}]}", `line 2: cert_key_lists[0]: a: no curve is called "P-256"`},
		"negative days":      {head + "\"expiring_days\": -1}", "expiring_days: a number of days cannot be negative"},
		"a mark":             {"\xEF\xBB\xBF{}", "line 1: it begins with a byte order mark"},
		"UTF-16":             {"\xFF\xFE{\x00}\x00", "line 1: it begins with a byte order mark"},
		"unknown key":        {head + "\"cert_key_lists\": [{\"id\": \"a\", \"clause\": \"c\", \"of\": [\"RSAX\"]}]}", `line 2: cert_key_lists[0]: a: no kind of key is called "RSAX"`},
		"unknown signature":  {head + "\"cert_signed_lists\": [{\"id\": \"a\", \"clause\": \"c\", \"of\": [\"1.2.3\", \"sha256\"]}]}", `line 2: cert_signed_lists[0]: a: no signature is called "sha256"`},
		"no such suites":     {head + "\"suites\": [{\"check\": \"a\", \"clause\": \"c\", \"match\": {\"cipher\": [\"RC4\"], \"mode\": [\"GCM\"]}}]}", "line 2: suites[0]: a: match: no cipher suite is all of this"},
		"capitals":           {head + "\"checks\": [\n{\"Check\": \"a\", \"clause\": \"c\"}]}", `line 3: checks[0]: unknown field "Check"`},
		"a field twice":      {head + "\"checks\": [{\"check\": \"a\", \"clause\": \"c\",\n\"check\": \"b\"}]}", "line 3: checks[0]: check: twice"},
		"a field in another": {head + "\"checks\": [{\"check\": \"a\", \"clause\": \"c\", \"below\": 3}]}", `line 2: checks[0]: unknown field "below"`},
		"no lifetime":        {head + "\"lifetimes\": [{\"clause\": \"c\"}]}", "lifetimes[0]: above must be a number of days"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Load(strings.NewReader(c.text))
			if p != nil || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestUnknownNames wants to be told which names there are.
func TestUnknownNames(t *testing.T) {
	for text, want := range map[string]string{
		`"cheks": []}`: "checks", `"checks": [{"chek": "a"}]}`: "check", `"checks": [{"Check": "a", "clause": "c"}]}`: "check",
		`"versions": [{"version": "TLS1.2"}]}`: "TLS 1.2", `"group_lists": [{"of": ["p256"]}]}`: "secp256r1",
		`"suite_lists": [{"of": ["TLS_RSA"]}]}`: "TLS_AES_128_GCM_SHA256", `"signature_lists": [{"of": ["rsa"]}]}`: "rsa_pkcs1_sha256",
		`"extension_lists": [{"of": ["ems"]}]}`: "extended_master_secret", `"dh_lists": [{"id": "a", "clause": "c", "of": ["x"]}]}`: "ffdhe3072",
		`"suites": [{"check": "a", "clause": "c", "match": {"mode": ["X"]}}]}`:        "GCM",
		`"cert_key_lists": [{"id": "a", "clause": "c", "of": ["EC x"]}]}`:             "secp384r1",
		`"cert_signed_lists": [{"id": "a", "clause": "c", "of": ["sha256WithRSA"]}]}`: "sha256WithRSAEncryption",
	} {
		var unknown *UnknownName
		if _, err := Load(strings.NewReader(head + text)); !errors.As(err, &unknown) || !slices.Contains(unknown.Known, want) || unknown.Name == "" {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestUnknownFieldsGoByTheRow names what can stand in that object, and no member of another.
func TestUnknownFieldsGoByTheRow(t *testing.T) {
	for text, want := range map[string]string{
		`"checks": [{"belov": 1}]`:                             "check relay access both clause from until",
		`"suites": [{"match": {"clause": "c"}}]`:               "key_exchange cipher mode bits null anonymous export forward_secret",
		`"dh_lists": [{"of": ["x"], "both": {"clause": "c"}}]`: "severity cap why",
	} {
		var unknown *UnknownName
		if _, err := Load(strings.NewReader(head + text + "}")); !errors.As(err, &unknown) || strings.Join(unknown.Known, " ") != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestLoadHasALimit(t *testing.T) {
	_, err := Load(strings.NewReader(head + strings.Repeat(" ", MaxSize)))
	if err == nil || !strings.Contains(err.Error(), "larger than 1024 kB") {
		t.Error(err)
	}
}

// TestLoadTruncated reads no policy out of a part of one.
func TestLoadTruncated(t *testing.T) {
	for _, name := range Names() {
		p, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.TrimSpace(string(p.Text()))
		for n := 0; n < len(text); n += 7 {
			if _, err := Load(strings.NewReader(text[:n])); err == nil {
				t.Fatalf("the first %d of %d bytes of %s were read", n, len(text), name)
			}
		}
	}
}

func TestRowsHoldInTheirDates(t *testing.T) {
	p, err := Load(strings.NewReader(head + `"group_lists": [
		{"id": "until", "of": ["x25519"], "clause": "c", "until": "2025-12-31", "both": {"severity": "ok"}},
		{"id": "from", "of": ["x25519"], "clause": "c", "from": "2027-01-01", "both": {"severity": "warn"}},
		{"id": "others", "others": true, "clause": "c", "both": {"severity": "fail"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"2020-01-01T00:00:00Z": "until", "2025-12-31T23:59:59Z": "until", "2026-01-01T00:00:00Z": "others",
		"2026-01-01T00:30:00+01:00": "until", "2026-12-31T23:59:59Z": "others", "2027-01-01T00:00:00Z": "from",
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		lists := p.At(now).GroupLists
		if i, ok := ListOf(lists, tlswire.TLS13, tlswire.X25519); !ok || lists[i].ID != want {
			t.Errorf("at %s: list %d, want %s", at, i, want)
		}
	}
	if len(p.GroupLists) != 3 {
		t.Error("At changed the policy itself")
	}
}

func TestBothIsForEitherRole(t *testing.T) {
	r := Rule{Both: Ruling{Severity: Warn}}
	if r.For(Relay).Severity != Warn || r.For(Access).Severity != Warn {
		t.Errorf("got %+v and %+v", r.For(Relay), r.For(Access))
	}
}

// TestSuiteReadsLists takes the opinion on a suite from a list where there is one.
func TestSuiteReadsLists(t *testing.T) {
	p, err := Named("mozilla-intermediate")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]Severity{
		"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": OK, "TLS_AES_128_GCM_SHA256": OK, "TLS_AES_128_CCM_SHA256": Fail,
		"TLS_RSA_WITH_AES_128_GCM_SHA256": Fail, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA": Fail,
	} {
		s, _ := tlswire.SuiteByName(name)
		info, _ := s.Info()
		if got := p.Suite(info, Relay).Severity; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// TestPoliciesSayWhatTheyAre wants a title, and of those that follow a document, what they leave out.
func TestPoliciesSayWhatTheyAre(t *testing.T) {
	for _, name := range Names() {
		p, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		if p.Title == "" || len(p.Omits) == 0 && name != Mail && name != "legacy" {
			t.Errorf("%s: title %q, omits %q", name, p.Title, p.Omits)
		}
		for row := range p.Rows() {
			// Senders go by DANE, mail programs hardly ever do.
			if row.Rule.For(Relay).Severity > row.Rule.For(Access).Severity && !strings.HasPrefix(row.ID, "dane-") {
				t.Errorf("%s: %s weighs more on port 25 than where passwords travel", name, row.ID)
			}
			if g := row.Rule.For(Access).Cap; name != Mail && g != "" {
				t.Errorf("%s: %s caps the grade", name, row.ID)
			}
		}
	}
}
