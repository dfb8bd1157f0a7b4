package check

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// Subject is what is judged: one endpoint in its surroundings.
type Subject struct {
	Role     policy.Role
	Quick    bool     // the scan asked only for what checks cannot do without
	Passive  bool     // it left out what no ordinary client does
	Only     []string // ids of the checks that it was about; none: all
	Skip     []string // ids of the checks that it left out
	Names    []string // names by which clients look for the server; none if only its address is known
	Endpoint *evidence.Endpoint
	Peers    []*evidence.Endpoint // the other ports of the same host that were scanned with it; see Hosts.PeersOf
	Others   *Hosts               // what was scanned with it, this host among them; nil: nothing

	shown map[shownKeys]*evidence.Endpoint // what checks were shown of Endpoint, while many are run; else nil
}

// shownKeys are keys of facts; no check reads more than fit.
type shownKeys [8]*evidence.Key

// Remembering returns a copy of s that makes each excerpt of its facts once, for all checks of all policies. The endpoint must
// not change from then on, and one goroutine at a time may use it.
func (s *Subject) Remembering() *Subject {
	if s.shown != nil {
		return s
	}
	out := *s
	out.shown = make(map[shownKeys]*evidence.Endpoint)
	return &out
}

// NewSubject returns the subject for an endpoint alone: its role by protocol and port, its name from the target.
func NewSubject(e *evidence.Endpoint) *Subject {
	s := &Subject{Role: policy.RoleOf(e.Target.Protocol, e.Target.Port), Endpoint: e}
	switch {
	case e.Target.ServerName != "":
		s.Names = []string{e.Target.ServerName}
	case !isAddress(e.Target.Host):
		s.Names = []string{e.Target.Host}
	}
	return s
}

// only returns a copy of s that shows no other facts than those of keys, and certificates only with their fact; and of the
// endpoints around it, as far, only those that a check of that scope is about.
func (s *Subject) only(keys []*evidence.Key, scope Scope) *Subject {
	out := *s
	out.Endpoint, out.Peers, out.Others = s.excerpt(keys), nil, nil
	switch scope {
	case Host:
		out.Peers = onlyAll(s.Peers, keys)
	case Report:
		out.Others = s.Others.only(keys)
	}
	return &out
}

// excerpt returns what a check that reads keys is shown of the endpoint.
func (s *Subject) excerpt(keys []*evidence.Key) *evidence.Endpoint {
	var id shownKeys
	if s.shown == nil || copy(id[:], keys) < len(keys) {
		return only(s.Endpoint, keys)
	}
	if s.shown[id] == nil {
		s.shown[id] = only(s.Endpoint, keys)
	}
	return s.shown[id]
}

func onlyAll(list []*evidence.Endpoint, keys []*evidence.Key) []*evidence.Endpoint {
	var out []*evidence.Endpoint
	for _, e := range list {
		out = append(out, only(e, keys))
	}
	return out
}

func only(e *evidence.Endpoint, keys []*evidence.Key) *evidence.Endpoint {
	out := &evidence.Endpoint{At: e.At, Target: e.Target, Source: e.Source}
	out.Facts.Take(&e.Facts, keys...)
	if slices.Contains(keys, evidence.KeyCertificates) {
		out.Blobs.Certificates = e.Blobs.Certificates
	}
	return out
}
