package policy

// Role is what a mail server does on a port, since the same weakness weighs differently.
type Role string

// The roles.
const (
	Relay  Role = "relay"  // takes mail from other servers: SMTP on port 25, LMTP
	Access Role = "access" // serves users: submission, IMAP, POP3, ManageSieve
)

// RoleOf returns the role of a server that speaks protocol, a scheme such as "smtp" or "imaps", on port. Plain SMTP is
// relay on any port but those of submission (587 and 465), since relays do move to other ports.
func RoleOf(protocol string, port int) Role {
	switch {
	case protocol == "lmtp":
		return Relay
	case protocol == "smtp" && port != 587 && port != 465:
		return Relay
	}
	return Access
}
