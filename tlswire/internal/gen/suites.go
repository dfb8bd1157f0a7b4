package main

import "fmt"

func suiteTables(all []row) (string, error) {
	rows := without(all, func(r row) bool { return r.text("kind") != "suite" || isNullKind(r) })
	body := infoTable("suiteTable", "SuiteInfo", rows, suiteLine)
	var aliases []alias
	for _, r := range rows {
		code := r.code()
		for rank, column := range []string{"iana_name", "openssl_name", "gnutls_name"} {
			if code > 0xFFFF { // OpenSSL gives SSLv2 kinds the names of later suites
				rank += 3
			}
			aliases = append(aliases, alias{r.text(column), code, rank})
		}
	}
	return body + nameTable("suiteNames", "Suite", 4, aliases), firstError(all)
}

// isNullKind finds the SSLv2 kind 0x000000, which as a number is the suite 0x0000.
func isNullKind(r row) bool { return r.text("code") == "0x000000" }

func suiteLine(r row) string {
	var f fields
	f.raw("ID", fmt.Sprintf("0x%04X", r.code()))
	f.text("Name", r.text("iana_name"))
	f.text("OpenSSL", r.text("openssl_name"))
	f.text("GnuTLS", r.text("gnutls_name"))
	f.raw("MinVersion", r.version("min"))
	f.raw("MaxVersion", r.version("max"))
	f.raw("SpecMin", r.version("spec_min"))
	f.raw("SpecMax", r.version("spec_max"))
	suiteAttributes(&f, r)
	suiteFlags(&f, r)
	f.text("Recommended", r.text("recommended"))
	f.text("RFC10015", r.text("rfc10015"))
	return f.String()
}

func suiteAttributes(f *fields, r row) {
	f.text("KeyExchange", r.text("kx"))
	f.text("Auth", r.text("auth"))
	f.text("Cipher", r.text("cipher"))
	f.text("Mode", r.text("mode"))
	f.text("MAC", r.text("mac"))
	f.text("PRF", r.text("prf"))
	f.number("Bits", r.number("bits"))
	f.number("Strength", r.number("strength"))
}

func suiteFlags(f *fields, r row) {
	f.flag("ForwardSecret", r.yes("pfs"))
	f.flag("AEAD", r.yes("aead"))
	f.flag("Export", r.yes("export"))
	f.flag("Anonymous", r.yes("anon"))
	f.flag("Null", r.yes("null"))
	f.flag("Block64", r.yes("block64"))
	f.flag("Obsolete", r.yes("obsolete"))
}
