package check

import (
	"github.com/mailtls/mailtls/evidence"
)

// resumptionChecks are on what a server does with sessions that are resumed, and inside them.
func resumptionChecks() []Check {
	return []Check{
		{
			ID:    "ticketbleed",
			Title: "Memory of the server can be read (Ticketbleed)",
			Text: "The server answers a client that resumes a session with a longer session ID than it was sent; the rest comes from " +
				"its memory, 31 bytes with each try. Update it, or turn session tickets off until then. The test sends 16 bytes, and keeps " +
				"of the others no more than how many they were.",
			Refs:   []string{"CVE-2016-9244", "RFC 5077, Section 3.4"},
			Needs:  []evidence.Need{{Key: evidence.KeyTicketbleed}},
			Active: true,
			Eval: weakness("ticketbleed", func(f *evidence.Facts) evidence.Fact[evidence.Weakness] { return f.Ticketbleed },
				"answers short session IDs from its memory", "sends no more of a session ID than it was sent"),
		},
		{
			ID:    "weak-stek",
			Title: "Session tickets can be opened by anybody",
			Text: "The server seals session tickets with a key of zeros, as GnuTLS 3.6.4 to 3.6.13 does until the first key is " +
				"changed. Whoever sees a connection of TLS 1.2 in which a ticket is sent can decrypt it, also from a record; and can pass " +
				"for the server to clients that resume a session. Update the library, or turn session tickets off.",
			Refs:   []string{"CVE-2020-13777", "RFC 5077, Section 5.5"},
			Needs:  []evidence.Need{{Key: evidence.KeyWeakTickets}},
			Active: true,
			Eval: weakness("weak-stek", func(f *evidence.Facts) evidence.Fact[evidence.Weakness] { return f.WeakTickets },
				"seals session tickets with a key of zeros", "seals no session ticket with a key of zeros"),
		},
		{
			ID:    "bad-gcm-nonce",
			Title: "Nonces of AES-GCM come again",
			Text: "Two records of one session have the same nonce. That gives away the key that authenticates the records: others on " +
				"the line can change what is sent. Update the TLS library, or turn off AES-GCM in TLS 1.2 until then.",
			Refs:   []string{"CVE-2016-0270", "CVE-2017-5933", "RFC 5288, Section 3"},
			Needs:  []evidence.Need{{Key: evidence.KeyRepeatedNonces}},
			Active: true,
			Eval: weakness("bad-gcm-nonce", func(f *evidence.Facts) evidence.Fact[evidence.Weakness] { return f.RepeatedNonces },
				"uses nonces of AES-GCM again", "uses each nonce of AES-GCM once"),
		},
		{
			ID:    "psk-ke",
			Title: "Sessions of TLS 1.3 are resumed without a key exchange",
			Text: "The server takes a ticket in place of a key exchange (psk_ke). Sessions that are resumed so have no forward secrecy: " +
				"the key of the tickets opens them later. Few clients ask for it; turn it off all the same.",
			Refs:   []string{"RFC 8446, Sections 2.2 and 4.2.9", "RFC 9325, Section 3.4"},
			Needs:  []evidence.Need{{Key: evidence.KeyPSKWithoutDHE}},
			Active: true,
			Eval: weakness("psk-ke", func(f *evidence.Facts) evidence.Fact[evidence.Weakness] { return f.PSKWithoutDHE },
				"resumes sessions without a key exchange", "resumes no session without a key exchange"),
		},
	}
}
