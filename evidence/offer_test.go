package evidence

import (
	"slices"
	"testing"
)

func TestSuiteCodesText(t *testing.T) {
	for _, c := range []struct {
		codes SuiteCodes
		text  string
	}{
		{nil, ""},
		{SuiteCodes{0xC02F}, "C02F"},
		{SuiteCodes{0x000A, 0x1301}, "000A 1301"},
		{SuiteCodes{0x010080, 0x0700C0, 0x0004}, "010080 0700C0 0004"},
	} {
		text, err := c.codes.MarshalText()
		if string(text) != c.text || err != nil {
			t.Errorf("%v: %q, %v", c.codes, text, err)
		}
		back := SuiteCodes{1} // what was there before must go
		if err := back.UnmarshalText([]byte(c.text)); err != nil || !slices.Equal(back, c.codes) {
			t.Errorf("%q: %v, %v", c.text, back, err)
		}
	}
	for _, text := range []string{"C0", "C02", "C02F0", "C02FC030", "C02F,C030", "0xC02F", "TLS_AES_128_GCM_SHA256"} {
		if err := new(SuiteCodes).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func FuzzSuiteCodes(f *testing.F) {
	for _, text := range []string{"", "C02F C030", "010080", "00002F", " c02f\t1301 "} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var c, back SuiteCodes
		if c.UnmarshalText([]byte(text)) != nil {
			return
		}
		written, _ := c.MarshalText()
		if err := back.UnmarshalText(written); err != nil || !slices.Equal(c, back) {
			t.Fatalf("%q was read as %v, written as %q and read as %v, %v", text, c, written, back, err)
		}
	})
}

func TestOfferHas(t *testing.T) {
	o := Offer{Variants: []Variant{WithoutSNI, Finished}}
	if !o.Has(WithoutSNI) || !o.Has(Finished) || o.Has(WithALPN) || (Offer{}).Has(WithoutSNI) {
		t.Errorf("%v", o.Variants)
	}
}

func TestSuiteOfferIsZero(t *testing.T) {
	some := SuiteCodes{0xC02F}
	for _, s := range []SuiteOffer{{Only: some}, {Without: some}, {First: some}, {Last: some}} {
		if s.IsZero() {
			t.Errorf("%+v is zero", s)
		}
	}
	if !(SuiteOffer{}).IsZero() || !(SuiteOffer{Without: SuiteCodes{}}).IsZero() {
		t.Error("no difference from the template is not zero")
	}
}
