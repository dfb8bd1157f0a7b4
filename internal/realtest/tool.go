package realtest

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// tool runs a program that is to say nothing of interest.
func tool(ctx context.Context, name string, args ...string) error {
	_, err := capture(ctx, nil, name, args...)
	return err
}

// capture runs a program for what it writes to its standard output.
func capture(ctx context.Context, env []string, name string, args ...string) (string, error) {
	path, err := Lookup(name)
	if err != nil {
		return "", err
	}
	cmd := command(ctx, path, args...)
	cmd.Env = append(cmd.Environ(), env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("running %s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return string(out), nil
}

// command is a program that ends with ctx, and soon after even where a child of its holds its output open.
func command(ctx context.Context, path string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.WaitDelay = time.Second
	return cmd
}
