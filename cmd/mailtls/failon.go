package main

import "github.com/mailtls/mailtls/report"

// findingsError says that the report has what the user wants to hear of by an exit code. The report tells what; error is
// what it does not tell, or nil.
type findingsError struct{ error }

func (e findingsError) Error() string {
	if e.error == nil {
		return "there are findings"
	}
	return e.error.Error()
}

func (e findingsError) Unwrap() error { return e.error }

// failOnWords are what --fail-on takes, each of which includes those before it.
func failOnWords() []string { return []string{"fail", "warn", "incomplete"} }

// trips reports whether r has anything as bad as word says. What was seen to be wrong counts even where other things could
// not be asked.
func trips(r *report.Report, word string) bool {
	switch word {
	case "fail":
		return r.Has(report.Fail)
	case "warn":
		return r.Has(report.Fail) || r.Has(report.Warn)
	case "incomplete":
		return r.Has(report.Fail) || r.Has(report.Warn) || !r.Complete()
	}
	return false
}
