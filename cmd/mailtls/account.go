package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/mailtls/mailtls/internal/account"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/report"
)

const accountLong = `Look after the accounts of mailtls serve --auth, in its database: a SQLite file, or
PostgreSQL by its URL. That can be done while it is used.`

func (a *app) accountCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "account COMMAND", Short: "Look after the accounts of the web service", Long: accountLong, Args: a.noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(a.accountAddCommand(), a.accountListCommand(), a.accountPasswordCommand(),
		a.accountChangeCommand("disable", "Keep an account out: its sessions end, its tokens are refused, its monitors and campaigns pause", "account disabled", (*store.Store).Disable),
		a.accountChangeCommand("enable", "Let an account in again that was disabled; its monitors and campaigns stay paused", "account enabled", (*store.Store).Enable),
		a.accountChangeCommand("remove", "Remove an account, its tokens, monitors and campaigns; the scans stay", "account removed", (*store.Store).RemoveAccount),
		a.accountLogCommand())
	return cmd
}

const passwordHint = "The password is asked for, or read from the first line of the input: 12 to 128\ncharacters, whichever you like."

func (a *app) accountAddCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "add [flags] NAME",
		Short:   "Add an account",
		Long:    "Add an account. A database that is not there is made. " + passwordHint,
		Example: "  mailtls account add ann --database /var/lib/mailtls/mailtls.db",
		Args:    takes(1, 1, "a name"),
	}
	database := a.dbFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := account.CheckName(args[0]); err != nil {
			return usageError{fmt.Errorf("%q: %w", args[0], err)}
		}
		if err := database.check(); err != nil {
			return usageError{err}
		}
		db, err := store.Open(cmd.Context(), database.value)
		if err != nil {
			return usageError{err}
		}
		defer db.Close() // what was written is written
		return a.addAccount(cmd.Context(), db, args[0], database.name())
	}
	return cmd
}

// addAccount adds an account, and says in which database: one that is not there was made, maybe in another place than was meant.
func (a *app) addAccount(ctx context.Context, db *store.Store, name, database string) error {
	if _, err := db.AccountNamed(ctx, name); err == nil { // told before a password is asked for
		return fmt.Errorf("%s: %w", name, store.ErrTaken)
	}
	hash, err := a.newPassword(ctx, name)
	if err != nil {
		return err
	}
	fresh := &store.Account{Name: name, Password: hash}
	if err := db.AddAccount(ctx, fresh, time.Now()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := noteByHand(ctx, db, fresh, "account added"); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "The account %s can sign in where mailtls serve --auth uses the database %s.\n", name, report.Escape(database))
	return err
}

// noteByHand keeps what was done to an account by this command.
func noteByHand(ctx context.Context, db *store.Store, whose *store.Account, action string) error {
	return db.Note(ctx, &store.Deed{At: time.Now(), Origin: "command line", Action: action, Object: whose.Name})
}

func (a *app) accountPasswordCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "password [flags] NAME",
		Short:   "Give an account another password, and end its sessions",
		Long:    "Give an account another password, and end its sessions. Its tokens stay.\n" + passwordHint,
		Example: "  mailtls account password ann --database /var/lib/mailtls/mailtls.db",
		Args:    takes(1, 1, "the name of an account"),
	}
	database := a.dbFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return withAccount(cmd.Context(), database, args[0], func(db *store.Store, whose *store.Account) error {
			hash, err := a.newPassword(cmd.Context(), whose.Name)
			if err != nil {
				return err
			}
			if err := db.SetPassword(cmd.Context(), whose.ID, hash); err != nil {
				return err
			}
			return noteByHand(cmd.Context(), db, whose, "password changed")
		})
	}
	return cmd
}

// withAccount opens a database, and finds an account in it for do.
func withAccount(ctx context.Context, database *databaseName, name string, do func(*store.Store, *store.Account) error) error {
	return withDB(ctx, database, asIs, func(db *store.Store) error {
		whose, err := db.AccountNamed(ctx, name)
		if err == nil {
			err = do(db, whose)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", report.Escape(name), err)
		}
		return nil
	})
}

// accountChangeCommand is a command that does one thing to an account.
func (a *app) accountChangeCommand(word, short, action string, change func(*store.Store, context.Context, string) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:     word + " [flags] NAME",
		Short:   short,
		Long:    short + ".",
		Example: "  mailtls account " + word + " ann --database /var/lib/mailtls/mailtls.db",
		Args:    takes(1, 1, "the name of an account"),
	}
	database := a.dbFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return withAccount(cmd.Context(), database, args[0], func(db *store.Store, whose *store.Account) error {
			if err := change(db, cmd.Context(), whose.ID); err != nil {
				return err
			}
			return noteByHand(cmd.Context(), db, whose, action)
		})
	}
	return cmd
}

func (a *app) accountListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list [flags]",
		Short:   "List the accounts",
		Long:    "List the accounts by name.",
		Example: "  mailtls account list --database /var/lib/mailtls/mailtls.db",
		Args:    takes(0, 0, ""),
	}
	database := a.dbFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withDB(cmd.Context(), database, asIs, func(db *store.Store) error {
			list, err := db.Accounts(cmd.Context())
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
			for _, x := range list {
				fmt.Fprintf(w, "%s\t%s\t%s\n", x.Name, x.Made.Format(time.DateOnly), stateOf(&x))
			}
			return w.Flush()
		})
	}
	return cmd
}

func stateOf(x *store.Account) string {
	switch {
	case x.Disabled:
		return "disabled"
	case x.Password == "":
		return "signs in by OpenID Connect"
	}
	return "signs in by password"
}

func (a *app) accountLogCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "log [flags]",
		Short:   "Show who did what in the last year",
		Long:    "Show who did what in the last year, from the first: when, which account, from where,\nwhat, and of which.",
		Example: "  mailtls account log | grep 'sign-in failed'",
		Args:    takes(0, 0, ""),
	}
	database := a.dbFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withDB(cmd.Context(), database, asIs, func(db *store.Store) error {
			return db.EachDeed(cmd.Context(), func(d *store.Deed) error {
				_, err := fmt.Fprintf(a.stdout, "%s\t%s\t%s\t%s\t%s\n", d.At.Format(time.RFC3339), whoOf(d), report.Escape(d.Origin), d.Action, report.Escape(d.Object))
				return err
			})
		})
	}
	return cmd
}

// whoOf is the name of the account that did something; its ID where it is gone.
func whoOf(d *store.Deed) string {
	switch {
	case d.Name != "":
		return d.Name
	case d.Account != "":
		return d.Account
	}
	return "-"
}
