package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/mailtls/mailtls/report"
)

// pluginError ends the program with the exit code of a plugin of Nagios. The report has told why.
type pluginError struct{ status report.PluginStatus }

func (e pluginError) Error() string { return "plugin status " + e.status.String() }

// pluginResult is what the program ends with after a report for Nagios: scanErr makes anything but a failure unknown.
func pluginResult(r *report.Report, scanErr error, stdout io.Writer) error {
	status := report.PluginUnknown
	if r != nil {
		status = report.PluginStatusOf(r)
	} else {
		fmt.Fprintf(stdout, "MAILTLS UNKNOWN - %s\n", report.Escape(fmt.Sprint(scanErr)))
	}
	if scanErr != nil && status != report.PluginCritical {
		status = report.PluginUnknown
	}
	if status == report.PluginOK {
		return nil
	}
	return pluginError{status}
}

// forNagios reports whether a command line asks for the form of Nagios, even if it is wrong otherwise: to a monitor, code 2
// for a wrong command line means that the server is in a critical state.
func forNagios(args []string) bool {
	i := slices.Index(args, "--format")
	return slices.Contains(args, "--format="+nagios) || i >= 0 && i+1 < len(args) && args[i+1] == nagios
}
