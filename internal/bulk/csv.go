package bulk

import (
	"encoding/csv"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"github.com/mailtls/mailtls/report"
)

// WriteCSV writes a table of the rows that each adds, with the names of their columns in the first line. What servers and the DNS said is
// made safe for terminals, and no field begins as a formula does.
func WriteCSV(w io.Writer, each func(add func(Row) error) error) error {
	c := csv.NewWriter(w)
	columns := reflect.VisibleFields(reflect.TypeFor[Row]())
	var head []string
	for _, f := range columns {
		head = append(head, f.Tag.Get("parquet"))
		head[len(head)-1], _, _ = strings.Cut(head[len(head)-1], ",")
	}
	_ = c.Write(head)
	err := each(func(row Row) error {
		fields := make([]string, len(columns))
		for i, f := range columns {
			fields[i] = cell(reflect.ValueOf(row).FieldByIndex(f.Index).Interface())
		}
		return c.Write(fields)
	})
	c.Flush()
	if err == nil {
		err = c.Error()
	}
	if err != nil {
		return fmt.Errorf("writing the results: %w", err)
	}
	return nil
}

// cell is a value in a table that a spreadsheet may open.
func cell(v any) string {
	if at, ok := v.(time.Time); ok {
		if at.IsZero() {
			return ""
		}
		return at.UTC().Format(time.RFC3339)
	}
	text := report.Escape(fmt.Sprint(v))
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		text = "'" + text
	}
	return text
}
