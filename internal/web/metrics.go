package web

import (
	"bytes"
	"cmp"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"slices"
	"strings"
)

// metrics tells Prometheus what was counted. Others than this machine, and the networks that may, are told that there is no such page.
func (s *server) metrics(w http.ResponseWriter, r *http.Request) {
	if !s.mayMeasure(r) {
		s.fail(w, r, http.StatusNotFound, "There is no such page.")
		return
	}
	waiting, running, err := s.Store.UnderWayCount(r.Context())
	backlog, errBacklog := s.Store.Backlog(r.Context())
	now, errNow := s.Store.Now(r.Context())
	if err = cmp.Or(err, errBacklog, errNow); err == nil {
		err = s.measures.catchUp(r.Context(), s.Store, now)
	}
	if err != nil {
		s.broken(w, r, err)
		return
	}
	var b bytes.Buffer
	e := exposition{&b}
	e.gauge("mailtls_service_info", "What serves.", 1, "version", s.Version, "go", runtime.Version())
	e.gauge("mailtls_service_start_time_seconds", "When it was started.", float64(s.measures.begun.Unix()))
	e.gauge("mailtls_service_goroutines", "What goes on at the same time.", float64(runtime.NumGoroutine()))
	e.gauge("mailtls_service_watchers", "How many watch a scan.", float64(s.watchers.Load()))
	e.head("mailtls_service_scans", "gauge", "Scans that are not over.")
	e.sample("mailtls_service_scans", float64(waiting), "state", "waiting")
	e.sample("mailtls_service_scans", float64(running), "state", "running")
	e.head("mailtls_service_scans_removed_total", "counter", "Scans that this service has removed because they were old.")
	e.sample("mailtls_service_scans_removed_total", float64(s.Queue.Removed()))
	e.backlog(backlog)
	s.measures.write(e)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write(b.Bytes())
}

// mayMeasure reports whether who asks may know how the service does: this machine, and the networks that were named. A proxy on this
// machine is not meant: it asks by the name of the service, or says for whom it does.
func (s *server) mayMeasure(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	address := from.Addr().Unmap()
	if slices.ContainsFunc(s.Measurers, func(p netip.Prefix) bool { return p.Contains(address) }) {
		return true
	}
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	at, err := netip.ParseAddr(strings.Trim(host, "[]"))
	here := err == nil && at.IsLoopback() || host == "localhost"
	return address.IsLoopback() && here && !proxied(r)
}
