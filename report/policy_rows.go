package report

import (
	"github.com/mailtls/mailtls/policy"
)

// PolicyRow is a row of a policy in words for people. It is not escaped.
type PolicyRow struct {
	Section       string // the kind of rows it belongs to, such as "Cipher suites"
	Label         string // what it is about
	ID            string // of the row; that of the check, where it is about one
	Members       []string
	Relay, Access policy.Severity
	Clause        string   // with the days from and until which the row holds
	Why           []string // why it weighs more or less for mail than elsewhere
}

// PolicyRows are all rows of a policy, in its order.
func PolicyRows(x *policy.Policy) []PolicyRow {
	var out []PolicyRow
	for row := range x.Rows() {
		label, members := about(x, row)
		relay, access := row.Rule.For(policy.Relay), row.Rule.For(policy.Access)
		one := PolicyRow{Section: sections()[row.Field], Label: label, ID: row.ID, Members: members, Relay: relay.Severity, Access: access.Severity,
			Clause: row.Rule.Clause, Why: Reasons(relay, access)}
		if !row.Rule.From.IsZero() {
			one.Clause += "; from " + row.Rule.From.String()
		}
		if !row.Rule.Until.IsZero() {
			one.Clause += "; until " + row.Rule.Until.String()
		}
		out = append(out, one)
	}
	return out
}
