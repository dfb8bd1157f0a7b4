package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strconv"
)

// row is one line of a CSV file by column name. It remembers its first
// problem, so that the code that builds a line of Go stays free of checks.
type row struct {
	columns map[string]string
	err     *error
}

func readRows(path string) ([]row, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading a table: %w", err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	if len(lines) < 2 {
		return nil, fmt.Errorf("reading %s: no rows", path)
	}
	rows := make([]row, 0, len(lines)-1)
	for _, line := range lines[1:] {
		columns := make(map[string]string, len(line))
		for i, value := range line {
			columns[lines[0][i]] = value
		}
		rows = append(rows, row{columns: columns, err: new(error)})
	}
	return rows, nil
}

// firstError is the first problem met in any of the rows.
func firstError(rows []row) error {
	var problems []error
	for _, r := range rows {
		problems = append(problems, *r.err)
	}
	return errors.Join(problems...)
}

func (r row) text(column string) string {
	value, ok := r.columns[column]
	if !ok {
		r.fail(fmt.Errorf("no column %q", column))
	}
	return value
}

func (r row) code() uint64 {
	number, err := strconv.ParseUint(r.text("code"), 0, 24)
	if err != nil {
		r.fail(err)
	}
	return number
}

func (r row) number(column string) int {
	number, err := strconv.Atoi(r.text(column))
	if err != nil {
		r.fail(fmt.Errorf("column %q: %w", column, err))
	}
	return number
}

func (r row) yes(column string) bool {
	switch value := r.text(column); value {
	case "Y":
		return true
	case "N":
	default:
		r.fail(fmt.Errorf("column %q: %q is neither Y nor N", column, value))
	}
	return false
}

// version is the name of the Go constant of a protocol version.
func (r row) version(column string) string {
	constant, ok := versionConstants[r.text(column)]
	if !ok {
		r.fail(fmt.Errorf("column %q: %q is no version", column, r.text(column)))
	}
	return constant
}

var versionConstants = map[string]string{
	"SSLv2":   "SSLv2",
	"SSLv3":   "SSLv3",
	"TLS 1.0": "TLS10",
	"TLS 1.1": "TLS11",
	"TLS 1.2": "TLS12",
	"TLS 1.3": "TLS13",
}

func (r row) fail(err error) {
	if *r.err == nil {
		*r.err = fmt.Errorf("row %s: %w", r.columns["code"], err)
	}
}
