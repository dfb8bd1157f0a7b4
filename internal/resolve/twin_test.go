package resolve

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTwin(t *testing.T) {
	w, err := NewTwin(`
		example.test. MX 10 mx.example.test.
		example.test. MX 20 alias.example.test.
		alias.example.test. CNAME mx.open.test.
		mx.open.test. A 192.0.2.1
		mx.open.test. AAAA 2001:db8::1
		example.test. TXT "one " "text"
		_25._tcp.mx.example.test. TLSA 3 1 1 AB
		_imaps._tcp.example.test. SRV 0 1 993 mx.example.test.
		example.test. CAA 128 issue "ca.test"
	`, map[string]Status{"example.test.": Secure}, map[string]string{"dead.test.": "no reply", "mx.example.test. A": "refused"})
	if err != nil {
		t.Fatal(err)
	}
	get := func(name string, typ Type) *Answer {
		a, err := w.Lookup(t.Context(), name, typ)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := get("Example.test", MX)
	if diff := cmp.Diff([]Exchanger{{10, "mx.example.test."}, {20, "alias.example.test."}}, a.Exchangers()); diff != "" || a.Status != Secure {
		t.Errorf("%s %s", a.Status, diff)
	}
	a = get("alias.example.test.", A)
	if a.Canonical() != "mx.open.test." || len(a.Addresses()) != 1 || a.Status != Insecure {
		t.Errorf("%+v", a)
	}
	if got := get("example.test.", TXT).Texts(); len(got) != 1 || got[0] != "one text" {
		t.Errorf("%q", got)
	}
	if a := get("_tcp.mx.example.test.", A); a.NameError || !a.Empty() {
		t.Errorf("%+v", a)
	}
	if a := get("nothing.test.", A); !a.NameError {
		t.Errorf("%+v", a)
	}
	for _, q := range []question1{{"dead.test.", MX}, {"mx.example.test.", A}, {"a..b.", A}} {
		if a, err := w.Lookup(t.Context(), q.name, q.t); err == nil {
			t.Errorf("%+v: %+v", q, a)
		}
	}
	if s := get("_imaps._tcp.example.test.", SRV).Services(); len(s) != 1 || s[0].Port != 993 {
		t.Errorf("%+v", s)
	}
	if s := get("example.test.", CAA).Authorizations(); len(s) != 1 || !s[0].Critical || s[0].Value != "ca.test" {
		t.Errorf("%+v", s)
	}
	if s := get("_25._tcp.mx.example.test.", TLSA).Associations(); len(s) != 1 || s[0].Data != "ab" {
		t.Errorf("%+v", s)
	}
}
