package probe

import (
	"bytes"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// TestEchoesMore reads session IDs: Yes is what has to come twice.
func TestEchoesMore(t *testing.T) {
	for _, c := range []struct {
		length, echo int
		want         evidence.Answer
	}{
		{16, 16, evidence.No}, {32, 16, evidence.Yes}, {17, 16, evidence.Yes},
		{32, 0, evidence.Unsure}, {32, 15, evidence.Unsure}, {0, 0, evidence.Unsure}, // a new session
	} {
		r := &evidence.Reaction{Records: []evidence.Reacted{{Type: tlswire.ContentHandshake, Length: c.length, Echo: c.echo}}}
		if got := echoesMore(r); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	if got := echoesMore(&evidence.Reaction{End: evidence.EndAlert}); got != evidence.Unsure {
		t.Errorf("an alert: %v", got)
	}
}

// TestDeclines takes another session, or an alert, for the answer of a server that does not resume. To hang up may mean anything.
func TestDeclines(t *testing.T) {
	hello := []evidence.Reacted{{Type: tlswire.ContentHandshake, Length: 32}}
	for name, c := range map[string]struct {
		reaction evidence.Reaction
		want     int
	}{
		"another session":             {evidence.Reaction{End: evidence.EndDone, Records: hello}, 2},
		"another session, broken off": {evidence.Reaction{End: evidence.EndClosed, Records: hello}, 2},
		"alert":                       {evidence.Reaction{End: evidence.EndAlert}, 2},
		"hang-up":                     {evidence.Reaction{End: evidence.EndClosed}, 0},
		"no TLS":                      {evidence.Reaction{End: evidence.EndNotTLS}, 0},
		"silence":                     {evidence.Reaction{End: evidence.EndTimeout}, 0},
		"resumes":                     {evidence.Reaction{End: evidence.EndDone, Records: []evidence.Reacted{{Length: 16, Echo: 16}}}, 0},
	} {
		list := line(9, 0)
		for range 2 {
			list = append(list, reply{id: name, kind: accepted, reaction: &c.reaction, offer: evidence.Offer{Version: tlswire.TLS12, Attack: evidence.Ticketbleed}})
		}
		if got := newView(modelTarget, list, false).declines(); len(got) != c.want {
			t.Errorf("%s: %d, want %d", name, len(got), c.want)
		}
	}
}

// TestForgetBeyond keeps nothing of a session ID behind what was sent, neither as parsed nor as received.
func TestForgetBeyond(t *testing.T) {
	for _, n := range []int{0, 8, 16, 17, 32} {
		id := bytes.Repeat([]byte{9}, n)
		body, err := tlswire.ServerHello{Version: tlswire.TLS12, SessionID: id, Suite: 0x002f}.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		hello, err := tlswire.ParseServerHello(body)
		if err != nil {
			t.Fatal(err)
		}
		s := &legacy.Session{Seen: legacy.Seen{ServerHello: &hello,
			Messages: []tlspeer.Message{{Handshake: tlswire.Handshake{Type: tlswire.TypeServerHello, Body: body}}}}}
		if got := forgetBeyond(s, 16); got != n {
			t.Errorf("%d bytes, want %d", got, n)
		}
		again, err := tlswire.ParseServerHello(body)
		if err != nil || again.Suite != 0x002f || bytes.Count(body, []byte{9}) != min(n, 16) || bytes.Count(hello.SessionID, []byte{9}) != min(n, 16) {
			t.Errorf("%d bytes: %x, %v", n, body, err)
		}
	}
}

// TestRepeatedNonces tells repetition, counting and all else apart.
func TestRepeatedNonces(t *testing.T) {
	list := func(last ...byte) (out [][]byte) {
		for _, b := range last {
			out = append(out, []byte{1, 2, 3, 4, 5, 6, 7, b})
		}
		return out
	}
	for _, c := range []struct {
		list             [][]byte
		repeats, counted bool
	}{
		{list(1, 2, 3), false, true}, {list(1, 1, 2), true, false}, {list(5, 9, 5), true, false}, {list(3, 9, 2), false, false}, {nil, false, true},
	} {
		if again := repeated(c.list); (again != nil) != c.repeats || counts(c.list) != c.counted {
			t.Errorf("%x: again %x, counts %v", c.list, again, counts(c.list))
		}
	}
}

// TestWithoutShare wants a Finished behind a ServerHello that takes the ticket, and takes a key share for a No.
func TestWithoutShare(t *testing.T) {
	psk, share := tlswire.SelectedPSK(0), tlswire.ServerKeyShare(tlswire.KeyShareEntry{Group: tlswire.X25519, Data: make([]byte, 32)})
	finished := evidence.Message{Type: tlswire.TypeFinished}
	for name, c := range map[string]struct {
		extensions []tlswire.Extension
		messages   []evidence.Message
		end        evidence.EndKind
		want       evidence.Answer
	}{
		"taken":           {[]tlswire.Extension{psk}, []evidence.Message{finished}, evidence.EndDone, evidence.Yes},
		"without proof":   {[]tlswire.Extension{psk}, nil, evidence.EndClosed, evidence.Unsure},
		"wrong proof":     {[]tlswire.Extension{psk}, []evidence.Message{finished}, evidence.EndMalformed, evidence.Unsure},
		"full":            {[]tlswire.Extension{share}, []evidence.Message{finished}, evidence.EndDone, evidence.No},
		"with key share":  {[]tlswire.Extension{psk, share}, []evidence.Message{finished}, evidence.EndDone, evidence.No},
		"nothing of both": {nil, nil, evidence.EndMalformed, evidence.Unsure},
	} {
		r := reply{kind: accepted, hello: tlswire.ServerHello{Extensions: c.extensions}, messages: c.messages, reaction: &evidence.Reaction{End: c.end}}
		if got := r.withoutShare(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	for k, want := range map[kind]evidence.Answer{refused: evidence.No, closed: evidence.Unsure, lost: evidence.Unsure} {
		r := reply{kind: k, reaction: &evidence.Reaction{}}
		if got := r.withoutShare(); got != want {
			t.Errorf("kind %v: %v", k, got)
		}
	}
}
