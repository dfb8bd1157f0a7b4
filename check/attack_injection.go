package check

import "github.com/mailtls/mailtls/evidence"

func injectionChecks() []Check {
	return []Check{{
		ID:    "starttls-injection",
		Title: "Commands can be put into other people's sessions (STARTTLS injection)",
		Text: "The server takes what it was sent in the clear behind STARTTLS for part of the protected session. Somebody on the wire " +
			"can put commands there, which run as if the client had given them, inside TLS: so mail and passwords can be led to " +
			"where he reads them. Update the mail server, or whatever does TLS in front of it: it has to forget all that came " +
			"before TLS.",
		Refs:   []string{"CVE-2011-0411", "CVE-2021-33515", "CVE-2021-38084", "RFC 3207, Section 4.2"},
		Needs:  []evidence.Need{{Key: evidence.KeySTARTTLSInjection}},
		Active: true,
		Eval: weakness("starttls-injection", func(f *evidence.Facts) evidence.Fact[evidence.Weakness] { return f.STARTTLSInjection },
			"answers inside TLS what was sent before it", "takes no commands from before TLS into it"),
	}}
}
