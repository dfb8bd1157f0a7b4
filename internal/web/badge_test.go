package web

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/internal/store"
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
