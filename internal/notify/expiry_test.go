package notify

import (
	"testing"
	"time"

	"github.com/mailtls/mailtls/report"
)

const day = 24 * time.Hour

// TestStage wants each certificate told when its renewal is late for the life that it has.
func TestStage(t *testing.T) {
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		life, left time.Duration
		want       string
	}{
		{90 * day, 90 * day, good}, {90 * day, 30 * day, good}, {90 * day, 28 * day, good}, {90 * day, 26 * day, soon}, {90 * day, 4 * day, soon}, {90 * day, 2 * day, last},
		{398 * day, 100 * day, good}, {398 * day, 29 * day, soon}, {398 * day, 2 * day, last},
		{47 * day, 15 * day, good}, {47 * day, 14 * day, soon}, {47 * day, 2 * day, last},
		{6 * day, 2 * day, good}, {6 * day, 40 * time.Hour, soon}, {6 * day, 14 * time.Hour, last},
		{0, -day, good},
	} {
		if got := stage(from, from.Add(tc.life), from.Add(tc.life-tc.left)); got != tc.want {
			t.Errorf("%v left of %v: %s, want %s", tc.left, tc.life, got, tc.want)
		}
	}
}

// TestExpiry lets a certificate run out: it is told twice before, each time at once and once, and then as a finding.
func TestExpiry(t *testing.T) {
	l := newLooks(t)
	var told []int
	expired, now := false, 0
	for _, d := range []int{30, 61, 62, 63, 64, 70, 80, 87, 88, 89, 91} {
		l.later(time.Duration(d-now) * day)
		now = d
		for range 2 {
			for _, c := range l.look(t).Changes {
				if c.Kind == Expiry {
					told = append(told, d)
				}
				if c.Check == "cert-expiring" {
					t.Errorf("day %d: told as a finding, too", d)
				}
				expired = expired || c.Check == "cert-expired" && c.Trend == report.Worse && d > 90
			}
		}
	}
	if len(told) != 2 || told[0] != 63 || told[1] != 88 || !expired {
		t.Errorf("told on the days %v, expired %v", told, expired)
	}
}
