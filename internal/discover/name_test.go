package discover

import (
	"strings"
	"testing"
)

func TestName(t *testing.T) {
	for in, want := range map[string]string{
		"example.org": "example.org", "example.org.": "example.org", " example.org ": "example.org", "EXAMPLE.Org": "example.org", "user@example.org": "example.org",
		"a@b@example.org": "example.org", "user@": "",
		"Bücher.example": "xn--bcher-kva.example", "xn--bcher-kva.example.": "xn--bcher-kva.example", "faß.de": "xn--fa-hia.de", "例え.テスト": "xn--r8jz45g.xn--zckzah",
		"example。org": "example.org", "ｅｘａｍｐｌｅ.org": "example.org", "bücher.example.": "xn--bcher-kva.example",
		"xn--a.example": "", "xn--.example": "", "אa.example": "", // no A-label, and mixed directions
		"": "", ".": "", "..": "", "org": "", "a..b": "", ".a.b": "", "a.b..": "", "exa mple.org": "", "a_b.example": "", "-a.test": "", "a-.test": "",
		"exam\x00ple.org": "", "\xff\xfe.example": "", "example.org\nexample.net": "", "<script>.example": "", "http://example.org": "", "example.org:25": "",
		"192.0.2.1": "", "[192.0.2.1]": "", "2001:db8::1": "", "user@[192.0.2.1]": "",
		strings.Repeat("a", 63) + ".test": strings.Repeat("a", 63) + ".test", strings.Repeat("a", 64) + ".test": "", strings.Repeat("a", 300) + ".test": "",
		strings.Repeat("a.", 126) + "b": strings.Repeat("a.", 126) + "b", strings.Repeat("a.", 127) + "b": "", strings.Repeat("ü", 300) + ".test": "",
		strings.Repeat("x", 1<<20): "", strings.Repeat("ü.", 1<<19): "",
	} {
		got, _, err := Name(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%.40q: %q, %v, want %q", in, got, err, want)
		}
		if err != nil && len(err.Error()) > 200 {
			t.Errorf("%.40q: the error has %d bytes", in, len(err.Error()))
		}
	}
	for in, want := range map[string]string{"exa mple.org": "it has a space", "a_b.example": "it has the character '_'", "a\x1bb.example": `it has the character '\x1b'`} {
		if _, _, err := Name(in); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", in, err, want)
		}
	}
	if _, unicode, _ := Name("xn--bcher-kva.example"); unicode != "bücher.example" {
		t.Errorf("%q", unicode)
	}
}

// FuzzName wants a name to read as itself.
func FuzzName(f *testing.F) {
	for _, s := range []string{"example.org", "user@Bücher.example.", "xn--bcher-kva.example", "例え.テスト"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		ascii, unicode, err := Name(in)
		if err != nil {
			return
		}
		if again, _, err := Name(ascii); err != nil || again != ascii {
			t.Errorf("%q is %q, and that %q, %v", in, ascii, again, err)
		}
		if unicode == "" {
			return
		}
		if again, _, err := Name(unicode); err != nil || again != ascii {
			t.Errorf("%q is written as %q, which is %q, %v", ascii, unicode, again, err)
		}
	})
}
