package servetls

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// Redirect sends whoever asks without TLS for one of the names to the same page with it: at base, or where that is empty at the name that was
// asked for and port. Others are told nothing but that: an address of ours must not be a way to anywhere.
func Redirect(names []string, base, port string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			name = r.Host
		}
		name = strings.ToLower(strings.TrimSuffix(name, "."))
		if !slices.Contains(names, name) {
			http.Error(w, "This service is not known by that name.", http.StatusMisdirectedRequest)
			return
		}
		to := base
		if to == "" {
			to = "https://" + name
			if port != "443" {
				to += ":" + port
			}
		}
		w.Header().Set("Cache-Control", "no-store") // the port may be another one day
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "Ask with HTTPS: "+to, http.StatusForbidden) // what was sent has been seen by all on the way
			return
		}
		there := "/" + strings.TrimPrefix(r.URL.EscapedPath(), "/") // what is asked for need not begin so
		if r.URL.RawQuery != "" {
			there += "?" + r.URL.RawQuery
		}
		http.Redirect(w, r, to+there, http.StatusPermanentRedirect)
	})
}
