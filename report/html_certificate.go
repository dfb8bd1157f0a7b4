package report

import (
	"strings"

	"github.com/mailtls/mailtls/evidence"
)

// certificateView is one chain that the server shows.
type certificateView struct {
	Owner string
	Rows  []labelled
	Same  labelled // instead of them: the ID and the name of another server that shows it alike
}

func certificateViewOf(e Endpoint, chain evidence.Chain) certificateView {
	if len(chain.Certificates) == 0 {
		return certificateView{Owner: "an empty chain"}
	}
	c := e.Blobs.Certificates[chain.Certificates[0]]
	if c == nil {
		return certificateView{Owner: Escape(chain.Certificates[0])}
	}
	v := certificateView{Owner: Escape(owner(c))}
	row := func(label, text string) {
		if text != "" {
			v.Rows = append(v.Rows, labelled{label, Escape(text)})
		}
	}
	row("Key", key(c.PublicKey))
	row("Signature", c.Signature.Name)
	row("Valid", validity(e, c))
	row("Issuer", strings.TrimSpace(c.Issuer.Organization+" "+c.Issuer.CommonName))
	if chain.Trust != nil {
		row("Trusted root", chain.Trust.RootDN)
	}
	row("Chain", plural(len(chain.Certificates), "certificate"))
	row("Shown in", strings.Join(names(chain.Versions), ", "))
	if !chain.WithSNI && chain.WithoutSNI {
		row("Shown to", "clients that name no server")
	}
	v.Rows = append(v.Rows, labelled{"Names", namesText(c.Names.DNS)})
	row("Problems", strings.Join(c.Problems, "; "))
	row("SHA-256", c.SHA256)
	return v
}
