package report

// promise is one thing that a mail server owes its users, and the checks that tell whether it is kept.
type promise struct {
	label string
	parts []part
}

// part is a check that belongs to a promise, and the word for what it finds; "" for what is good to have.
type part struct{ check, word string }

// promises lists the lines of the table at a report's top. Every check belongs to one of them.
func promises() []promise {
	return append([]promise{
		{"encryption offered and working", []part{
			{"starttls-missing", "no STARTTLS"}, {"starttls-stripped", "STARTTLS overwritten"}, {"starttls-broken", "STARTTLS broken"},
		}},
		{"no logins before TLS", []part{
			{"mail-before-tls", "takes mail"}, {"auth-before-tls", "passwords"}, {"plaintext-auth", "passwords asked for"},
			{"cram-md5-before-tls", "weak proofs of passwords"},
		}},
		{"TLS 1.2 or newer, nothing older", []part{
			{"protocol-no-tls12", "TLS 1.2 and 1.3 missing"}, {"protocol-sslv2", "SSLv2"}, {"protocol-sslv3", "SSLv3"},
			{"protocol-tls10", "TLS 1.0"}, {"protocol-tls11", "TLS 1.1"},
		}},
		{"TLS 1.3", []part{{"protocol-no-tls13", "not offered"}}},
		{"forward secrecy", []part{
			{"no-pfs", "none"}, {"static-rsa", "static RSA"}, {"static-dh", "static DH"}, {"static-ecdh", "static ECDH"},
			{"dh-reuse", "DH key used again"}, {"ecdh-reuse", "ECDH key used again"}, {"ticket-lifetime", "long tickets"},
		}},
		{"no weak cipher suite", []part{
			{"null", "no encryption"}, {"anon", "anonymous suites"}, {"export", "export"}, {"des", "DES"}, {"rc4", "RC4"},
			{"sweet32", "3DES or the like"}, {"anon-only", "no others"}, {"freak", "FREAK"}, {"logjam", "Logjam"}, {"cbc", "CBC"},
			{"lucky13", "MAC before encryption"}, {"server-order", "the client's order"}, {"dhe-tls12", "DHE"},
			{"idea-seed-rare", "rare ciphers"}, {"ccm8", "short tags"},
		}},
		{"no weak key", []part{
			{"weak-dh", "Diffie-Hellman group"}, {"cert-weak-key", "certificate"}, {"common-prime", "shared prime"},
			{"dh-unsafe-group", "unsafe group"}, {"dhe-dos", "long groups"}, {"weak-curve", "curve"},
			{"deprecated-curve", "old curves"}, {"roca", "ROCA"}, {"fermat", "close factors"}, {"rsa-exponent", "RSA exponent"},
			{"debian-weak-key", "Debian's weak keys"}, {"shared-key-known", "published key"},
		}},
		{"nothing carried over STARTTLS", []part{{"starttls-injection", "commands can be injected"}, {"starttls-state-kept", "state is kept"}}},
		{"not open to Heartbleed", []part{{"heartbleed", "memory can be read"}, {"heartbeat-enabled", "heartbeats"}}},
		{"session tickets, AES-GCM in order", []part{
			{"ticketbleed", "Ticketbleed"}, {"weak-stek", "tickets sealed with zeros"}, {"bad-gcm-nonce", "nonces of AES-GCM"},
			{"psk-ke", "no key exchange (psk_ke)"},
		}},
		{"no other known attack works", []part{{"ccs", "CCS injection"}, {"robot", "ROBOT"}, {"drown", "DROWN"},
			{"raccoon", "condition of Raccoon"}, {"winshock", "suites of an old Windows"}}},
		{"not open to BEAST, POODLE, CRIME", []part{{"beast", "BEAST"}, {"poodle", "POODLE"}, {"crime", "CRIME"}}},
		{"no padding oracle", []part{{"padding-oracle", "records can be found out"}}},
		{"no insecure renegotiation", []part{
			{"insecure-renegotiation", "without RFC 5746"}, {"client-renegotiation", "at the client's request"},
			{"no-secure-renegotiation", "no RFC 5746"},
		}},
	}, certificatePromises()...)
}

// certificatePromises are the lines from certificates on.
func certificatePromises() []promise {
	return []promise{
		{"SHA-256 certificates, signatures", []part{
			{"sha1-cert", "SHA-1 certificate"}, {"md5-cert", "MD5 certificate"}, {"sha1-signature", "SHA-1 signature"},
			{"md5-signature", "MD5 signature"}, {"rsa-pkcs1-only", "PKCS #1 v1.5 alone"},
		}},
		{"certificate valid for its name", []part{
			{"cert-expired", "expired"}, {"cert-not-yet-valid", "not valid yet"}, {"cert-expiring", "expires soon"},
			{"cert-untrusted", "not trusted"}, {"cert-hostname", "another name"}, {"chain-incomplete", "chain ends early"},
			{"cert-revoked", "revoked"}, {"cert-eku", "not for servers"}, {"sni-required", "another without SNI"},
		}},
		{"certificate in good order", []part{
			{"chain-order", "order of the chain"}, {"chain-extra", "superfluous certificates"},
			{"chain-expired-extra", "expired one in the chain"}, {"cert-ku", "key usage"}, {"cert-validity-too-long", "valid too long"},
			{"ocsp-must-staple", "no OCSP response"}, {"cert-wildcard", "wildcard"}, {"cert-no-sct", "not published"},
			{"ocsp-stapling-missing", "no OCSP response"}, {"ocsp-staple-invalid", "useless OCSP response"},
			{"cert-lint", "breaks rules"}, {"cert-single-type", ""}, {"cert-reused-key", "key of another host"},
		}},
		{"ready for quantum computers", []part{{"no-pqc", "no post-quantum group"}, {"pq-draft-only", "a draft alone"}}},
		{"nothing odd around TLS", []part{
			{"starttls-again", "STARTTLS inside TLS"}, {"starttls-capabilities", "less inside TLS than before"},
			{"imap-compress", "compression in IMAP"}, {"banner-version", "version in the greeting"}, {"auth-on-25", "logins on port 25"},
			{"requiretls", ""}, {"implicit-tls-missing", "no TLS-only port"}, {"cleartext-port-open", "begins in the clear"},
			{"port-inconsistency", "ports differ"}, {"alpaca", "lax with names or ALPN"}, {"opossum", "ports can be swapped"},
		}},
		{"no fault in the handshake", []part{
			{"version-intolerance", "newer versions"}, {"grease-intolerance", "some hellos fail"},
			{"downgrade-sentinel-missing", "downgrade goes unnoticed"}, {"fallback-scsv", "falls back"},
			{"no-extended-master-secret", "no extended master secret"}, {"sigalg-ignored", "signs as not offered"},
			{"zero-rtt", "early data"},
		}},
	}
}
