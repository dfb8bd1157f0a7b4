package main

import (
	"io"
	"slices"

	"github.com/mailtls/mailtls/report"
)

// format is a form of reports for others than the terminal.
type format struct {
	name  string
	write func(io.Writer, *report.Report) error
}

// formats are all forms but text, which looks different on each terminal.
func formats() []format {
	return []format{
		{"json", report.WriteJSON},
		{"html", report.WriteHTML},
		{"jsonl", report.WriteJSONL},
		{"csv", report.WriteCSV},
		{"sarif", report.WriteSARIF},
		{"junit", report.WriteJUnit},
		{"prometheus", report.WritePrometheus},
		{nagios, report.WriteNagios},
	}
}

// nagios is the form that has exit codes of its own.
const nagios = "nagios"

// formatNames are what --format takes.
func formatNames() []string {
	names := []string{"text"}
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

// formatNamed is the form of that name. There is none for text.
func formatNamed(name string) (format, bool) {
	list := formats()
	i := slices.IndexFunc(list, func(f format) bool { return f.name == name })
	if i < 0 {
		return format{}, false
	}
	return list[i], true
}
