package bulk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/discover"
	"github.com/mailtls/mailtls/internal/journal"
	"github.com/mailtls/mailtls/internal/resolve"
)

// badNames are the records of domains that are not as they should be, and of one that is.
func badNames() string {
	zone := "good.test. MX 10 mx0.provider.test.\nxn--bcher-kva.test. MX 10 mx0.provider.test.\nmx0.provider.test. A 192.0.0.0\n" +
		"loop.test. CNAME loop2.test.\nloop2.test. CNAME loop.test.\nmxloop.test. MX 10 loop.test.\nendless.test. CNAME c0.test.\nnull.test. MX 0 .\n" +
		"bomb.test. MX 10 mx0.provider.test.\n_mta-sts.bomb.test. TXT " + strings.Repeat(`"`+strings.Repeat("v=STSv1; id=", 20)+`" `, 200) + "\n" +
		"_smtp._tls.bomb.test. TXT " + strings.Repeat(`"`+strings.Repeat("x", 250)+`" `, 200) + "\n"
	for i := range 100 {
		zone += fmt.Sprintf("c%d.test. CNAME c%d.test.\n", i, i+1)
	}
	for i := range 60 {
		zone += fmt.Sprintf("many.test. MX %d mx0.provider.test.\n", i)
	}
	return zone
}

// TestBadInput: each line of a bad list, and each domain that is none or has a strange DNS, gets a clear result, once, and holds up nobody.
func TestBadInput(t *testing.T) {
	list := strings.Join([]string{"good.test", "GOOD.test.", "good.test", "bücher.test", "xn--bcher-kva.test.", "", "# no name", "\x00\x01", "\xff\xfe.test", "<script>.test",
		strings.Repeat("a", 300) + ".test", strings.Repeat("a.", 200) + "test", strings.Repeat("b", 70) + ".test", "..", "192.0.2.1", "nothing.test", "loop.test", "mxloop.test", "endless.test", "lame.test", "null.test",
		"bomb.test", "many.test"}, "\n")
	want := map[string][2]string{ // result, and a part of the reason
		"good.test": {Mail, ""}, "xn--bcher-kva.test": {Mail, ""}, "\x01": {Invalid, "no name"}, "\uFFFD.test": {Invalid, "UTF-8"}, "<script>.test": {Invalid, ""},
		strings.Repeat("a", 253): {Invalid, "it has more than 253 bytes"}, strings.Repeat("a.", 126) + "a": {Invalid, "it has more than 253 bytes"}, strings.Repeat("b", 70) + ".test": {Invalid, "a label has more than 63 bytes"}, "..": {Invalid, ""}, "192.0.2.1": {Invalid, "an address"},
		"nothing.test": {NoMail, ""}, "loop.test": {Unknown, "circle"}, "mxloop.test": {Mail, ""}, "endless.test": {Unknown, "aliases"}, "lame.test": {Unknown, "REFUSED"},
		"null.test": {NullMX, ""}, "bomb.test": {Mail, ""}, "many.test": {Mail, ""},
	}
	synctest.Test(t, func(t *testing.T) {
		twin, err := resolve.NewTwin(badNames(), nil, map[string]string{"lame.test.": "its name server refuses (REFUSED)"})
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(1)
		j, _ := newJournal(t)
		r := &Run{Journal: j, Workers: 2, Stages: w.stages(t)}
		asked := map[string]int{}
		r.Stages.Discover = func(ctx context.Context, name string, admit AdmitWeb) (*evidence.Domain, error) {
			w.mu.Lock()
			asked[name]++
			w.mu.Unlock()
			return discover.Domain(ctx, name, discover.Config{Resolver: twin, Mode: resolve.Local, NoGuesses: true, Fetch: discover.Fetcher{Admit: admit}})
		}
		if _, err := (List{}).Read(strings.NewReader(list), func(l []journal.Entry, p journal.Part) error {
			_, err := j.Add(l, &p)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := r.Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
		left, err := r.EachRow(t.Context(), func(row Row) error {
			expected, there := want[row.Domain]
			if !there || row.Result != expected[0] || !strings.Contains(row.Error, expected[1]) || (row.Error == "") != (row.Result != Invalid && row.Result != Unknown) {
				t.Errorf("line %d: %q: %s, %q; want %q", row.Line, row.Domain, row.Result, row.Error, expected)
			}
			delete(want, row.Domain)
			return nil
		})
		if left != 0 || err != nil || len(want) > 0 {
			t.Errorf("%d left out, %v; no result of %q", left, err, want)
		}
		for name, n := range asked {
			if n != 1 && (n != mostAsked || !slices.Contains([]string{"lame.test", "loop.test", "endless.test"}, name)) {
				t.Errorf("%s was asked for %d times", name, n)
			}
		}
	})
}
