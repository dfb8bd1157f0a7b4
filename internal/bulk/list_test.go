package bulk

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailtls/mailtls/internal/journal"
)

func read(t *testing.T, l List, text string) []string {
	t.Helper()
	var got []string
	_, err := l.Read(strings.NewReader(text), func(list []journal.Entry, _ journal.Part) error {
		for _, e := range list {
			s := fmt.Sprintf("%d %s", e.Line, e.Name)
			if e.Fault != "" {
				s += " !"
			}
			got = append(got, s)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestList(t *testing.T) {
	long := strings.Repeat("a", 300)
	for _, c := range []struct {
		name, text string
		column     int
		want       []string
	}{
		{"names", "example.org\nEXAMPLE.net.\r\n\n  user@example.com  \nbücher.example", 0,
			[]string{"1 example.org", "2 example.net", "4 example.com", "5 xn--bcher-kva.example"}},
		{"comments", "# all\nexample.org # ours\n#\n a#b.test", 0, []string{"2 example.org", "4 a#b.test !"}},
		{"junk", "-\nlocalhost\n\x00\n192.0.2.1\nhttps://example.org/\n" + long + ".org\n\xff\xfe.test\nexample.org", 0,
			[]string{"1 - !", "2 localhost !", "4 192.0.2.1 !", "5 https://example.org/ !", "6 " + long[:253] + " !", "7 \uFFFD.test !", "8 example.org"}},
		{"Tranco", "1,google.com\n2,example.org\n3,x\n", 0, []string{"1 google.com", "2 example.org", "3 x !"}},
		{"heading", "\uFEFF\"Rank\",\"Domain\",\"Other\"\n1,\"a.test\",b.test\n2,c.test\n3\n", 0, []string{"2 a.test", "3 c.test", "4 3 !"}},
		{"semicolons", "a;b.test;c.test\n1;d.test;e.test\n", 0, []string{"1 b.test", "2 d.test"}},
		{"column", "domain,name\na.test,b.test\n", 2, []string{"2 b.test"}},
		{"quotes", "1,\"a.test\n\"b.test\"\n", 0, []string{"1 a.test", "2 b.test"}},
		{"empty", "", 0, nil},
		{"endless line", strings.Repeat("x", 1<<20) + "\nexample.org", 0, []string{"1 " + strings.Repeat("x", 253) + " !", "2 example.org"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, read(t, List{Column: c.column}, c.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzList(f *testing.F) {
	f.Add("1,google.com\n# x\n\"a,b\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := List{}.Read(strings.NewReader(text), func(list []journal.Entry, _ journal.Part) error {
			for _, e := range list {
				if e.Name == "" || len(e.Name) > 253 || e.Line < 1 {
					t.Errorf("%+v", e)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}
