package main

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/report"
	"github.com/mailtls/mailtls/tlswire"
)

// visitJSON is a client of the lab in JSON. Its texts are as the client sent them.
type visitJSON struct {
	Time     time.Time   `json:"time"`
	Server   string      `json:"server"` // of the lab
	Protocol string      `json:"protocol"`
	Client   string      `json:"client"`         // address and port
	Name     string      `json:"name,omitempty"` // of its EHLO
	TLS      bool        `json:"tls"`            // it asked for it
	InClear  bool        `json:"in_clear"`       // it began to hand over a message without
	Hello    *helloJSON  `json:"hello,omitempty"`
	Got      *agreedJSON `json:"got,omitempty"`
	Finished bool        `json:"finished"`
	Problem  string      `json:"problem,omitempty"`
	Policies []offerJSON `json:"policies,omitempty"`
	Saved    string      `json:"saved,omitempty"` // id of the program
	NotSaved string      `json:"not_saved,omitempty"`
}

// helloJSON is what a hello lists, without GREASE.
type helloJSON struct {
	SSLv2Form      bool                      `json:"sslv2_form"`
	Bytes          int                       `json:"bytes"`
	Records        int                       `json:"records"`
	Versions       []tlswire.Version         `json:"versions"`
	VersionsListed bool                      `json:"versions_listed"` // else only the newest is told
	Suites         []suiteOffered            `json:"suites"`
	Groups         []tlswire.Group           `json:"groups"`
	KeyShares      []tlswire.Group           `json:"key_shares"`
	RetryShares    []tlswire.Group           `json:"retry_key_shares,omitempty"` // of the second hello
	Schemes        []tlswire.SignatureScheme `json:"schemes"`
	Extensions     []tlswire.ExtensionType   `json:"extensions"`
	Compression    bool                      `json:"compression"`
	ServerName     string                    `json:"server_name,omitempty"`
	ALPN           []string                  `json:"alpn,omitempty"`
}

// suiteOffered is a suite, and the rows of the policy mail that mind it.
type suiteOffered struct {
	Name   tlswire.Suite `json:"name"`
	Minded []string      `json:"minded,omitempty"`
}

type agreedJSON struct {
	Version tlswire.Version `json:"version"`
	Suite   tlswire.Suite   `json:"suite"`
	Group   tlswire.Group   `json:"group,omitzero"`
}

// offerJSON is what a policy says of the hello.
type offerJSON struct {
	Policy   string            `json:"policy"`
	Version  string            `json:"version"`
	SHA256   string            `json:"sha256"`
	Role     string            `json:"role"`
	Verdict  check.Level       `json:"verdict"`
	Findings []check.Finding   `json:"findings"`
	Versions []tlswire.Version `json:"left_versions"`
	Suites   []tlswire.Suite   `json:"left_suites"`
}

// visitJSON writes what a client showed, as one line.
func (a *app) visitJSON(v *visited) error {
	out := visitJSON{Time: v.At.UTC(), Server: v.server.Name, Protocol: string(v.server.Protocol), Client: v.From, Name: v.Name,
		TLS: v.StartTLS, InClear: v.InClear, Finished: v.Finished, Saved: v.saved}
	if v.Problem != nil {
		out.Problem = v.Problem.Error()
	}
	if v.why != nil {
		out.NotSaved = v.why.Error()
	}
	if v.Hello != nil {
		out.Hello = v.helloJSON()
	}
	if v.Got.Suite != 0 {
		out.Got = &agreedJSON{v.Got.Version, v.Got.Suite, v.Got.Group}
	}
	for _, j := range v.judged {
		out.Policies = append(out.Policies, offerJSON{j.policy.Name, j.policy.Version, j.policy.SHA256, string(v.role), j.verdict(),
			listed(j.findings), listed(j.versions), listed(j.suites)})
	}
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(out); err != nil {
		return err
	}
	_, err := a.stdout.Write(report.EscapeJSON(b.Bytes()))
	return err
}

func (v *visited) helloJSON() *helloJSON {
	out := &helloJSON{SSLv2Form: v.Hello.V2 != nil, Bytes: v.Hello.Length, Records: v.Hello.Records, Versions: listed(v.offer.Versions),
		VersionsListed: v.saysVersions(), Suites: []suiteOffered{}, Groups: listed(v.offer.Groups), KeyShares: listed(keyShares(v.Hello.Extensions)),
		Schemes: listed(v.offer.Schemes), Extensions: listed(v.offer.Extensions), Compression: v.offer.Compression,
		ServerName: serverName(v), ALPN: alpn(v)}
	if v.Second != nil {
		out.RetryShares = keyShares(v.Second.Extensions)
	}
	for _, s := range v.offer.Suites {
		_, rows := v.offer.Minded(s, v.mail, v.role)
		out.Suites = append(out.Suites, suiteOffered{s, rows})
	}
	return out
}

// listed is list, but never nil, which JSON writes as null.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
