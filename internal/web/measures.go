package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/mailtls/mailtls/internal/store"
)

// measures counts what the service does since it was started. It may be used by several goroutines.
type measures struct {
	begun time.Time

	mu       sync.Mutex
	requests map[string]map[int]int // by route and status
	answers  map[string]*histogram  // by route: seconds

	counting    sync.Mutex // of the scans that ended
	until       time.Time  // up to then they are counted
	ended       map[[2]string]int
	waits       histogram
	scans       histogram
	connections int
}

// settled is how long after its end a scan is counted: by then, whoever noted it has committed that.
const settled = 10 * time.Second

func newMeasures(now time.Time) *measures {
	return &measures{begun: now, until: now, requests: make(map[string]map[int]int), answers: make(map[string]*histogram), ended: make(map[[2]string]int),
		waits: newHistogram(0.1, 0.5, 1, 5, 15, 60, 300, 1800), scans: newHistogram(0.5, 1, 2, 5, 10, 30, 60, 120, 300)}
}

// measured counts what next answers, by its route and status.
func (m *measures) measured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun, status := time.Now(), &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(status, r)
		m.answered(cmp.Or(r.Pattern, "none"), status.status, time.Since(begun)) // without a route, it was turned away before
	})
}

func (m *measures) answered(route string, status int, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.requests[route] == nil {
		h := newHistogram(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
		m.requests[route], m.answers[route] = make(map[int]int), &h
	}
	m.requests[route][status]++
	m.answers[route].add(took)
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader is that of [http.ResponseWriter].
func (s *statusWriter) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

// Unwrap lets [http.ResponseController] reach what is beneath.
func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// catchUp counts the scans that ended since it last did.
func (m *measures) catchUp(ctx context.Context, s *store.Store, now time.Time) error {
	m.counting.Lock()
	defer m.counting.Unlock()
	until := now.Add(-settled)
	if !until.After(m.until) {
		return nil
	}
	list, err := s.EndedSince(ctx, m.until, until)
	if err != nil {
		return err
	}
	m.until = until
	for _, e := range list {
		depth := "full"
		if e.Quick {
			depth = "quick"
		}
		m.ended[[2]string{string(e.State), depth}]++
		m.connections += e.Connections
		if e.State == store.Done {
			m.waits.add(e.Wait)
			m.scans.add(e.Took)
		}
	}
	return nil
}

func (m *measures) write(e exposition) {
	m.counting.Lock()
	e.head("mailtls_service_scans_ended_total", "counter", "Scans that ended, whoever made them, since this service was started.")
	for _, key := range sortedKeys(m.ended, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		e.sample("mailtls_service_scans_ended_total", float64(m.ended[key]), "state", key[0], "depth", key[1])
	}
	e.head("mailtls_service_connections_total", "counter", "Connections that those scans made.")
	e.sample("mailtls_service_connections_total", float64(m.connections))
	e.head("mailtls_service_scan_seconds", "histogram", "How long those took that are done, once begun.")
	e.histogram("mailtls_service_scan_seconds", &m.scans)
	e.head("mailtls_service_scan_wait_seconds", "histogram", "How long they had waited before.")
	e.histogram("mailtls_service_scan_wait_seconds", &m.waits)
	m.counting.Unlock()

	m.mu.Lock()
	defer m.mu.Unlock()
	routes := sortedKeys(m.requests, strings.Compare)
	e.head("mailtls_service_requests_total", "counter", "Requests that were answered.")
	for _, route := range routes {
		for _, status := range sortedKeys(m.requests[route], func(a, b int) int { return a - b }) {
			e.sample("mailtls_service_requests_total", float64(m.requests[route][status]), "route", route, "code", strconv.Itoa(status))
		}
	}
	e.head("mailtls_service_request_seconds", "histogram", "How long the answers took.")
	for _, route := range routes {
		e.histogram("mailtls_service_request_seconds", m.answers[route], "route", route)
	}
}

func sortedKeys[K comparable, V any](m map[K]V, compare func(a, b K) int) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compare)
	return keys
}
