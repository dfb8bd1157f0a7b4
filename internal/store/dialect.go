package store

import (
	"database/sql"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
)

// dialect is what SQLite and PostgreSQL do not have in common. Statements are written once, with ? for each value.
type dialect struct {
	migrations string // the folder
	goose      goose.Dialect
	numbered   bool   // values are $1, $2 … instead of ?
	share      string // what a SELECT ends with whose rows nobody is to change before the transaction ends
	skip       string // what a SELECT ends with that locks its rows, but for those that others have
	now        string // an expression: milliseconds since 1970, by the clock of the database
	queue      func(*sql.DB) riverdriver.Driver[*sql.Tx]
}

// say returns a statement as the database wants it.
func (d *dialect) say(statement string) string {
	if !d.numbered {
		return statement
	}
	var b strings.Builder
	for i, part := range strings.Split(statement, "?") {
		if i > 0 {
			b.WriteString("$" + strconv.Itoa(i))
		}
		b.WriteString(part)
	}
	return b.String()
}

// among is a condition of what is one of those that a SELECT gives, which locks them, but for those that others have. On PostgreSQL that SELECT
// is made once: within IN it could be made anew for each row that is looked at, passing over those that the statement has changed by then, so
// that its LIMIT were none.
func (d *dialect) among(selected string) string {
	if d.numbered {
		return "= ANY(ARRAY(" + selected + d.skip + "))"
	}
	return "IN (" + selected + ")"
}

// storable is text as PostgreSQL takes it: UTF-8, without NUL.
func storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
