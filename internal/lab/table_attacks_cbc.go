package lab

import (
	"math/rand/v2"

	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// cbcServers returns servers with a CBC suite that tell what is wrong with a broken record, as products did, and some that only
// look so.
func cbcServers() []Server {
	all := func(r legacy.Reaction) legacy.CBCFaults {
		return legacy.CBCFaults{BadMAC: r, BadPadding: r, BadBoth: r}
	}
	closes, resets := legacy.Reaction{Do: legacy.DoClose}, legacy.Reaction{Do: legacy.DoReset}
	accepts, silence := legacy.Reaction{Do: legacy.DoAccept}, legacy.Reaction{Do: legacy.DoSilence}
	return []Server{
		cbc("poodle-tls", "does not look at padding, as F5 BIG-IP in 2014", "fail", legacy.CBCFaults{BadPadding: accepts}),
		cbc("zombie-poodle", "breaks off at wrong padding with a right MAC, as F5 BIG-IP in 2018", "fail", legacy.CBCFaults{BadPadding: closes}),
		cbc("goldendoodle", "resets connections for a wrong MAC behind right padding, as Citrix ADC in 2018", "fail", legacy.CBCFaults{BadMAC: resets}),
		cbc("goldendoodle-unchecked", "does not look at the MAC", "fail", legacy.CBCFaults{BadMAC: accepts, ZeroLength: accepts}),
		cbc("sleeping-poodle", "falls silent at wrong padding with a right MAC", "fail", legacy.CBCFaults{BadPadding: silence}),
		cbc("zero-length", "closes without an alert if nothing is inside, as with OpenSSL up to 1.0.2q", "fail", legacy.CBCFaults{ZeroLength: closes}),
		cbc("lucky-minus-20", "takes padding alone for a MAC, as OpenSSL up to 1.0.2g", "fail",
			legacy.CBCFaults{FullPadding: legacy.Alert(tlswire.AlertRecordOverflow)}),
		cbc("padding-alert", "has an alert for wrong padding, as RFC 2246 did", "fail",
			legacy.CBCFaults{BadPadding: legacy.Alert(tlswire.AlertDecryptionFailed), BadBoth: legacy.Alert(tlswire.AlertDecryptionFailed)}),
		cbc("cbc-odd-alert", "has the same odd alert for every broken record", "pass", all(legacy.Alert(tlswire.AlertInternalError))),
		cbc("cbc-closes", "closes without an alert at every broken record", "pass", all(closes)),
		cbc("cbc-resets", "resets the connection at every broken record", "pass", all(resets)),
		cbc("cbc-silence", "falls silent at every broken record", "undecided", all(silence)),
		with("cbc-lottery", "has an alert drawn by lot for every broken record", func(s *Server) {
			s.oneCBC("pass")
			s.Quirks.CBCLottery = []legacy.Reaction{closes, legacy.Alert(tlswire.AlertBadRecordMAC), legacy.Alert(tlswire.AlertDecryptError),
				legacy.Alert(tlswire.AlertInternalError)}
		}),
		with("cbc-rate-limit", "resets every third connection at a broken record", func(s *Server) {
			s.oneCBC("pass")
			s.Quirks.CBCResetEvery = 3
		}),
	}
}

// cbc makes a server with one CBC suite and these faults.
func cbc(name, title, level string, faults legacy.CBCFaults) Server {
	return with(name, title, func(s *Server) {
		s.oneCBC(level)
		s.Quirks.Attack.CBC = faults
	})
}

// oneCBC leaves a server one suite of TLS 1.2.
func (s *Server) oneCBC(level string) {
	s.only(tlswire.TLS12, named("ECDHE-RSA-AES128-SHA"))
	s.Certificates = []Certificate{{Key: RSA2048}}
	s.want(level, "padding-oracle")
}

// draw is what the session does about every broken CBC record, if that differs from one connection to the next.
func (s *session) draw() (legacy.Reaction, bool) {
	q := s.Server.Quirks
	switch {
	case len(q.CBCLottery) > 0:
		return q.CBCLottery[rand.IntN(len(q.CBCLottery))], true
	case q.CBCResetEvery > 0 && s.number%q.CBCResetEvery == 0:
		return legacy.Reaction{Do: legacy.DoReset}, true
	}
	return legacy.Reaction{}, false
}
