package tlsrpt

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		txt  []string
		rua  []string
		want string // in the error
	}{
		{[]string{"v=TLSRPTv1; rua=mailto:reports@example.com"}, []string{"mailto:reports@example.com"}, ""},
		{[]string{"v=TLSRPTv1;rua=https://reporting.example.com/v1/tlsrpt;"}, []string{"https://reporting.example.com/v1/tlsrpt"}, ""},
		{[]string{"v=TLSRPTv1; rua=mailto:a@b.example, https://c.example/ ; x=y"}, []string{"mailto:a@b.example", "https://c.example/"}, ""},
		{[]string{"v=spf1 -all", "v=TLSRPTv1; rua=mailto:a@b.example"}, []string{"mailto:a@b.example"}, ""},
		{nil, nil, ErrNone.Error()},
		{[]string{"v=TLSRPTv2; rua=mailto:a@b.example"}, nil, ErrNone.Error()},
		{[]string{"v=TLSRPTv10; rua=mailto:a@b.example"}, nil, ErrNone.Error()},
		{[]string{"v=spf1 -all"}, nil, ErrNone.Error()},
		{[]string{"v=TLSRPTv1 rua=mailto:a@b.example"}, nil, "does not begin with v=TLSRPTv1;"},
		{[]string{"v=TLSRPT1; rua=mailto:a@b.example"}, nil, "does not begin with"},
		{[]string{"v=tlsrptv1; rua=mailto:a@b.example"}, nil, "does not begin with"},
		{[]string{"v=TLS-RPTv1; rua=mailto:a@b.example"}, nil, "does not begin with"},
		{[]string{"V=TLSRPTv1; rua=mailto:a@b.example"}, nil, "does not begin with"},
		{[]string{"v=TLSRPTv1"}, nil, "does not begin with"},
		{[]string{"v=TLSRPTv1; rua=" + strings.Repeat("x", 60<<10)}, nil, "mailto: or https:"},
		{[]string{"v=TLSRPTv1; " + strings.Repeat("x", 60<<10)}, nil, "name=value"},
		{[]string{"v=TLSRPTv1; rua=mailto:a@b.example", "v=TLSRPTv1; rua=mailto:a@b.example"}, nil, "2 TLSRPT records"},
		{[]string{"v=TLSRPTv1;"}, nil, "no rua"},
		{[]string{"v=TLSRPTv1; rua="}, nil, "mailto: or https:"},
		{[]string{"v=TLSRPTv1; rua=a@b.example"}, nil, "mailto: or https:"},
		{[]string{"v=TLSRPTv1; rua=http://b.example"}, nil, "mailto: or https:"},
		{[]string{"v=TLSRPTv1; rua=mailto:"}, nil, "address"},
		{[]string{"v=TLSRPTv1; rua=mailto:postmaster"}, nil, "address"},
		{[]string{"v=TLSRPTv1; rua=https:///x"}, nil, "host"},
		{[]string{"v=TLSRPTv1; rua=mailto:a@b.example!10m"}, nil, "no URI"},
		{[]string{"v=TLSRPTv1; rua=mailto:a@b.example; rua=mailto:c@d.example"}, nil, "two rua"},
		{[]string{"v=TLSRPTv1; nonsense"}, nil, "name=value"},
		{[]string{"v=TLSRPTv1; rua=mailto:a@b.example; x y=z"}, nil, "name=value"},
		{[]string{"v=TLSRPTv1; rua=mailto:a@b.example; x="}, nil, "value"},
		{[]string{"v=TLSRPTv1; rua=mailto:a@b.example; x=a=b"}, nil, "value"},
		{[]string{"v=TLSRPTv1; rua=mailto:a@b.example;; x=y"}, nil, "name=value"},
	} {
		r, err := Parse(c.txt)
		switch {
		case err != nil && len(err.Error()) > 300:
			t.Errorf("%.40q: the error has %d bytes", c.txt, len(err.Error()))
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%q: %v, want %q", c.txt, err, c.want)
		case c.want == "" && (err != nil || cmp.Diff(c.rua, r.RUA) != ""):
			t.Errorf("%q: %+v, %v", c.txt, r, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("v=TLSRPTv1; rua=mailto:a@b.example,https://c.example/; x=y")
	f.Fuzz(func(t *testing.T, txt string) {
		r, err := Parse([]string{txt})
		if err != nil {
			return
		}
		again, err := Parse([]string{r.String()})
		if diff := cmp.Diff(r, again); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}
