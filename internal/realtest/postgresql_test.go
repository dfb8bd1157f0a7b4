package realtest

import (
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver
)

// TestPostgreSQL wants a database of its own for whoever asks, and none without the password.
func TestPostgreSQL(t *testing.T) {
	t.Parallel()
	shared := &Shared{Starter: PostgreSQL{}}
	t.Cleanup(shared.Close)
	server := shared.Use(t)
	a, b := Database(t, server), Database(t, server)
	for _, url := range []string{a, b} {
		if err := execute(t.Context(), url, "CREATE TABLE x (a int)"); err != nil {
			t.Error(err)
		}
	}
	if err := execute(t.Context(), strings.Replace(a, databasePassword, "guess", 1), "SELECT 1"); err == nil {
		t.Error("the password does not matter")
	}
}
