package bulk

import "testing"

func TestRemark(t *testing.T) {
	for want, row := range map[string]Row{
		"":                              {Result: Mail, Verdict: "pass", Relays: 2, Answering: 2},
		"no answer":                     {Result: Unknown, Error: "no answer", Verdict: "incomplete"},
		"it says that it takes no mail": {Result: NullMX, Verdict: "pass"},
		"no mail exchanger answers":     {Result: Mail, Relays: 2, Verdict: "incomplete", Fails: "a"},
		"fails a, b, c and 2 more":      {Result: Mail, Relays: 1, Answering: 1, Verdict: "fail", Fails: "a b c d e", Warns: "f"},
		"warned of a":                   {Result: Mail, Relays: 1, Answering: 1, Verdict: "warn", Warns: "a"},
		"1 of 2 addresses of mail exchangers answer":                          {Result: Mail, Relays: 2, Answering: 1, Verdict: "warn", Warns: "a"},
		"not all is known: the report tells why":                              {Result: Mail, Relays: 1, Answering: 1, Verdict: "incomplete", Warns: "a"},
		"there is no such domain, or it has no mail exchanger and no address": {Result: NoMail, Verdict: "incomplete"},
	} {
		if got := row.Remark(); got != want {
			t.Errorf("%+v: %q, want %q", row, got, want)
		}
	}
}
