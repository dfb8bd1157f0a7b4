package main

import "regexp"

// explained is why the scanners differ; "" if nobody knows.
func (o opinion) explained() string {
	for _, x := range explanations() {
		if x.check == o.check && x.testssl == o.testssl && x.servers.MatchString(o.server) {
			return x.why
		}
	}
	return ""
}

// An explanation tells of a kind of difference who is right, and why. docs/second-opinion.md has them in prose.
type explanation struct {
	check, testssl string
	servers        *regexp.Regexp
	why            string
}

func explanations() []explanation {
	all := regexp.MustCompile(``)
	return []explanation{
		{"ticketbleed", "?", all, "testssl.sh asks HTTPS alone"},
		{"ccs", "no", regexp.MustCompile(`^lab/ccs-echo$`),
			"nobody can tell: all that comes back is what was sent; the hello of testssl.sh was refused, which counts as health"},
		{"ccs", "no", regexp.MustCompile(`^lab/ccs-(exploitable|accepted|old)`),
			"mailtls is right: the hello of testssl.sh has suites of 2014 alone, the server refuses it, and a closed connection counts as health"},
		{"insecure-renegotiation", "?", regexp.MustCompile(`^lab/(renegotiates-insecurely|no-renegotiation-info)$`),
			"OpenSSL 3, which testssl.sh uses, makes no handshake with a server that does not know RFC 5746"},
		{"client-renegotiation", "no", regexp.MustCompile(`^lab/renegotiates-insecurely$`), "mailtls is right: the same handshake failed, which counts as health"},
		{"insecure-renegotiation", "no", regexp.MustCompile(`^(erlang|openssl-weak)/|^lab/renegotiates-both-ways$`),
			"mailtls is right: testssl.sh looks whether RFC 5746 is known, and not whether the server goes along without"},
		{"client-renegotiation", "no", regexp.MustCompile(`^erlang/`), "it is allowed once in a while, of which mailtls makes a note"},
		{"beast", "no", all, "mailtls is right: Debian's OpenSSL, which testssl.sh uses, speaks nothing older than TLS 1.2 by default"},
		{"lucky13", "yes", all, "testssl.sh counts every CBC suite; with encrypt-then-MAC (RFC 7366) there is nothing to measure"},
	}
}
