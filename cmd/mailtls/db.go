package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/report"
)

const dbLong = `Look after the database of mailtls serve: a SQLite file, or PostgreSQL by its URL.`

func (a *app) dbCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "db COMMAND", Short: "Look after the database of the web service", Long: dbLong, Args: a.noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(a.dbMigrateCommand(), a.dbBackupCommand(), a.dbExportCommand(), a.dbPruneCommand())
	return cmd
}

// dbFlag adds the flag that says which database is meant. The variable that serve and worker heed holds here, too: else an account would go
// into another database than that which is served.
func (a *app) dbFlag(cmd *cobra.Command) *databaseName {
	database := &databaseName{value: "mailtls.db"}
	cmd.Flags().Var(database, "database", "SQLite file, or URL of PostgreSQL; else the variable MAILTLS_DATABASE has it")
	group(cmd.Flags(), "Which database", "database")
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		value := a.getenv(databaseVariable)
		if value == "" || cmd.Flags().Changed("database") {
			return nil
		}
		database.value = value
		if err := database.check(); err != nil {
			return usageError{fmt.Errorf("%s: %w", databaseVariable, err)}
		}
		return nil
	}
	return database
}

// databaseVariable sets --database.
const databaseVariable = envPrefix + "DATABASE"

// asIs opens a database without a change to it; one of an older version is an error.
func asIs(ctx context.Context, database string) (*store.Store, error) {
	return store.OpenAsIs(ctx, database, false)
}

// anyVersion opens a database without a change to it.
func anyVersion(ctx context.Context, database string) (*store.Store, error) {
	return store.OpenAsIs(ctx, database, true)
}

// withDB opens a database, which it does not create, for do.
func withDB(ctx context.Context, database *databaseName, open func(context.Context, string) (*store.Store, error), do func(*store.Store) error) error {
	if err := database.check(); err != nil {
		return usageError{err}
	}
	if !database.shared() {
		if _, err := os.Stat(database.value); err != nil {
			return usageError{fmt.Errorf("database %s: %w", report.Escape(database.value), err)}
		}
	}
	db, err := open(ctx, database.value)
	if err != nil {
		return usageError{err}
	}
	return errors.Join(do(db), db.Close())
}

func (a *app) dbMigrateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "migrate [flags]",
		Short:   "Bring the tables to this program's version",
		Long:    "Bring the tables to this program's version, as mailtls serve does when it begins.\nA database of a newer version is an error, and stays as it is.",
		Example: "  mailtls db migrate --database postgres://mailtls@db.example.org/mailtls",
		Args:    takes(0, 0, ""),
	}
	database := a.dbFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withDB(cmd.Context(), database, store.Open, func(*store.Store) error {
			_, err := fmt.Fprintln(a.stdout, "The database is of this program's version.")
			return err
		})
	}
	return cmd
}

func (a *app) dbBackupCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "backup [flags] FILE",
		Short:   "Copy a SQLite database while it is used",
		Long:    "Copy a SQLite database to a file that is not there, as it is at one moment, also\nwhile mailtls serve uses it. For PostgreSQL there is pg_dump.",
		Example: "  mailtls db backup --database /var/lib/mailtls/mailtls.db /backup/mailtls.db",
		Args:    takes(1, 1, "a file to copy to"),
	}
	database := a.dbFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return withDB(cmd.Context(), database, anyVersion, func(db *store.Store) error { return db.Backup(cmd.Context(), args[0]) })
	}
	return cmd
}

// maxDays is how many days scans are kept at most, if not for ever.
const maxDays = 36500

func (a *app) dbPruneCommand() *cobra.Command {
	days := number{value: 365, min: 1, max: maxDays}
	cmd := &cobra.Command{
		Use:     "prune [flags]",
		Short:   "Remove old scans",
		Long:    "Remove the scans that ended more than so many days ago, but for the last report\nof each target.",
		Example: "  mailtls db prune --days 90",
		Args:    takes(0, 0, ""),
	}
	database := a.dbFlag(cmd)
	cmd.Flags().Var(&days, "days", "how many days scans are kept")
	group(cmd.Flags(), "What to keep", "days")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withDB(cmd.Context(), database, asIs, func(db *store.Store) error {
			n, err := db.Prune(cmd.Context(), time.Now().AddDate(0, 0, -days.value))
			if err == nil {
				_, err = fmt.Fprintf(a.stdout, "Removed %s.\n", count(int(n), "scan"))
			}
			return err
		})
	}
	return cmd
}

func (a *app) dbExportCommand() *cobra.Command {
	format, file := choice{value: "jsonl", words: []string{"jsonl", parquet}}, fileName{}
	cmd := &cobra.Command{
		Use:   "export [flags]",
		Short: "Write all scans for other programs",
		Long: `Write all scans that are over. JSON lines are the reports, as mailtls scan --format
json writes them, and of those about domains mailtls summary makes statistics, by
the last report of each; Parquet is a table of the scans with verdict and grade.`,
		Example: "  mailtls db export -o reports.jsonl\n  mailtls db export --format parquet -o scans.parquet",
		Args:    takes(0, 0, ""),
	}
	database := a.dbFlag(cmd)
	cmd.Flags().Var(&format, "format", "how to write them")
	cmd.Flags().VarP(&file, "output", "o", "file to write to, instead of the terminal")
	group(cmd.Flags(), "How to report", "format", "output")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(format.words, cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withDB(cmd.Context(), database, asIs, func(db *store.Store) error {
			return a.toFile(file.value, func(w io.Writer) error {
				if format.value == parquet {
					return db.WriteParquet(cmd.Context(), w)
				}
				return db.WriteJSONL(cmd.Context(), w)
			})
		})
	}
	return cmd
}
