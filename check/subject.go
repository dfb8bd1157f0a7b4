package check

import (
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// Subject is what is judged: one endpoint in its surroundings.
type Subject struct {
	Role     policy.Role
	Quick    bool     // the scan asked only for what checks cannot do without
	Names    []string // names by which clients look for the server; none if only its address is known
	Endpoint *evidence.Endpoint
	Peers    []*evidence.Endpoint // the other endpoints of the same host or domain
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

// only returns a copy of s that shows no other facts than those of keys, and certificates only with their fact.
func (s *Subject) only(keys []*evidence.Key) *Subject {
	e := &evidence.Endpoint{At: s.Endpoint.At, Target: s.Endpoint.Target, Source: s.Endpoint.Source, Facts: *s.Endpoint.Facts.Only(keys...)}
	for _, k := range keys {
		if k == evidence.KeyCertificates {
			e.Blobs.Certificates = s.Endpoint.Blobs.Certificates
		}
	}
	out := *s
	out.Endpoint = e
	return &out
}
