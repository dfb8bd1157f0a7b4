package account

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/mailtls/mailtls/internal/resolve"
)

// TestHash wants a password to be known again, and no other, by a string of the PHC's form with the parameters of RFC 9106.
func TestHash(t *testing.T) {
	h := NewHasher()
	kept, err := h.Hash(t.Context(), "four plain wörds")
	if err != nil || !strings.HasPrefix(kept, "$argon2id$v=19$m=65536,t=3,p=4$") || strings.Contains(kept, "plain") {
		t.Fatalf("%s, %v", kept, err)
	}
	if again, err := h.Hash(t.Context(), "four plain wörds"); err != nil || again == kept {
		t.Errorf("without a salt: %s, %v", again, err)
	}
	for password, want := range map[string]bool{"four plain wörds": true, "four plain wo\u0308rds": true, "four plain words": false, "": false} {
		if got, err := h.Check(t.Context(), password, kept); err != nil || got != want {
			t.Errorf("%q: %v, %v", password, got, err)
		}
	}
	for _, password := range []string{"", "four plain wörds", "\x00"} {
		if got, err := h.Check(t.Context(), password, ""); err != nil || got {
			t.Errorf("%q is the password of nobody: %v, %v", password, got, err)
		}
	}
}

// TestKnownHash takes what the reference program of Argon2 makes: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32 (phc-winner-argon2, test.c).
func TestKnownHash(t *testing.T) {
	const kept = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if ok, err := NewHasher().Check(t.Context(), "password", kept); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

func hostile() []string {
	const good = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	var out []string
	for _, change := range [][2]string{{"id", "i"}, {"v=19", "v=16"}, {"m=65536", "m=4294967295"}, {"m=65536", "m=99999999999"}, {"m=65536", "m=0"}, {"t=3", "t=0"}, {"t=3", "t=4294967295"},
		{"p=4", "p=0"}, {"p=4", "p=255"}, {"p=4", "p=256"}, {"p=4", ""}, {"c29tZXNhbHQ", ""}, {"c29tZXNhbHQ", "?"}, {"CTFhF", ""}, {"$CTFhF", "$$CTFhF"}, {good, "x"}, {good, "$$$$$"}} {
		out = append(out, strings.Replace(good, change[0], change[1], 1))
	}
	return out
}

// TestHostileHash wants no hash taken from a database that would cost much or is none.
func TestHostileHash(t *testing.T) {
	for _, kept := range hostile() {
		if ok, err := NewHasher().Check(t.Context(), "password", kept); ok || err == nil {
			t.Errorf("%s: %v, %v", kept, ok, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, kept := range hostile() {
		f.Add(kept)
	}
	f.Fuzz(func(t *testing.T, kept string) {
		if p, err := parse(kept); err == nil && (p.memory > mostMemory || p.passes > mostPasses || p.lanes > mostLanes) {
			t.Errorf("%q: %+v", kept, p)
		}
	})
}

// TestTurns wants no more hashed at once than there is memory for, and whoever goes away not to be waited for.
func TestTurns(t *testing.T) {
	h := NewHasher()
	for range atOnce {
		h.turn <- struct{}{}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	var tried sync.WaitGroup
	for range 20 {
		tried.Go(func() {
			if _, err := h.Check(gone, "x", ""); !errors.Is(err, context.Canceled) {
				t.Errorf("not its turn: %v", err)
			}
		})
	}
	tried.Wait()
	<-h.turn
	if _, err := h.Check(t.Context(), "x", ""); err != nil {
		t.Error(err)
	}
}

func TestCheckPassword(t *testing.T) {
	for password, want := range map[string]string{
		"four plain words": "", "   .   .   .": "first that anybody", strings.Repeat("é ", 6): "first that anybody", "déjà vu à Paris": "", strings.Repeat("abcdefgh", 16): "", "aaaaaaaaaaab": "",
		"": "at least 12", "elevenchars": "at least 12", strings.Repeat("é", 11): "at least 12", strings.Repeat("abcdefgh", 16) + "x": "at most 128",
		"aaaaaaaaaaaa": "first that anybody", "abcabcabcabcabc": "first that anybody", "Password1234": "first that anybody", "Postmaster2026": "first that anybody", "postmasterpostmaster": "first that anybody",
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff": "no text",
	} {
		switch err := CheckPassword(password, "postmaster"); {
		case (err == nil) != (want == ""):
			t.Errorf("%q: %v, want %q", password, err, want)
		case err != nil && !strings.Contains(err.Error(), want):
			t.Errorf("%q: %v, want %q", password, err, want)
		}
	}
}

func TestCheckName(t *testing.T) {
	for name, want := range map[string]bool{"ann": true, "a": true, "ann.b-c_d+e@example.org": true, strings.Repeat("a", 64): true,
		"": false, strings.Repeat("a", 65): false, "a b": false, "a\x00": false, "änn": false, "аnn": false, "<b>": false, "...": false, "a\n": false, "a/b": false} {
		if err := CheckName(name); (err == nil) != want {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestSecrets(t *testing.T) {
	a, b := NewToken(), NewToken()
	if a == b || !IsToken(a) || IsToken(a+"A") || IsToken(a[:20]) || IsToken("") || IsToken("mt_") || IsSession(a) || !IsSession(NewSession()) || Digest(a) == Digest(b) || len(Digest(a)) != 64 {
		t.Errorf("%q, %q", a, b)
	}
}

// TestProve asks a small DNS in which some domains say whom they let watch them.
func TestProve(t *testing.T) {
	const code = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	zone := `
	_mailtls.good.test. TXT "account=` + code + `"
	_mailtls.many.test. TXT "v=spf1 -all"
	_mailtls.many.test. TXT "account=OTHER; Account=` + strings.ToLower(code) + `"
	_mailtls.deep.wide.test. TXT "account=` + code + `"
	_mailtls.others.test. TXT "account=OTHER"
	_mailtls.close.test. TXT "account=` + code + `X"
	_mailtls.near.test. TXT "noaccount=` + code + `"
	_mailtls.test. TXT "account=` + code + `"
	_mailtls.forged.test. TXT "account=` + code + `"
	_mailtls.below.half.test. TXT "account=` + code + `"
`
	r, err := resolve.NewTwin(zone, map[string]resolve.Status{"_mailtls.forged.test.": resolve.Bogus}, map[string]string{"_mailtls.dead.test.": "no reply", "_mailtls.half.test.": "no reply"})
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]string{
		"good.test": "", "mx.a.good.test": "", "many.test": "", "deep.wide.test": "", "mx.deep.wide.test": "", "below.half.test": "",
		"wide.test": "no such record for wide.test", "others.test": "no such record", "close.test": "no such record", "near.test": "no such record", "none.test": "no such record",
		"dead.test": "did not say", "forged.test": "did not say", "mx.half.test": "did not say whether there is a TXT record of _mailtls.half.test", "192.0.2.1": "is an address", "2001:db8::1": "is an address",
	} {
		switch err := Prove(t.Context(), r, host, code); {
		case (err == nil) != (want == ""):
			t.Errorf("%s: %v, want %q", host, err, want)
		case err != nil && !strings.Contains(err.Error(), want):
			t.Errorf("%s: %v, want %q", host, err, want)
		}
	}
	if Prove(t.Context(), r, "good.test", "") == nil {
		t.Error("no code is proven")
	}
	if got := Record("example.org", code); got != `_mailtls.example.org. TXT "account=`+code+`"` {
		t.Error(got)
	}
}
