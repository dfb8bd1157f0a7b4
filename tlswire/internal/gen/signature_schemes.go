package main

import "fmt"

func signatureSchemeTables(rows []row) (string, error) {
	body := infoTable("signatureSchemeTable", "SignatureSchemeInfo", rows, signatureSchemeLine)
	aliases := aliasesOf(rows, "name", "openssl_name", "gnutls_name")
	return body + nameTable("signatureSchemeNames", "SignatureScheme", 4, aliases), firstError(rows)
}

func signatureSchemeLine(r row) string {
	var f fields
	f.raw("ID", fmt.Sprintf("0x%04X", r.code()))
	f.text("Name", r.text("name"))
	f.text("OpenSSL", r.text("openssl_name"))
	f.text("GnuTLS", r.text("gnutls_name"))
	f.text("Signature", r.text("signature"))
	f.text("Key", r.text("key"))
	f.text("Hash", r.text("hash"))
	f.text("Curve", r.text("tls13_group"))
	f.flag("TLS12", r.yes("tls12"))
	f.flag("TLS13", r.yes("tls13"))
	f.flag("Certificates", r.yes("certificates"))
	f.flag("Deprecated", r.yes("deprecated"))
	f.text("Recommended", r.text("recommended"))
	return f.String()
}

// extensionTables and alertTables have names and no attributes. The table is
// sorted twice: by code point for String, by name for UnmarshalText.

func extensionTables(rows []row) (string, error) {
	return plainTables("extensionType", "ExtensionType", 4, rows)
}

func alertTables(rows []row) (string, error) {
	return plainTables("alertDescription", "AlertDescription", 2, rows)
}

func plainTables(prefix, goType string, digits int, rows []row) (string, error) {
	line := func(r row) string { return fmt.Sprintf("0x%0*X, %q", digits, r.code(), r.text("name")) }
	body := infoTable(prefix+"Table", "named["+goType+"]", rows, line)
	return body + nameTable(prefix+"Names", goType, digits, aliasesOf(rows, "name")), firstError(rows)
}
