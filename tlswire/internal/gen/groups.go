package main

import "fmt"

func groupTables(all []row) (string, error) {
	rows := without(all, func(r row) bool { return r.text("kind") == "grease" })
	body := infoTable("groupTable", "GroupInfo", rows, groupLine)
	aliases := aliasesOf(rows, "name", "openssl_name", "openssl_alias", "gnutls_name")
	return body + nameTable("groupNames", "Group", 4, aliases), firstError(all)
}

// aliasesOf are the names in the given columns, the first column first.
func aliasesOf(rows []row, columns ...string) []alias {
	var aliases []alias
	for _, r := range rows {
		for rank, column := range columns {
			aliases = append(aliases, alias{r.text(column), r.code(), rank})
		}
	}
	return aliases
}

func groupLine(r row) string {
	var f fields
	f.raw("ID", fmt.Sprintf("0x%04X", r.code()))
	f.text("Name", r.text("name"))
	f.text("OpenSSL", r.text("openssl_name"))
	f.text("GnuTLS", r.text("gnutls_name"))
	f.text("Kind", r.text("kind"))
	f.number("Bits", r.number("bits"))
	f.number("Strength", r.number("strength"))
	f.flag("Hybrid", r.yes("hybrid"))
	f.number("ClientShareLen", r.number("client_share"))
	f.number("ServerShareLen", r.number("server_share"))
	f.raw("MinVersion", r.version("min"))
	f.raw("MaxVersion", r.version("max"))
	f.flag("Deprecated", r.yes("deprecated"))
	f.text("Recommended", r.text("recommended"))
	return f.String()
}
