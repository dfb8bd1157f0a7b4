// Package mailtls finds out how a mail server speaks TLS, and judges it.
//
// [Scan] looks at one target, such as "smtp://mail.example.org", at all its addresses, and returns a [report.Report]: the
// evidence (what was offered, what came back, which facts follow), findings, a verdict and a grade.
//
//	r, err := mailtls.Scan(ctx, "imaps://mail.example.org", &mailtls.Config{Quick: true})
//	if err != nil {
//		return err // the target makes no sense
//	}
//	for _, e := range r.Endpoints {
//		fmt.Println(e.Target.Address, e.Verdict, e.Facts.Versions.Value)
//	}
//
// A server that has no address, does not answer, throttles or breaks every rule is no error: the facts that could not be
// learned are Unknown or Partial, with the reason, and the verdict is Incomplete rather than good. Package evidence has the
// details.
//
// Whatever text a server sent is raw in the report. Print it through a renderer of package report, or escape it.
//
// The scan sends no name, no password and no mail. It makes up to a few hundred connections unless Config says otherwise;
// docs/server-logs.md shows what they leave behind.
package mailtls
