package nettest

import (
	"net/http"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/lab"
)

// promising is a domain with one exchanger, and a policy.
func promising(name string, sts evidence.Outcome, s site) domain {
	return domain{name: name, servers: []server{{host: "mx"}}, site: &s, hops: []hop{{host: "mx." + name, family: "4", dane: opportunistic, sts: sts}}}
}

// and adds records to the zone of a domain.
func (d domain) and(records ...string) domain {
	d.records = records
	return d
}

// at says what is wrong with the record or the policy.
func (d domain) at(fault string) domain {
	d.sts = fault
	return d
}

// unlike says that postfix-mta-sts-resolver sees the first exchanger otherwise.
func (d domain) unlike(o evidence.Outcome, why string) domain {
	d.hops[0].resolver = &opinion{o, why}
	return d
}

// plain answers with a text.
func plain(text string) http.HandlerFunc { return typed("text/plain", text) }

func typed(media, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		_, _ = w.Write([]byte(text))
	}
}

// stsDomains are about policies and certificates.
func stsDomains() []domain {
	enforce := func(name string) string { return policy("enforce", "mx."+name+".test") }
	cert := func(name string) lab.Certificate { return lab.Certificate{Key: lab.P256, Names: []string{name}} }
	return []domain{
		promising("sts", authenticated, site{policy: enforce("sts")}),
		promising("stswild", authenticated, site{policy: policy("enforce", "*.stswild.test")}),
		promising("stscase", authenticated, site{policy: policy("enforce", "MX.STSCASE.test")}),
		promising("stsmany", authenticated, site{policy: policy("enforce", "other.test", "*.other.test", "mx.stsmany.test")}),
		promising("stscert", authenticated, site{policy: enforce("stscert")}).with(certificates(cert("*.stscert.test"))),
		promising("stsmismatch", refused, site{policy: policy("enforce", "mx.other.test")}),
		promising("stscertname", refused, site{policy: enforce("stscertname")}).with(certificates(cert("mail.stscertname.test"))),
		promising("stsexpired", refused, site{policy: enforce("stsexpired")}).with(certificates(expired("mx.stsexpired.test"))),
		promising("stsself", refused, site{policy: enforce("stsself")}).with(certificates(lab.Certificate{Key: lab.P256, Names: []string{"mx.stsself.test"}, SelfSigned: true})),
		promising("stsincomplete", refused, site{policy: enforce("stsincomplete")}).with(certificates(lab.Certificate{Key: lab.P256, Names: []string{"mx.stsincomplete.test"}, Incomplete: true})),
		promising("stsclients", refused, site{policy: enforce("stsclients")}).with(certificates(lab.Certificate{Key: lab.P256, Names: []string{"mx.stsclients.test"}, Clients: true})),
		promising("stscommon", refused, site{policy: enforce("stscommon")}).with(certificates(lab.Certificate{Key: lab.P256, Subject: "mx.stscommon.test", Names: []string{}})).
			unlike(authenticated, "it takes the common name where there is no other, which RFC 8461, Section 4.2, does not"),
		promising("stsclear", refused, site{policy: enforce("stsclear")}).with(like("starttls-absent")),
		promising("stsnamed", authenticated, site{policy: enforce("stsnamed")}).with(func(s *lab.Server) {
			s.Certificates = []lab.Certificate{{Key: lab.P256, Names: []string{"mx.stsnamed.test"}, SNI: "mx.stsnamed.test"}, {Key: lab.P384, Names: []string{"else.test"}}}
			s.Extensions.ServerName = true
		}),
		promising("ststesting", authenticated, site{policy: policy("testing", "mx.ststesting.test")}),
		promising("ststestingbad", opportunistic, site{policy: policy("testing", "mx.other.test")}),
		promising("stsnone", opportunistic, site{policy: policy("none")}),
		promising("stslf", authenticated, site{policy: strings.ReplaceAll(enforce("stslf"), "\r", "")}),
		promising("stscharset", authenticated, site{serve: typed("text/plain; charset=utf-8", enforce("stscharset"))}),
		promising("stsredirect", opportunistic, site{serve: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://mta-sts.sts.test"+r.URL.Path, http.StatusFound)
		}}).at("not to be followed"),
		promising("stshtml", opportunistic, site{serve: typed("text/html", enforce("stshtml"))}).at("text/html"),
		promising("stsmissing", opportunistic, site{serve: http.NotFound}).at("404"),
		promising("stshuge", opportunistic, site{serve: plain(enforce("stshuge") + strings.Repeat("x: y\r\n", 30000))}).at("more than"),
		promising("stsendless", opportunistic, site{serve: endless}).at("more than"),
		promising("stsshort", opportunistic, site{serve: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(enforce("stsshort")))
		}}).at("unexpected EOF"),
		promising("stswebself", opportunistic, site{policy: enforce("stswebself"), cert: "self"}).at("certificate"),
		promising("stswebname", opportunistic, site{policy: enforce("stswebname"), cert: "wrong"}).at("certificate"),
		promising("stshomeless", opportunistic, site{absent: true}).at("no address"),
		promising("stsversion", opportunistic, site{policy: strings.Replace(enforce("stsversion"), "STSv1", "STSv2", 1)}).at("version"),
		promising("stsmode", opportunistic, site{policy: policy("strict", "mx.stsmode.test")}).at("mode"),
		promising("stsmaxage", opportunistic, site{policy: strings.Replace(enforce("stsmaxage"), "86400", "99999999", 1)}).at("max_age"),
		promising("stsnomx", opportunistic, site{policy: policy("enforce")}).at("no mx"),
		promising("stsempty", opportunistic, site{}).at("no version"),
		promising("stsdouble", authenticated, site{policy: enforce("stsdouble") + "mode: none\r\n"}).
			unlike(opportunistic, "it goes by the last of two fields, where RFC 8461, Section 3.2, goes by the first"),
		promising("stsblank", authenticated, site{policy: strings.Replace(enforce("stsblank"), "mode", "\r\nmode", 1)}),
		promising("stsunknown", authenticated, site{policy: enforce("stsunknown") + "more: less\r\n"}),
		promising("stsdot", refused, site{policy: policy("enforce", "mx.stsdot.test.")}),
		promising("stszero", authenticated, site{policy: strings.Replace(enforce("stszero"), "86400", "0", 1)}),
		promising("stsnotype", opportunistic, site{serve: typed("", enforce("stsnotype"))}).at("media type"),
		promising("stswebold", opportunistic, site{policy: enforce("stswebold"), cert: "expired"}).at("certificate"),
		promising("stsstrings", authenticated, site{policy: enforce("stsstrings"), txt: []string{`v=STSv1; " "id=1;`}}),
		promising("stsspaces", authenticated, site{policy: enforce("stsspaces"), txt: []string{"v=STSv1 ; id=1 ; more=less"}}),
		promising("stsalias", authenticated, site{policy: enforce("stsalias"), txt: []string{}}).and("@ MX 10 mx", "_mta-sts CNAME _mta-sts.sts.test."),
		promising("ststwo", opportunistic, site{policy: enforce("ststwo"), txt: []string{"v=STSv1; id=1;", "v=STSv1; id=2;"}}).at("2 MTA-STS records"),
		promising("stsnoid", opportunistic, site{policy: enforce("stsnoid"), txt: []string{"v=STSv1;"}}).at("no id"),
		promising("stsother", opportunistic, site{policy: enforce("stsother"), txt: []string{"v=spf1 -all"}}),
		promising("stsbadid", opportunistic, site{policy: enforce("stsbadid"), txt: []string{"v=STSv1; id=2026-11-26;"}}).at("id").
			unlike(authenticated, "it does not look at the letters of an id, which RFC 8461, Section 3.1, limits to letters and digits"),
		promising("stssilent", evidence.Undecided, site{silent: true, serve: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }}).
			unlike(opportunistic, takesSilence),
		promising("stsmute", evidence.Undecided, site{silent: true, mute: true}).unlike(opportunistic, takesSilence),
		{name: "stsdeep", servers: []server{{host: "a.mx"}}, site: &site{policy: policy("enforce", "*.stsdeep.test")}, hops: []hop{{host: "a.mx.stsdeep", family: "4", dane: opportunistic, sts: refused,
			resolver: &opinion{authenticated, "it turns *.stsdeep.test into .stsdeep.test, which to Postfix is any number of labels; to RFC 8461, Section 4.1, it is one"}}}},
		{name: "stsboth", servers: []server{{host: "mx1", tlsa: []string{"3 1 1 own"}}, {host: "mx2", tlsa: []string{"3 1 1 other"}}}, site: &site{policy: policy("enforce", "mx2.stsboth.test")},
			hops: []hop{{host: "mx1.stsboth", family: "4", dane: authenticated, sts: refused}, {host: "mx2.stsboth", family: "4", dane: refused, sts: authenticated}}},
		{name: "stsguest", records: []string{"@ MX 10 mail.test."}, site: &site{policy: policy("enforce", "mail.test")}, hops: []hop{{host: "mail", family: "4", dane: authenticated, sts: authenticated}}},
		{name: "stsopen", servers: []server{{host: "mx"}}, change: unsigned, status: "insecure", site: &site{policy: enforce("stsopen")},
			hops: []hop{{host: "mx.stsopen", family: "4", dane: opportunistic, sts: authenticated}}},
	}
}

// takesSilence is why postfix-mta-sts-resolver goes on where nothing comes back.
const takesSilence = "it goes by no policy where it gets none, while silence may be due to the network here, and others may get one"

// endless never stops.
func endless(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain")
	for {
		if _, err := w.Write([]byte("version: STSv1\r\n")); err != nil {
			return
		}
	}
}
