package check

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// Subject is what is judged: one endpoint in its surroundings.
type Subject struct {
	Role     policy.Role
	Quick    bool     // the scan asked only for what checks cannot do without
	Names    []string // names by which clients look for the server; none if only its address is known
	Endpoint *evidence.Endpoint
	Peers    []*evidence.Endpoint // the other ports of the same host that were scanned with it; see PeersOf
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

// PeersOf returns those of all that are other ports of the host of e: they have its name, and its address. By another
// address another machine may answer, and by another name another certificate.
func PeersOf(e *evidence.Endpoint, all []*evidence.Endpoint) []*evidence.Endpoint {
	var out []*evidence.Endpoint
	for _, x := range all {
		if x.Target.Port != e.Target.Port && x.Target.Address != "" && x.Target.Address == e.Target.Address && hostName(x) == hostName(e) {
			out = append(out, x)
		}
	}
	return out
}

// hostName is the name of the host as far as names differ.
func hostName(e *evidence.Endpoint) string {
	return strings.ToLower(strings.TrimSuffix(e.Target.Host, ".")) + " " + e.Target.ServerName
}

// only returns a copy of s that shows no other facts than those of keys, and certificates only with their fact; and peers, as
// far, only if they are wanted.
func (s *Subject) only(keys []*evidence.Key, peers bool) *Subject {
	out := *s
	out.Endpoint, out.Peers = only(s.Endpoint, keys), nil
	if peers {
		for _, e := range s.Peers {
			out.Peers = append(out.Peers, only(e, keys))
		}
	}
	return &out
}

func only(e *evidence.Endpoint, keys []*evidence.Key) *evidence.Endpoint {
	out := &evidence.Endpoint{At: e.At, Target: e.Target, Source: e.Source, Facts: *e.Facts.Only(keys...)}
	if slices.Contains(keys, evidence.KeyCertificates) {
		out.Blobs.Certificates = e.Blobs.Certificates
	}
	return out
}
