package check

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
)

// Hosts are all endpoints of one report, so that each can be looked at beside the others. It remembers what checks are shown
// of them, for all that are judged: the endpoints must not change, and one goroutine at a time may use it.
type Hosts struct {
	all       []*evidence.Endpoint
	names     []string // canonical, of each
	byAddress map[string][]*evidence.Endpoint
	shown     map[shownKeys]*Hosts // with the facts alone that a check reads
	keys      *hostKeys            // once they were asked for
	ssl2      []*evidence.Endpoint // likewise
	ssl2Known bool
}

// NewHosts returns the endpoints of a report.
func NewHosts(all ...*evidence.Endpoint) *Hosts {
	h := &Hosts{all: all, byAddress: make(map[string][]*evidence.Endpoint), shown: make(map[shownKeys]*Hosts)}
	for _, e := range all {
		h.names = append(h.names, canonical(e.Target.Host))
		h.byAddress[e.Target.Address] = append(h.byAddress[e.Target.Address], e)
	}
	return h
}

// Subject is [NewSubject] for an endpoint among the others.
func (h *Hosts) Subject(e *evidence.Endpoint) *Subject {
	s := NewSubject(e)
	s.Peers, s.Others = h.PeersOf(e), h
	return s
}

// PeersOf returns those that are other services of the host of e: they have its name, and its address. By another address
// another machine may answer, and by another name another certificate. What speaks the same protocol on another port is
// another server, such as one that is being tried.
func (h *Hosts) PeersOf(e *evidence.Endpoint) []*evidence.Endpoint {
	if e.Target.Address == "" {
		return nil
	}
	var out []*evidence.Endpoint
	for _, x := range h.byAddress[e.Target.Address] {
		if x.Target.Protocol != e.Target.Protocol && x.Target.Port != e.Target.Port && hostName(x) == hostName(e) {
			out = append(out, x)
		}
	}
	return out
}

// hostName is the name of the host as far as names differ.
func hostName(e *evidence.Endpoint) string {
	return canonical(e.Target.Host) + " " + e.Target.ServerName
}

// others tells which of the endpoints, by their numbers, are on another host than e: they have neither its name nor its
// address. Behind two addresses of one name, or two names of one address, there may be one machine.
func (h *Hosts) others(e *evidence.Endpoint) func(i int) bool {
	name := canonical(e.Target.Host)
	return func(i int) bool { return h.all[i].Target.Address != e.Target.Address && h.names[i] != name }
}

// anyOther reports whether there is another host than that of e.
func (h *Hosts) anyOther(e *evidence.Endpoint) bool {
	if h == nil {
		return false
	}
	other := h.others(e)
	for i := range h.all {
		if other(i) {
			return true
		}
	}
	return false
}

// only returns the endpoints with no other facts than those of keys.
func (h *Hosts) only(keys []*evidence.Key) *Hosts {
	if h == nil {
		return nil
	}
	var id shownKeys
	if copy(id[:], keys) < len(keys) {
		return NewHosts(onlyAll(h.all, keys)...)
	}
	if h.shown[id] == nil {
		h.shown[id] = NewHosts(onlyAll(h.all, keys)...)
	}
	return h.shown[id]
}

// hostKeys are the keys that the endpoints of a report show, by their hashes, with the numbers of the endpoints. Those that
// speak no TLS are left out.
type hostKeys struct {
	by    map[string][]int
	some  []int    // which show any
	open  []int    // of which not all are known
	whies []string // why, of each of these
}

// leafKeys returns the keys that all of them show.
func (h *Hosts) leafKeys() *hostKeys {
	if h.keys != nil {
		return h.keys
	}
	h.keys = &hostKeys{by: make(map[string][]int)}
	for i, e := range h.all {
		if speaksTLS(e).there == evidence.No {
			continue
		}
		keys, why := leafKeys(e)
		for _, k := range keys {
			h.keys.by[k] = append(h.keys.by[k], i)
		}
		if len(keys) > 0 {
			h.keys.some = append(h.keys.some, i)
		}
		if why != "" {
			h.keys.open, h.keys.whies = append(h.keys.open, i), append(h.keys.whies, why)
		}
	}
	return h.keys
}

// sharing returns the hosts but that of e that show one of keys, each once, in the order of the report.
func (h *Hosts) sharing(e *evidence.Endpoint, keys []string) []string {
	var which []int
	for _, k := range keys {
		which = append(which, h.leafKeys().by[k]...)
	}
	slices.Sort(which)
	other, told := h.others(e), make(map[string]bool)
	var out []string
	for _, i := range which {
		if host := h.all[i].Target.Host; other(i) && !told[host] {
			told[host], out = true, append(out, host)
		}
	}
	return out
}
