package realtest

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// TestPostgreSQL wants a database of its own for whoever asks, and none without the password.
func TestPostgreSQL(t *testing.T) {
	t.Parallel()
	shared := &Shared{Starter: PostgreSQL{}}
	t.Cleanup(shared.Close)
	server := shared.Use(t)
	a, b := Database(t, server), Database(t, server)
	for _, url := range []string{a, b} {
		conn, err := pgx.Connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(t.Context(), "CREATE TABLE x (a int)"); err != nil {
			t.Error(err)
		}
		if err := conn.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if conn, err := pgx.Connect(t.Context(), strings.Replace(a, databasePassword, "guess", 1)); err == nil {
		_ = conn.Close(t.Context())
		t.Error("the password does not matter")
	}
}
