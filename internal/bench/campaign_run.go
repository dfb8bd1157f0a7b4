package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// campaignRun is what came of one campaign.
type campaignRun struct {
	workers        int
	took           time.Duration // from the first work that was begun to the last report
	scans, targets int           // reports, and domains that have one
	endpoints      int           // that were found
	scanned        int           // of them, those that were connected to
	told, made     int           // connections: by the reports, and by the servers
	cpu            time.Duration // of the service and its workers
	before, after  float64       // seconds that all processors of the machine had been busy
}

// write prints it; all is workers times seconds of the first run.
func (r *campaignRun) write(w io.Writer, opt options, all float64) {
	seconds := r.took.Seconds()
	fmt.Fprintf(w, "%d workers\t%.1f s\t%.1f domains/s\t%.1f servers/s\t%.0f %% of linear\n", r.workers, seconds, float64(r.scans)/seconds, float64(r.scanned)/seconds,
		100*all/(float64(r.workers)*seconds))
	fmt.Fprintf(w, "\tlost %d\tdoubled %d\tservers scanned more than once: %d connections too many\n", opt.domains-r.targets, r.scans-r.targets, r.made-r.told)
	fmt.Fprintf(w, "\tprocessors: %.1f s of the programs, %.1f s of all on the machine, load %s\n", r.cpu.Seconds(), r.after-r.before, load())
}

// busySeconds is how long all processors of the machine have been busy.
func busySeconds() float64 {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(text), "\n")
	busy := 0.0
	for i, field := range strings.Fields(line) {
		n, _ := strconv.ParseFloat(field, 64)
		if i > 0 && i != 4 && i != 5 && i < 9 { // but for idle and waiting for disks; guests are in the first two already
			busy += n
		}
	}
	const ticks = 100 // USER_HZ, in a second
	return busy / ticks
}

func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(text))[:3], " ")
}

// benchProgram is a mailtls that goes on.
type benchProgram struct {
	cmd   *exec.Cmd
	first string // line that it says
	out   io.Reader
}

func (b *campaignBench) begin(ctx context.Context, args []string) (*benchProgram, error) {
	p := &benchProgram{cmd: exec.CommandContext(ctx, b.program, args...)} //nolint:gosec // we have built it
	p.cmd.Stderr = b.stderr
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		return nil, err
	}
	lines := bufio.NewReader(out)
	p.out = lines
	if p.first, err = lines.ReadString('\n'); err != nil {
		return nil, fmt.Errorf("mailtls %s: %w", args[0], err)
	}
	p.first = strings.TrimSpace(p.first)
	return p, nil
}

// end ends the program, and returns how long processors worked for it.
func (p *benchProgram) end() (time.Duration, error) {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return 0, err
	}
	_, _ = io.Copy(io.Discard, p.out)
	err := p.cmd.Wait()
	return p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime(), err
}
