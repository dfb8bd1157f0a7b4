package probe

import (
	"fmt"

	"github.com/mailtls/mailtls/evidence"
)

func connections(n int) string {
	if n == 1 {
		return "1 connection"
	}
	return fmt.Sprintf("%d connections", n)
}

// because says why a server is given up whose last connection ended like e.
func because(e evidence.End) string {
	why := endWords(e.Kind)
	if e.Alert != nil {
		why = fmt.Sprintf("every reply is an alert, the last of them %v", e.Alert.Description)
	}
	if e.Detail != "" {
		why += ": " + e.Detail
	}
	return why
}

// lastWords is what the server said when it last asked for a pause.
func (s *Session) lastWords() string {
	for i := len(s.ep.Observations) - 1; i >= 0; i-- {
		if o := &s.ep.Observations[i]; s.throttled(o) && o.End.Detail != "" {
			return o.End.Detail
		}
	}
	return "it stopped answering"
}

// endWords says in a few words how a connection ended.
func endWords(k evidence.EndKind) string {
	switch k {
	case evidence.EndTimeout:
		return "no reply in time"
	case evidence.EndNotTLS:
		return "the reply is not TLS"
	case evidence.EndMalformed:
		return "the reply breaks the rules of TLS"
	case evidence.EndThrottled:
		return "the server throttles"
	case evidence.EndPreamble:
		return "no go-ahead for TLS"
	case evidence.EndAside:
		return "lost over a question before TLS"
	case evidence.EndErrorV2:
		return "the server answers with an SSLv2 error"
	case evidence.EndClosed:
		return "the server hangs up"
	case evidence.EndReset:
		return "the server resets the connection"
	case evidence.EndDone:
		return "the server chose what was not offered"
	case evidence.EndUnreachable:
		return "unreachable"
	}
	return string(k)
}
