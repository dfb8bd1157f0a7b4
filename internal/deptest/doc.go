// Package deptest holds the project to its import rules: which package may use which, what the pure packages must never
// reach, who may open a connection and who may look at the clock. All of it is in the tests; docs/design.md gives the
// reasons.
package deptest
