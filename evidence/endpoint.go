package evidence

import (
	"time"

	"github.com/mailtls/mailtls/tlswire"
)

// Schema is the version of the JSON format. It changes when a reader must change.
const Schema = "https://mailtls.org/schema/evidence-1"

// Target is what was scanned.
type Target struct {
	Input      string `json:"input"`    // as given, such as "smtp://mail.example.org:25"
	Protocol   string `json:"protocol"` // smtp, submission, submissions, lmtp, imap, imaps, pop3, pop3s, sieve
	Host       string `json:"host"`     // name or address as given
	Port       int    `json:"port"`
	Address    string `json:"address"`               // IP address dialled; empty if none was found
	ServerName string `json:"server_name,omitempty"` // sent as SNI; empty if none
	Resolver   string `json:"resolver,omitempty"`    // the name servers asked for Address, or one of the words below; empty if Host is an address
}

// What a Resolver may be besides addresses and ports of name servers.
const (
	SystemResolver = "system" // this machine: its file of hosts, or a resolver that does not tell whom it asks
	AddressGiven   = "given"  // nobody: whoever ran the scan said which address to connect to
)

// Endpoint is the evidence about one address and port.
type Endpoint struct {
	At           time.Time     `json:"at"` // start of the scan
	Target       Target        `json:"target"`
	Source       string        `json:"source,omitempty"` // IP address that the connections came from, as this machine knows it
	Facts        Facts         `json:"facts"`
	Cost         Cost          `json:"cost"`
	Ended        string        `json:"ended,omitempty"` // why the scan stopped before all was asked; empty if it did not
	Observations []Observation `json:"observations,omitempty"`
	Blobs        Blobs         `json:"blobs"`
}

// Blobs are the parts that many observations share, by the beginning of the SHA-256 of their content
// in hex: 16 digits as a rule, more where two begin alike.
type Blobs struct {
	Certificates map[string]*Certificate `json:"certificates,omitempty"`
	Dialogues    map[string]*Dialogue    `json:"dialogues,omitempty"`
	Staples      map[string][]byte       `json:"staples,omitempty"` // OCSP responses that came with certificates, DER
}

// Cost is what the scan asked of the server.
type Cost struct {
	Connections int           `json:"connections"` // opened; attempts that were refused or not answered are none
	Floor       int           `json:"floor"`       // the fewest connections that could have told the same suites and versions
	BytesOut    int64         `json:"bytes_out"`
	BytesIn     int64         `json:"bytes_in"`
	RoundTrips  int           `json:"round_trips"` // how often a connection waited for the server, over all connections
	Wall        time.Duration `json:"wall_ns"`
}

// Dialogue is what the mail protocol said before TLS, or inside it. It has no times, so that equal dialogues are one.
type Dialogue struct {
	Outcome      string       `json:"outcome"`               // "ready" after a go-ahead; see package starttls for the others
	Step         string       `json:"step,omitempty"`        // the last step that was begun
	Greeting     string       `json:"greeting,omitempty"`    // raw
	Capabilities Capabilities `json:"capabilities,omitzero"` // as listed in this dialogue
	Reply        string       `json:"reply,omitempty"`       // the reply that decided, raw
	Why          string       `json:"why,omitempty"`         // why the outcome is not "ready"
	BeforeTLS    Asked        `json:"before_tls,omitzero"`   // what was asked for that should need TLS
	Lines        []Line       `json:"lines,omitempty"`
}

// Asked is what a dialogue tells of what the server takes in the clear. What was not asked for is nil.
type Asked struct {
	Mail *Response `json:"mail,omitempty"` // to MAIL FROM
	Auth *Response `json:"auth,omitempty"` // to AUTH or AUTHENTICATE, without initial response
	Why  string    `json:"why,omitempty"`  // what kept the questions from being answered
}

// Response is a reply, raw, and what it means: "accepted", "refused" or "unclear".
type Response struct {
	Verdict string `json:"verdict"`
	Reply   string `json:"reply"`
}

