package report

import (
	"bytes"
	_ "embed" // for html.tmpl and html.css
	"fmt"
	"html/template"
	"io"

	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/policy"
)

//go:embed html.tmpl
var htmlTemplate string

//go:embed html_domain.tmpl
var htmlDomain string

//go:embed html_domain.css
var htmlDomainStyle string

//go:embed html.css
var htmlStyle string

// WriteHTML writes the report as one page that needs nothing but itself: no script, no style sheet or picture from
// elsewhere. It is ordered as the text is, with what only those want who look closer folded away. Text of the server passes
// through [Escape] and then through html/template.
func WriteHTML(w io.Writer, r *Report) error {
	if err := writeHTML(w, r, "report"); err != nil {
		return fmt.Errorf("writing the report as HTML: %w", err)
	}
	return nil
}

// WriteHTMLMain writes the main element of that page alone, for a page of somebody else that links to [Stylesheet].
func WriteHTMLMain(w io.Writer, r *Report) error {
	if err := writeHTML(w, r, "main"); err != nil {
		return fmt.Errorf("writing the main part of the report as HTML: %w", err)
	}
	return nil
}

// Stylesheet is the CSS of the page that [WriteHTML] writes.
func Stylesheet() string { return htmlStyle + htmlDomainStyle }

// writeHTML writes that part of the page.
func writeHTML(w io.Writer, r *Report, part string) error {
	mail, err := policy.Named(policy.Mail)
	if err != nil {
		return err
	}
	clients, err := client.All()
	if err != nil {
		return err
	}
	t, err := template.New("report").Funcs(template.FuncMap{
		"style":       func() template.CSS { return template.CSS(htmlStyle) },
		"domainStyle": func() template.CSS { return template.CSS(htmlDomainStyle) },
	}).Parse(htmlTemplate)
	if err != nil {
		return err
	}
	if _, err := t.New("domain").Parse(htmlDomain); err != nil {
		return err
	}
	var b bytes.Buffer // so that an error leaves no half page
	if err := t.ExecuteTemplate(&b, part, viewer{mail, clients, len(r.Endpoints) == 1 && len(r.Domains) == 0}.view(r)); err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}
