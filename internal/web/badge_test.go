package web

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/report"
)

// TestBadge wants the last scan that is done on the badge, no scan ordered by it, and no text that is not well-formed.
func TestBadge(t *testing.T) {
	s := serve(t, Allow(nil, Ports(nil)))
	weak := reportOn(t, "ancient")
	s.keep(t, "smtp://one.example:25", reportOn(t, "strong"))
	id := s.keep(t, "smtp://one.example:25", weak)
	for path, want := range map[string]string{
		"/badge/smtp:%2F%2Fone.example:25.svg": ">F · ",
		"/badge/two.example.svg":               ">not scanned<",
		"/badge/TWO.example.svg":               ">not scanned<",
	} {
		picture := s.get(t, path, http.StatusOK)
		if !strings.Contains(picture, want) {
			t.Errorf("%s: %s", path, picture)
		}
		for d := xml.NewDecoder(strings.NewReader(picture)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v: %s", path, err, picture)
			}
		}
	}
	for _, path := range []string{"/badge/two.example", "/badge/%3Cscript%3E.svg", "/badge/http:%2F%2Fx.example.svg", "/badge/.svg"} {
		s.get(t, path, http.StatusNotFound)
	}
	if _, err := s.store.UnderWay(t.Context(), "two.example", true); !errors.Is(err, store.ErrNone) {
		t.Errorf("a badge has ordered a scan: %v", err)
	}
	res, err := s.Client().Get(s.URL + "/badge/two.example.svg")
	read(t, res, err, http.StatusOK)
	if cache := res.Header.Get("Cache-Control"); cache != "public, max-age=600" {
		t.Errorf("it may be kept: %q", cache)
	}
	page := s.get(t, "/scans/"+id, http.StatusOK)
	if !strings.Contains(page, `src="/badge/smtp:%2F%2Fone.example:25.svg"`) || !strings.Contains(page, "[![mail TLS]("+s.URL+"/badge/smtp:%2F%2Fone.example:25.svg)]") {
		t.Errorf("the report does not offer it:\n%s", page[:min(len(page), 3000)])
	}
}

// TestBound wants what a grade is at best wherever a scan is told of that has none.
func TestBound(t *testing.T) {
	scan := &store.Scan{State: store.Done, Verdict: report.Incomplete, AtBest: "D"}
	if got := badgeOf(scan).Right; !strings.HasPrefix(got, "D at best · ") {
		t.Errorf("the badge says %q", got)
	}
	if got := apiScanOf(scan); got.AtBest != "D" || got.Grade != "" {
		t.Errorf("programs get %+v", got)
	}
	all, err := parsePages()
	if err != nil {
		t.Fatal(err)
	}
	var cell bytes.Buffer
	if err := all.named["history"].ExecuteTemplate(&cell, "grade", scan); err != nil || cell.String() != `D <span class="small soft">at best</span>` {
		t.Errorf("the history says %s, %v", cell.String(), err)
	}
	c := chartOf([]store.Scan{{State: store.Done, Grade: "A"}, {State: store.Done, Grade: "A"}, *scan})
	if len(c.Gaps) != 1 || !strings.Contains(c.Gaps[0].Title, "grade D at best") {
		t.Errorf("the chart says %+v", c.Gaps)
	}
	scan.Grade, scan.AtBest = "B", ""
	if got := badgeOf(scan).Right; !strings.HasPrefix(got, "B · ") {
		t.Errorf("the badge says %q", got)
	}
}

// TestChosen wants the latest scan compared to begin with to the one before it of the same depth, and to another only where there is none.
func TestChosen(t *testing.T) {
	quick, full := store.Scan{State: store.Done, Quick: true}, store.Scan{State: store.Done}
	for name, test := range map[string]struct {
		scans    []store.Scan
		old, new int // -1: none
	}{
		"none":              {nil, -1, -1},
		"one":               {[]store.Scan{quick}, -1, 0},
		"of the same depth": {[]store.Scan{quick, full, quick, quick}, 2, 0},
		"of the other":      {[]store.Scan{quick, full, full}, 1, 0},
		"failed":            {[]store.Scan{{State: store.Failed}, full, {State: store.Failed}, quick, full}, 4, 1},
	} {
		p := past{Scans: test.scans}
		for i := range p.Scans {
			p.Scans[i].ID = strconv.Itoa(i)
		}
		id := func(i int) string {
			if i < 0 {
				return ""
			}
			return strconv.Itoa(i)
		}
		if p.choose(); p.Old != id(test.old) || p.New != id(test.new) {
			t.Errorf("%s: from %q to %q", name, p.Old, p.New)
		}
	}
}
