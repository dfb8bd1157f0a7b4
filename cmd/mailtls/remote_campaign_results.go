package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	neturl "net/url"
	"time"

	"github.com/spf13/cobra"

	"github.com/mailtls/mailtls/report"
)

func (a *app) remoteWatchCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "watch [flags] ID", Short: "Watch a campaign until it is over",
		Long:    "Watch a campaign until it is over. Exit code 0: it is done; 3: it was cancelled.",
		Example: "  mailtls remote campaign watch ID", Args: takes(1, 1, "the ID of a campaign")}
	f := newWhom()
	f.add(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return a.asking(&f, func(s *service) error { return a.watchCampaign(cmd.Context(), s, args[0]) })
	}
	return cmd
}

func (a *app) watchCampaign(ctx context.Context, s *service, id string) error {
	for {
		c, err := s.campaignOf(ctx, id)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stderr, "%s: %s\n", report.Escape(c.Progress.State), report.Escape(c.Progress.Text))
		switch c.Progress.State {
		case "done":
			return nil
		case "cancelled":
			return errIncomplete
		}
		if err := a.followCampaign(ctx, s, c); err != nil {
			return err
		}
	}
}

// followCampaign tells of changes, now and then, until the service ends the connection.
func (a *app) followCampaign(ctx context.Context, s *service, c *remoteCampaign) error {
	last := time.Now()
	return s.listen(ctx, c.Events, func(text []byte) bool {
		var now remoteProgress
		if time.Since(last) >= seldom && json.Unmarshal(text, &now) == nil && now.State != "" {
			last = time.Now()
			fmt.Fprintf(a.stderr, "%s: %s\n", report.Escape(now.State), report.Escape(now.Text))
		}
		return bytes.HasPrefix(text, []byte("{"))
	})
}

func (a *app) remoteExportCommand() *cobra.Command {
	var file fileName
	format := choice{value: "jsonl", words: []string{"jsonl", "csv", "parquet", "endpoints"}}
	cmd := &cobra.Command{Use: "export [flags] ID", Short: "Take what came of a campaign so far",
		Long:    "Take what came of a campaign so far: the reports as JSON lines, which mailtls summary reads, a\ntable of its names, or one of the servers (endpoints, which is Parquet).",
		Example: "  mailtls remote campaign export -o results.jsonl ID\n  mailtls remote campaign export --format parquet -o results.parquet ID",
		Args:    takes(1, 1, "the ID of a campaign")}
	f, fs := newWhom(), cmd.Flags()
	f.add(fs)
	fs.Var(&format, "format", "what to take")
	fs.VarP(&file, "output", "o", "file to write it to, instead of the terminal")
	group(fs, "How to report", "format", "output")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(format.words, cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		name := "results." + format.value
		if format.value == "endpoints" {
			name = "endpoints.parquet"
		}
		return a.asking(&f, func(s *service) error { return a.exportCampaign(cmd.Context(), s, args[0], name, file.value) })
	}
	return cmd
}

func (a *app) exportCampaign(ctx context.Context, s *service, id, name, file string) error {
	res, err := s.call(ctx, campaignsPath+"/"+neturl.PathEscape(id)+"/"+name, nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return a.toFile(file, func(w io.Writer) error {
		_, err := io.Copy(w, res.Body)
		return err
	})
}
