package web

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestCampaignRemoved removes the reports of a campaign: its rows stay and say so, and nothing leads to where there is nothing.
func TestCampaignRemoved(t *testing.T) {
	s := campaigning(t, 2)
	_, path := s.submit(t, usual(), "d1.test", "", http.StatusOK)
	s.watch(t, path)
	_, later := s.submit(t, usual(), "d1.test", "", http.StatusOK)
	s.watch(t, later)
	const removed = `"error":"its report was removed"`
	if n, err := s.store.Prune(t.Context(), time.Now().Add(time.Hour)); n != 1 || err != nil {
		t.Fatalf("%d removed: %v", n, err)
	}
	if page := s.get(t, path, http.StatusOK); strings.Contains(page, `href="/scans/`) || !strings.Contains(page, "d1.test") {
		t.Errorf("page:\n%s", page)
	}
	if line := s.get(t, path+"/results.jsonl", http.StatusOK); !strings.Contains(line, removed) {
		t.Errorf("its line: %.2000s", line)
	}
	if line := s.get(t, later+"/results.jsonl", http.StatusOK); strings.Contains(line, removed) || !strings.Contains(line, `"endpoints"`) {
		t.Errorf("that of the later: %.2000s", line)
	}
	if page := s.get(t, later, http.StatusOK); !strings.Contains(page, `href="/scans/`) {
		t.Errorf("the later page:\n%s", page)
	}
}
