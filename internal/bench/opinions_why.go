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
	all, noMail := regexp.MustCompile(``), regexp.MustCompile(`^(gnutls|nss)/`)
	return []explanation{
		{"ticketbleed", "?", all, "testssl.sh asks HTTPS alone"},
		{"robot", "yes", regexp.MustCompile(`^lab/robot-(random|limit|late)$`),
			"mailtls is right: testssl.sh compares single answers, and takes for an oracle what comes by chance or from a limit; mailtls wants it to repeat"},
		{"robot", "no", regexp.MustCompile(`^lab/robot-never$`), "nobody can tell of a server that says nothing; testssl.sh takes its silence for equal answers"},
		{"insecure-renegotiation", "no", noMail, "this server says nothing inside TLS, as no mail server would: mailtls enters none of its sessions, so nothing is known"},
		{"client-renegotiation", "yes", noMail, "the same: testssl.sh shakes hands, and need not talk"},
		{"heartbleed", "yes", regexp.MustCompile(`^lab/heartbeat-clamps$`),
			"mailtls is right: all that comes back was sent, since the server takes padding for payload; testssl.sh counts the length of the answer"},
		{"drown", "yes", regexp.MustCompile(`^lab/drown-(strict|strict-none|error|ignores|rc2)$`),
			"testssl.sh counts all SSLv2, which is a finding of its own here; mailtls tries what makes long keys breakable, and this server withstands it"},
		{"drown", "yes", regexp.MustCompile(`^lab/drown-(echo|silent|random)$`), "testssl.sh counts all SSLv2; what this server makes of keys nobody can tell"},
		{"drown", "yes", regexp.MustCompile(`^lab/sslv2-garbage$`), "mailtls is right: a hello whose lengths do not fit is none; testssl.sh reads 21845 suites in its 13 bytes"},
		{"freak", "yes", regexp.MustCompile(`^lab/export-dhe$`),
			"mailtls is right: FREAK (CVE-2015-0204) is about RSA keys for export; testssl.sh counts DHE_RSA_EXPORT, too, which is Logjam's"},
		{"ccs", "no", regexp.MustCompile(`^lab/ccs-silent$`), "nobody can tell of a server that says nothing; testssl.sh takes that for health"},
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
