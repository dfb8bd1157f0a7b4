package starttls

import (
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"
)

func TestProtocol(t *testing.T) {
	ports := map[Protocol]int{SMTP: 25, Submission: 587, Submissions: 465, LMTP: 24, IMAP: 143, IMAPS: 993, POP3: 110, POP3S: 995, Sieve: 4190}
	for _, p := range Protocols() {
		got, err := ParseProtocol(strings.ToUpper(string(p)))
		if got != p || err != nil {
			t.Errorf("ParseProtocol(%q) = %q, %v", p, got, err)
		}
		if p.DefaultPort() != ports[p] || ports[p] == 0 {
			t.Errorf("%s has port %d", p, p.DefaultPort())
		}
		if implicit := strings.HasSuffix(string(p), "s"); p.ImplicitTLS() != implicit {
			t.Errorf("%s: implicit TLS %v", p, p.ImplicitTLS())
		}
		if family(p) == "" {
			t.Errorf("%s has no dialogue", p)
		}
	}
	if p, err := ParseProtocol("SMTPS"); p != Submissions || err != nil {
		t.Errorf("smtps: %q, %v", p, err)
	}
	if _, err := ParseProtocol("http\x1b"); err == nil || !strings.Contains(err.Error(), "smtp, submission,") || !printable(err.Error()) {
		t.Errorf("http: %v", err)
	}
	if Protocol("x").DefaultPort() != 0 {
		t.Error("an unknown protocol has a port")
	}
}

func TestProtocolJSON(t *testing.T) {
	for _, tt := range []struct {
		json string
		want Protocol
		ok   bool
	}{
		{`"imaps"`, IMAPS, true}, {`"smtps"`, Submissions, true}, {`""`, "", true}, {`"gopher"`, "", false},
	} {
		var p Protocol
		if err := json.Unmarshal([]byte(tt.json), &p); (err == nil) != tt.ok || p != tt.want {
			t.Errorf("%s: %q, %v", tt.json, p, err)
		}
	}
	if b, err := json.Marshal(POP3S); string(b) != `"pop3s"` || err != nil {
		t.Errorf("pop3s: %s, %v", b, err)
	}
}

func TestOutcomesAreDistinct(t *testing.T) {
	seen := map[Outcome]bool{}
	for _, o := range Outcomes() {
		if o == "" || seen[o] || strings.ToLower(string(o)) != string(o) || strings.ContainsAny(string(o), " -") {
			t.Errorf("outcome %q", o)
		}
		seen[o] = true
	}
}

// What a dialogue came to survives JSON, whatever bytes the server sent.
func TestResultJSON(t *testing.T) {
	res := Start(t.Context(), play(t, `
		s: 220 m\0x \e[1m\r\n
		C: EHLO scan.example
		S: 250-mx
		S: 250-SIZE 77
		S: 250-AUTH PLAIN
		S: 250 starttls
		C: STARTTLS
		s: 220 go\r\nearly`, whole), SMTP, testOptions)
	res.Dialogue.add(1, Server, "\xff\xfe", true)
	b, err := json.Marshal(res)
	if err != nil {
		t.Fatal(err)
	}
	var back Result
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	last := len(res.Dialogue.Lines) - 1
	if got := back.Dialogue.Lines[last].Bytes(); string(got) != "\xff\xfe" {
		t.Errorf("raw bytes %q", got)
	}
	back.Dialogue.Lines[last].Text = res.Dialogue.Lines[last].Text
	if !reflect.DeepEqual(&back, res) {
		t.Errorf("%s\ncame back as\n%+v", b, back)
	}
	for _, want := range []string{`"outcome":"ready"`, `"protocol":"smtp"`, `"size":77`, `"auth_mechanisms":["PLAIN"]`, `"from":"client"`, `"at_ns":`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s lacks %s", b, want)
		}
	}
}

func TestMaskedKeyword(t *testing.T) {
	for name, want := range map[string]bool{
		"XXXXXXXA": true, "XXXXXXXX": true, "XXXX": true, "********": true, "XXXXXXXXXXXXB": true,
		"XXX": false, "XCLIENT": false, "XFORWARD": false, "XXXXAB": false, "X": false, "": false, "STARTTLS": false, "AXXXX": false,
	} {
		if got := masked(name); got != want {
			t.Errorf("masked(%q) = %v", name, got)
		}
	}
}

func TestCapabilityValues(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  Capabilities
	}{
		{"SIZE alone", []string{"SIZE"}, Capabilities{Names: []string{"SIZE"}}},
		{"SIZE 0", []string{"SIZE 0"}, Capabilities{Names: []string{"SIZE"}}},
		{"SIZE negative", []string{"SIZE -5"}, Capabilities{Names: []string{"SIZE"}}},
		{"SIZE too large", []string{"SIZE 99999999999999999999"}, Capabilities{Names: []string{"SIZE"}}},
		{"twice", []string{"SIZE 5", "size 6"}, Capabilities{Names: []string{"SIZE"}, Size: 5}},
		{"mechanisms once", []string{"AUTH plain LOGIN", "AUTH=LOGIN X"}, Capabilities{Names: []string{"AUTH", "AUTH=LOGIN"}, AuthMechanisms: []string{"PLAIN", "LOGIN", "X"}}},
		{"STLS is no word of SMTP", []string{"STLS"}, Capabilities{Names: []string{"STLS"}}},
		{"blank line", []string{"", "  \t"}, Capabilities{}},
		{"no ASCII", []string{"\u202eA", "AUTH \x1b"}, Capabilities{Names: []string{"AUTH"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := parseEHLO(SMTP, append([]string{"mx"}, tt.lines...))
			tt.want.Protocol, tt.want.Listed, got.Raw = SMTP, true, nil
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestReplyString(t *testing.T) {
	for want, r := range map[string]Reply{
		"":                     {},
		"250":                  {Status: "250"},
		"554 5.7.1 no":         {Status: "554", Code: "5.7.1", Text: "5.7.1 no"},
		"BYE [UNAVAILABLE] no": {Status: "BYE", Code: "UNAVAILABLE", Text: "no"},
		"-ERR [SYS/TEMP]":      {Status: "-ERR", Code: "SYS/TEMP"},
		"+OK hi":               {Status: "+OK", Text: "hi"},
	} {
		if got := r.String(); got != want {
			t.Errorf("%+v: %q, want %q", r, got, want)
		}
	}
}

// What one preamble costs in memory, without the network.
func BenchmarkStart(b *testing.B) {
	for _, d := range full {
		b.Run(d.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Start(b.Context(), &replay{says: d.says, piece: readSize, err: io.EOF}, d.p, testOptions)
			}
		})
	}
}

func TestTemporary(t *testing.T) {
	tests := []struct {
		reply Reply
		want  bool
	}{
		{Reply{Status: "421"}, true},
		{Reply{Status: "554", Text: "Too many connections"}, true},
		{Reply{Status: "554", Code: "4.7.0"}, true},
		{Reply{Status: "554", Code: "5.7.1", Text: "blocked"}, false},
		{Reply{Status: "-ERR", Code: "SYS/TEMP"}, true},
		{Reply{Status: "-ERR", Code: "SYS/PERM"}, false},
		{Reply{Status: "BYE", Text: "Temporary failure"}, true},
		{Reply{Status: "NO", Code: "UNAVAILABLE"}, true},
		{Reply{Status: "NO"}, false},
	}
	for _, tt := range tests {
		if got := tt.reply.temporary(); got != tt.want {
			t.Errorf("%+v: %v", tt.reply, got)
		}
	}
}
