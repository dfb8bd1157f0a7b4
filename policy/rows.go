package policy

import (
	"fmt"
	"iter"
	"strings"

	"github.com/mailtls/mailtls/tlswire"
)

// Row is one rule of a policy with its place and name.
type Row struct {
	Field string // of the policy in JSON: "versions", "suite_lists" …
	Index int    // in that field
	ID    string // unique in the policy: "version-tls1.0", the name of a check or a list
	Rule  Rule
}

// Rows yields all rows, in the order of the fields in JSON.
func (p *Policy) Rows() iter.Seq[Row] {
	return func(yield func(Row) bool) {
		all := func(field string, n int, row func(int) (string, Rule)) bool {
			for i := range n {
				if id, rule := row(i); !yield(Row{field, i, id, rule}) {
					return false
				}
			}
			return true
		}
		_ = all("versions", len(p.Versions), func(i int) (string, Rule) { return p.Versions[i].ID(), p.Versions[i].Rule }) &&
			all("suites", len(p.Suites), func(i int) (string, Rule) { return p.Suites[i].Check, p.Suites[i].Rule }) &&
			all("suite_lists", len(p.SuiteLists), list(p.SuiteLists)) &&
			all("group_lists", len(p.GroupLists), list(p.GroupLists)) &&
			all("signature_lists", len(p.SignatureLists), list(p.SignatureLists)) &&
			all("extension_lists", len(p.ExtensionLists), list(p.ExtensionLists)) &&
			all("dh_lists", len(p.DHLists), list(p.DHLists)) &&
			all("keys", len(p.Keys), func(i int) (string, Rule) { return p.Keys[i].ID(), p.Keys[i].Rule }) &&
			all("cert_key_lists", len(p.CertKeyLists), list(p.CertKeyLists)) &&
			all("cert_signed_lists", len(p.CertSignedLists), list(p.CertSignedLists)) &&
			all("lifetimes", len(p.Lifetimes), func(i int) (string, Rule) { return p.Lifetimes[i].ID(), p.Lifetimes[i].Rule }) &&
			all("checks", len(p.Checks), func(i int) (string, Rule) { return p.Checks[i].Check, p.Checks[i].Rule })
	}
}

func list[T comparable](lists []List[T]) func(int) (string, Rule) {
	return func(i int) (string, Rule) { return lists[i].ID, lists[i].Rule }
}

// ID names the row, as in "version-tls1.0".
func (r VersionRule) ID() string { return "version-" + lower(r.Version) }

// ID names the row, as in "rsa-below-2048".
func (r KeyRule) ID() string {
	return fmt.Sprintf("%s-below-%d", strings.ToLower(string(r.Kind)), r.Below)
}

// ID names the row, as in "cert-lifetime-398".
func (r LifetimeRule) ID() string { return fmt.Sprintf("cert-lifetime-%d", r.Above) }

func lower(v tlswire.Version) string { return strings.ToLower(strings.ReplaceAll(v.String(), " ", "")) }
