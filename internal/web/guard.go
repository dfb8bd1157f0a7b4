package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// maxBody is how many bytes a request may bring, unless it brings a list.
const maxBody = 64 << 10

// answerTime is how long the database may take in all to give what a request asks for.
const answerTime = 30 * time.Second

// guard keeps out requests for other hosts, and tells browsers how little the pages need: no script, style or picture from elsewhere,
// nor within them.
func (s *server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "+
			"form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		origin := s.from(r)
		ctx, id := newRequest(context.WithValue(r.Context(), originKey{}, origin))
		h.Set("X-Request-Id", id)
		if !s.knows(r.Host) {
			refusePlainly(w, r, http.StatusMisdirectedRequest, "this service is not known by that name: --host allows it")
			return
		}
		if r.TLS != nil && s.alone(r.Host) {
			h.Set("Strict-Transport-Security", "max-age=31536000") // RFC 6797, Section 6.1: a year
		}
		if s.forStrangers(r) {
			refusePlainly(w, r, http.StatusForbidden, without(r))
			return
		}
		if !strings.HasSuffix(r.URL.Path, "/events") && !bringsList(r) && !isExport(r) { // which go on
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, answerTime)
			defer cancel()
		}
		timed := r.WithContext(ctx)
		timed.Body = bodyOf(w, r) // of the copy: net/http looks at its own whether all was read, and reads what is left as a request else
		if status, why := formFault(timed); status != 0 {
			s.fail(w, timed, status, why)
			return
		}
		next.ServeHTTP(w, timed)
		r.Pattern = timed.Pattern // for whoever counts by it
		s.Log.DebugContext(ctx, "request", "method", r.Method, "path", r.URL.Path, "from", origin, "took", time.Since(begun))
	})
}

// refusePlainly answers what nothing of the service is to be shown for, a program in its form.
func refusePlainly(w http.ResponseWriter, r *http.Request, status int, why string) {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		problem(w, status, strings.TrimSuffix(why, "."))
		return
	}
	http.Error(w, sentence(why), status)
}

// formFault reads the form of a request, if it is one, and says what keeps it from being read: else its fields would seem to be empty. Lists are read
// as they come.
func formFault(r *http.Request) (status int, why string) {
	if r.Method != http.MethodPost || strings.HasPrefix(r.URL.Path, "/api/") || bringsList(r) {
		return 0, ""
	}
	err := r.ParseForm()
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return http.StatusRequestEntityTooLarge, fmt.Sprintf("That is more than this service reads: %d bytes.", maxBody)
	}
	if err != nil {
		return http.StatusBadRequest, "What was sent is no form."
	}
	return 0, ""
}

// knows reports whether the service may be asked for as host. An attacker's name that leads to a loopback address is none of these
// (DNS rebinding); an address needs no DNS.
func (s *server) knows(host string) bool {
	name := hostname(host)
	_, err := netip.ParseAddr(name)
	return err == nil || name == "localhost" || slices.Contains(s.Hosts, name)
}

// alone reports whether a name of this service is asked for that nobody else answers by: what browsers are told of a name holds for all its ports.
// Addresses and localhost (RFC 6761, Section 6.3) belong to others on the machine, too, and at another port than 443 so may the name.
func (s *server) alone(host string) bool {
	name := hostname(host)
	_, port, err := net.SplitHostPort(host)
	return slices.Contains(s.Hosts, name) && name != "localhost" && !strings.HasSuffix(name, ".localhost") && (err != nil || port == "443")
}

// hostname is a host of a request without its port, in lower case.
func hostname(host string) string {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(name, "[]"), "."))
}
