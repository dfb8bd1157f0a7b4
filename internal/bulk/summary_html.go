package bulk

import (
	_ "embed" // for summary.tmpl
	"html/template"
	"io"
)

//go:embed summary.tmpl
var summaryPage string

// WriteHTML writes it as a page that needs nothing else. Its charts are bars, a rectangle each.
func (s *Summary) WriteHTML(w io.Writer) error {
	page, err := template.New("summary").Parse(summaryPage)
	if err != nil {
		return err
	}
	return page.Execute(w, s)
}
