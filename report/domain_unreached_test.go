package report

import (
	"fmt"
	"testing"

	"github.com/mailtls/mailtls/evidence"
)

func TestUnreachedIn(t *testing.T) {
	at := func(protocol string, n int, f evidence.Fact[bool]) Endpoint {
		return Endpoint{Endpoint: &evidence.Endpoint{Target: evidence.Target{Protocol: protocol, Host: fmt.Sprintf("mx%d.test", n), Address: fmt.Sprintf("192.0.2.%d", n)},
			Facts: evidence.Facts{Reachable: f}}}
	}
	up, refused := known(true), evidence.Fact[bool]{State: evidence.Known, Why: "connection refused"}
	silent := evidence.Fact[bool]{State: evidence.Unknown, Why: "no answer"}
	var many []Endpoint
	for i := range 5 {
		many = append(many, at("smtp", i, silent))
	}
	for name, test := range map[string]struct {
		own  []Endpoint
		want string
	}{
		"none":           {nil, ""},
		"all are":        {[]Endpoint{at("smtp", 1, up), at("smtp", 2, up)}, ""},
		"not sought":     {[]Endpoint{at("smtp", 1, evidence.Fact[bool]{State: evidence.NotSought})}, ""},
		"one not sought": {[]Endpoint{at("smtp", 1, evidence.Fact[bool]{State: evidence.NotSought}), at("smtp", 2, refused)}, "The address of a mail exchanger that was tried was not reached: mx2.test 192.0.2.2 (connection refused)"},
		"of two names":   {[]Endpoint{at("smtp", 1, up), at("smtp", 2, refused), at("smtp", 2, refused)}, "1 of the 2 addresses of mail exchangers that were tried was not reached: mx2.test 192.0.2.2 (connection refused)"},
		"no mail in":     {[]Endpoint{at("smtp", 1, up), at("imaps", 2, refused)}, ""},
		"one of two":     {[]Endpoint{at("smtp", 1, up), at("smtp", 2, refused)}, "1 of the 2 addresses of mail exchangers that were tried was not reached: mx2.test 192.0.2.2 (connection refused)"},
		"the only one":   {[]Endpoint{at("smtp", 1, silent)}, "The address of a mail exchanger that was tried was not reached: mx1.test 192.0.2.1 (no answer)"},
		"more than are named": {append(many[:5:5], at("smtp", 9, up)), "5 of the 6 addresses of mail exchangers that were tried were not reached: mx0.test 192.0.2.0 (no answer), " +
			"mx1.test 192.0.2.1 (no answer), mx2.test 192.0.2.2 (no answer) and 2 more"},
		"all": {many[:2], "All 2 addresses of mail exchangers that were tried were not reached: mx0.test 192.0.2.0 (no answer), mx1.test 192.0.2.1 (no answer)"},
	} {
		if got := unreachedIn(test.own, Escape); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
