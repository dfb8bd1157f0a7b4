package check

import (
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func debianChecks() []Check {
	return []Check{{
		ID:    "debian-weak-key",
		Title: "A key was made by Debian's broken OpenSSL",
		Text: "From September 2006 to May 2008 OpenSSL on Debian, Ubuntu and their kin made each key from little more than the number of " +
			"a process. Lists of all of them, with the private halves, have been public since: anybody can pretend to be this server, " +
			"and read sessions without forward secrecy, recorded ones too. Make a new key on a system of today, with a new " +
			"certificate, and have the old one revoked; every other key that was made on that system then must go, too. (RSA keys of " +
			"1024 and 2048 bits are compared with those that machines such as i386 and amd64 made: with most that there can be, not " +
			"with all. One that is likely to be among them is made again, and compared whole.)",
		Refs: []string{"CVE-2008-0166", "DSA-1571-1", "CA/Browser Forum Baseline Requirements, Section 6.1.1.3"},

		Needs: certificateNeeds(),
		Eval:  perChain(evalDebian),
	}}
}

// debianSizes are those of the RSA keys that scans compare, in bits.
func debianSizes() []int { return []int{1024, 2048} }

// evalDebian fails for any key of the chain but that of a root. It passes if the server's own key was compared: those of
// authorities often have other sizes, and of those nothing is known.
func evalDebian(s *Subject, p *policy.Policy, c shown) Finding {
	fine := good("its key is none of Debian's that are known here")
	for _, cert := range signed(c) {
		k := cert.PublicKey
		other := "only RSA keys of 1024 and 2048 bits can be compared; that of " + label(cert) + " is " + keyText(k)
		switch rsa := keyKind(k.Algorithm) == policy.KeyRSA; {
		case k.Debian != nil:
			return bad(s, p.Check("debian-weak-key"), "the key of "+label(cert)+" is the one that "+debianOrigin(k.Debian)).
				seen([]string{label(cert), keyText(k)}, nil)
		case k.Algorithm == "" || rsa && keyUnread(cert) != "":
			fine = undecided(keyUnread(cert))
		case k.DebianTested:
		case rsa && slices.Contains(debianSizes(), k.Bits):
			fine = undecided("the key of " + label(cert) + " was not compared")
		case cert == c.leaf:
			fine = notApplicable(other)
		}
	}
	return fine
}

// debianOrigin says how the key comes about.
func debianOrigin(k *evidence.DebianKey) string {
	machine := map[string]string{"le32": "32-bit little-endian (such as i386)", "le64": "64-bit little-endian (such as amd64)",
		"be32": "32-bit big-endian (such as powerpc)"}[k.Arch]
	if machine == "" {
		machine = k.Arch
	}
	file := map[string]string{"rnd": "with the file ~/.rnd", "noreadrnd": "with a file ~/.rnd that it could not read",
		"nornd": "without a file ~/.rnd"}[k.Seed]
	if file == "" {
		file = k.Seed
	}
	return fmt.Sprintf("Debian's OpenSSL made as process %d on a %s machine, %s", k.PID, machine, file)
}