// Line is one line of a dialogue, raw.
type Line struct {
	From string `json:"from"` // "client" or "server"
	Text string `json:"text"`
	Raw  []byte `json:"raw,omitempty"` // the line, where it is not valid UTF-8
}

// Observation is one connection: what was offered, and what came back.
type Observation struct {
	ID         string        `json:"id"` // probe and number, never order of arrival
	Offer      Offer         `json:"offer"`
	Start      time.Duration `json:"start_ns"` // since Endpoint.At
	Timing     Timing        `json:"timing"`
	Dialogue   string        `json:"dialogue,omitempty"` // before TLS: key of Blobs.Dialogues
	LinesMS    LineTimes     `json:"lines_ms,omitempty"` // when each of its lines came, in ms since the start
	Inner      string        `json:"inner,omitempty"`    // inside TLS, after a finished handshake: key of Blobs.Dialogues
	Messages   []Message     `json:"messages,omitempty"`
	End        End           `json:"end"`
	Reaction   *Reaction     `json:"reaction,omitempty"` // to Offer.Attack, if it came that far
	BytesOut   int64         `json:"bytes_out"`
	BytesIn    int64         `json:"bytes_in"`
	RoundTrips int           `json:"round_trips"`
}

// Timing tells when each step of a connection was done, since its start.
type Timing struct {
	Connect time.Duration `json:"connect_ns,omitempty"`
	Ready   time.Duration `json:"ready_ns,omitempty"` // plaintext part done
	Reply   time.Duration `json:"reply_ns,omitempty"` // first bytes of the TLS reply
	End     time.Duration `json:"end_ns,omitempty"`
}

// Message is one handshake message of the server. Certificates are kept once, in Blobs. What cannot be compressed is cut
// where nothing is derived from it: signatures are left out, tickets end after their first bytes, as do stapled responses,
// which are kept once, in Blobs; and of a finite-field key the last bytes are left. The message stays well-formed.
type Message struct {
	Type         tlswire.HandshakeType `json:"type"`
	Body         []byte                `json:"body,omitempty"`
	Certificates []string              `json:"certificates,omitempty"` // keys of Blobs.Certificates
	Stapled      bool                  `json:"stapled,omitempty"`      // TLS 1.3: an OCSP response came with the leaf
	Staple       string                `json:"staple,omitempty"`       // key of Blobs.Staples: the OCSP response about the leaf, if it was kept
	Length       int                   `json:"length,omitempty"`       // of the whole body in bytes, where it was cut
	ZeroKey      bool                  `json:"zero_key,omitempty"`     // a ticket that is sealed with a key of zeros
}

// EndKind says how a connection ended, from our side of it.
type EndKind string

const (
	EndDone        EndKind = "done"        // we had what we wanted and closed
	EndAlert       EndKind = "alert"       // the server sent an alert
	EndErrorV2     EndKind = "sslv2-error" // the server sent an ERROR of SSLv2 in reply to an SSLv2 hello
	EndClosed      EndKind = "closed"      // the server closed after our hello, without an alert
	EndReset       EndKind = "reset"       // connection reset after our hello
	EndTimeout     EndKind = "timeout"     // no reply to our hello in time
	EndNotTLS      EndKind = "not-tls"     // the reply is not TLS
	EndMalformed   EndKind = "malformed"   // the reply is TLS but breaks its rules, or our limits
	EndThrottled   EndKind = "throttled"   // the server asked us to come later
	EndPreamble    EndKind = "preamble"    // the plaintext part did not end in a go-ahead
	EndAside       EndKind = "aside"       // lost over a question of the mail protocol before TLS
	EndUnreachable EndKind = "unreachable" // no TCP connection
	EndCancelled   EndKind = "cancelled"   // we were told to stop
)

// End is how a connection ended.
type End struct {
	Kind    EndKind             `json:"kind"`
	Alert   *tlswire.Alert      `json:"alert,omitempty"`
	ErrorV2 tlswire.ErrorCodeV2 `json:"error_v2,omitempty"` // of EndErrorV2; 0 if the server gave none
	Detail  string              `json:"detail,omitempty"`
}
