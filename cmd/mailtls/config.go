package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/toml/v2"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
	syntax "github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mailtls/mailtls/internal/spell"
	"github.com/mailtls/mailtls/report"
)

// envPrefix begins the names of the variables that set flags: MAILTLS_ALLOW_PRIVATE sets --allow-private.
const envPrefix = "MAILTLS_"

// maxConfig is how many bytes a file of settings may have.
const maxConfig = 1 << 20

// settings are flags that a file and the environment may set, too.
type settings struct {
	file   fileName
	print  bool
	origin map[string]string // where the value of a flag is from; not there: the flag itself, or its default
}

// add defines the flags that tell of others. It comes after those.
func (c *settings) add(fs *pflag.FlagSet) {
	fs.Var(&c.file, "config", "TOML file that sets flags: listen = \"127.0.0.1:9000\"; variables such as MAILTLS_LISTEN go before it, and flags before these")
	fs.BoolVar(&c.print, "print-config", false, "print what is set, and by what, in the form of such a file; then end")
	group(fs, "How to be told", "config", "print-config")
}

// own are the flags that nothing but the command line sets.
func (c *settings) own() []string { return []string{"print-config", "help"} }

// apply sets the flags that the command line leaves alone: as the environment says, or else the file.
func (c *settings) apply(fs *pflag.FlagSet, environment []string) error {
	k, byEnv := koanf.New("\x00"), map[string]string{}
	var slips []error
	variables := env.Provider("\x00", env.Opt{Prefix: envPrefix, EnvironFunc: func() []string { return environment }, TransformFunc: func(name, value string) (string, any) {
		flag := strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(name, envPrefix)), "_", "-")
		if fs.Lookup(flag) == nil || slices.Contains(c.own(), flag) || value == "" {
			if near, ok := spell.Nearest(flag, c.names(fs)); ok && value != "" && near != flag {
				slips = append(slips, fmt.Errorf("%s: no setting is called so: did you mean %s?", name, envPrefix+strings.ToUpper(strings.ReplaceAll(near, "-", "_"))))
			}
			return "", nil // of other programs, or of tests
		}
		byEnv[flag] = name
		return flag, value
	}})
	path := c.file.value
	for _, e := range environment {
		if value, ok := strings.CutPrefix(e, envPrefix+"CONFIG="); ok && path == "" {
			path = value
		}
	}
	text, err := readConfig(path)
	if err == nil {
		err = k.Load(rawbytes.Provider(text), toml.Parser())
	}
	if wrong, ok := errors.AsType[*syntax.DecodeError](err); ok {
		line, _ := wrong.Position()
		err = fmt.Errorf("line %d: %w", line, err)
	}
	if err == nil {
		err = c.known(fs, k, text)
	}
	if err != nil {
		return usageError{fmt.Errorf("settings in %s: %w", report.Escape(path), err)}
	}
	if err := errors.Join(append(slips, k.Load(variables, nil))...); err != nil {
		return usageError{fmt.Errorf("settings in the environment: %w", err)}
	}
	return c.set(fs, k, path, text, byEnv)
}

// withSettings runs a command when its flags are set from everywhere, or prints them.
func (a *app) withSettings(c *settings, run func(*cobra.Command) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, _ []string) error {
		if err := c.apply(cmd.Flags(), a.env); err != nil {
			return err
		}
		if c.print {
			return c.write(a.stdout, cmd.Flags())
		}
		return run(cmd)
	}
}

// readConfig returns what a file says; "" is none.
func readConfig(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err == nil && len(text) > maxConfig {
		err = fmt.Errorf("it has more than %d bytes", maxConfig)
	}
	return text, err
}

// names are those of the flags that may be set.
func (c *settings) names(fs *pflag.FlagSet) []string {
	var names []string
	fs.VisitAll(func(f *pflag.Flag) {
		if !slices.Contains(append(c.own(), "config"), f.Name) {
			names = append(names, f.Name)
		}
	})
	return names
}

// known reports a setting that is none.
func (c *settings) known(fs *pflag.FlagSet, k *koanf.Koanf, text []byte) error {
	names := c.names(fs)
	for _, key := range k.Keys() {
		if slices.Contains(names, key) {
			continue
		}
		key = strings.ReplaceAll(key, "\x00", ".")
		hint := ""
		if near, ok := spell.Nearest(key, names); ok {
			hint = ": did you mean " + near + "?"
		}
		return fmt.Errorf("%sno setting is called %q%s", lineOf(text, key), report.Escape(key), hint)
	}
	return nil
}

// set sets the flags to what k says, and keeps where that is from.
func (c *settings) set(fs *pflag.FlagSet, k *koanf.Koanf, path string, text []byte, byEnv map[string]string) error {
	c.origin = make(map[string]string)
	for _, key := range k.Keys() {
		f := fs.Lookup(key)
		if f == nil || f.Changed || key == "config" {
			continue
		}
		from, where := path, path+": "+lineOf(text, key)
		values, err := valuesOf(f, k.Get(key))
		if name, ok := byEnv[key]; ok {
			from, where = name, name+": "
		}
		for _, v := range values {
			if err == nil {
				err = f.Value.Set(v)
			}
		}
		if err != nil {
			return usageError{fmt.Errorf("%s%s: %w", report.Escape(where), key, err)}
		}
		c.origin[key] = from
	}
	return nil
}
