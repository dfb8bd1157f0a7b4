package report

import (
	"bytes"
	_ "embed" // for html.tmpl and html.css
	"fmt"
	"html/template"
	"io"
	"sync"

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
	kit, err := htmlKit()
	if err != nil {
		return err
	}
	var b bytes.Buffer // so that an error leaves no half page
	if err := kit.pages.ExecuteTemplate(&b, part, viewer{kit.mail, kit.clients, len(r.Endpoints) == 1 && len(r.Domains) == 0}.view(r)); err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

// htmlTools are what every page needs. To read them takes longer than to write a page.
type htmlTools struct {
	mail    *policy.Policy
	clients []client.Profile
	pages   *template.Template
}

// htmlKit are the tools, read once: they are built in.
var htmlKit = sync.OnceValues(func() (t htmlTools, err error) {
	if t.mail, err = policy.Named(policy.Mail); err != nil {
		return t, err
	}
	if t.clients, err = client.All(); err != nil {
		return t, err
	}
	t.pages, err = template.New("report").Funcs(template.FuncMap{
		"style":       func() template.CSS { return template.CSS(htmlStyle) },
		"domainStyle": func() template.CSS { return template.CSS(htmlDomainStyle) },
	}).Parse(htmlTemplate)
	if err == nil {
		_, err = t.pages.New("domain").Parse(htmlDomain)
	}
	return t, err
})
