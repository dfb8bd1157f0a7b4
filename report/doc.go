// Package report judges evidence as a whole and writes it down: for people as text or HTML, for
// programs as JSON, SARIF and others. [Diff] compares two reports.
//
// [Build] runs every check of package check over each endpoint and makes a [Verdict] and a grade of the findings. It is
// pure: the same evidence gives the same report. Evidence that is missing makes the verdict [Incomplete], never [Pass];
// what was seen to be wrong is a [Fail] however the scan ended.
//
// Renderers are functions of a writer and a report. Whatever came from a server passes through [Escape] first.
package report
