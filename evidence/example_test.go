package evidence_test

import (
	"encoding/json"
	"fmt"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// versions is what a scan knows of a server that fell silent before the question for SSLv3 was answered.
var versions = evidence.Fact[[]tlswire.Version]{
	State: evidence.Partial,
	Value: []tlswire.Version{tlswire.TLS12, tlswire.TLS13},
	Open:  []tlswire.Version{tlswire.SSLv3},
	Why:   "the server asks for a pause",
	From:  []string{"suites-tls1.2/1", "suites-tls1.3/1"},
}

func ExampleHas() {
	fmt.Println(evidence.Has(versions, tlswire.TLS13)) // was seen
	fmt.Println(evidence.Has(versions, tlswire.TLS10)) // was refused
	fmt.Println(evidence.Has(versions, tlswire.SSLv3)) // is not decided
	// Output:
	// yes
	// no
	// unsure
}

func ExampleAny() {
	old := func(v tlswire.Version) bool { return v < tlswire.TLS12 }
	fmt.Println(evidence.Any(versions, old)) // SSLv3 would be one
	closed := versions
	closed.Open = nil
	fmt.Println(evidence.Any(closed, old))
	// Output:
	// unsure
	// no
}

func ExampleAnyIn() {
	suites := evidence.Fact[evidence.PerVersion[tlswire.Suite]]{
		State: evidence.Known,
		Value: evidence.PerVersion[tlswire.Suite]{tlswire.TLS12: {0xC02F, 0x009C}},
	}
	static := func(_ tlswire.Version, s tlswire.Suite) bool {
		info, ok := s.Info()
		return ok && !info.ForwardSecret
	}
	fmt.Println(evidence.AnyIn(suites, static))
	// Output: yes
}

func ExampleFact() {
	text, err := json.MarshalIndent(versions, "", " ")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(text))
	// Output:
	// {
	//  "state": "partial",
	//  "value": [
	//   "TLS 1.2",
	//   "TLS 1.3"
	//  ],
	//  "open": [
	//   "SSLv3"
	//  ],
	//  "why": "the server asks for a pause",
	//  "from": [
	//   "suites-tls1.2/1",
	//   "suites-tls1.3/1"
	//  ]
	// }
}
