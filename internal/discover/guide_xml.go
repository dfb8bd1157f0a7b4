package discover

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/mailtls/mailtls/evidence"
)

// maxGuided is how many services of one document are read.
const maxGuided = 20

// config is Thunderbird's document (https://wiki.mozilla.org/Thunderbird:Autoconfiguration:ConfigFileFormat).
type config struct {
	XMLName  xml.Name `xml:"clientConfig"`
	Provider []struct {
		Incoming []configServer `xml:"incomingServer"`
		Outgoing []configServer `xml:"outgoingServer"`
	} `xml:"emailProvider"`
}

type configServer struct {
	Type   string `xml:"type,attr"`
	Host   string `xml:"hostname"`
	Port   string `xml:"port"`
	Socket string `xml:"socketType"`
}

// readAutoconfig reads Thunderbird's document for a domain. Servers of other kinds are left out; the error is what is wrong with the
// document, or the first server of which it does not say what a program needs.
func readAutoconfig(text []byte, domain string) (list []evidence.MailService, err error) {
	var c config
	if err := readXML(text, &c); err != nil {
		return nil, fmt.Errorf("the document is no configuration for mail programs: %.100s", err.Error())
	}
	for _, p := range c.Provider {
		for _, server := range append(p.Incoming, p.Outgoing...) {
			socket := map[string]evidence.Socket{"ssl": evidence.SocketTLS, "starttls": evidence.SocketSTARTTLS, "plain": evidence.SocketPlain}[lower(server.Socket)]
			list, err = add(list, err, lower(server.Type), strings.ReplaceAll(server.Host, "%EMAILDOMAIN%", domain), server.Port, socket)
		}
	}
	return list, firstFault(list, err)
}

// discovery is Microsoft's document ([MS-OXDSCLI], Section 2.2.4).
type discovery struct {
	XMLName  xml.Name `xml:"Autodiscover"`
	Response struct {
		Error struct {
			Message string `xml:"Message"`
		} `xml:"Error"`
		Account struct {
			Action   string              `xml:"Action"`
			Protocol []discoveryProtocol `xml:"Protocol"`
		} `xml:"Account"`
	} `xml:"Response"`
}

type discoveryProtocol struct {
	Type       string `xml:"Type"`
	Server     string `xml:"Server"`
	Port       string `xml:"Port"`
	SSL        string `xml:"SSL"`
	Encryption string `xml:"Encryption"`
}

// readAutodiscover is the same for Microsoft's document.
func readAutodiscover(text []byte, _ string) (list []evidence.MailService, err error) {
	var d discovery
	if err := readXML(text, &d); err != nil {
		return nil, fmt.Errorf("the document is no answer to mail programs: %.100s", err.Error())
	}
	if a := lower(d.Response.Account.Action); strings.HasPrefix(a, "redirect") {
		return nil, errors.New("the document sends on to another address, which is not followed")
	}
	if m := strings.TrimSpace(d.Response.Error.Message); m != "" {
		return nil, fmt.Errorf("the server says %.60q", m)
	}
	for _, p := range d.Response.Account.Protocol {
		usual := map[string]string{"imap": "143", "pop3": "110", "smtp": "25"}[lower(p.Type)]
		if strings.TrimSpace(p.Port) == "" {
			p.Port = usual
		}
		list, err = add(list, err, lower(p.Type), p.Server, p.Port, p.socket())
	}
	return list, firstFault(list, err)
}

// socket is how to encrypt. SSL, on unless it is off, says only whether to; then the port tells how ([MS-OXDSCLI], Section 2.2.4.1.1.2.5.13).
func (p discoveryProtocol) socket() evidence.Socket {
	switch lower(p.Encryption) {
	case "ssl":
		return evidence.SocketTLS
	case "tls":
		return evidence.SocketSTARTTLS
	case "none":
		return evidence.SocketPlain
	case "auto":
		return ""
	}
	if lower(p.SSL) == "off" {
		return evidence.SocketPlain
	}
	switch strings.TrimSpace(p.Port) {
	case "25", "587", "143", "110":
		return evidence.SocketSTARTTLS
	}
	return evidence.SocketTLS
}

// add adds one server of a document, or returns what is wrong with it as the fault, if it is the first.
func add(list []evidence.MailService, fault error, kind, host, port string, socket evidence.Socket) ([]evidence.MailService, error) {
	protocol := map[string]string{"imap": "imap", "pop3": "pop3", "smtp": "submission"}[kind]
	if protocol == "" || len(list) == maxGuided {
		return list, fault
	}
	if socket == evidence.SocketTLS {
		protocol += "s"
	}
	name := hostName(host)
	n, err := strconv.ParseUint(strings.TrimSpace(port), 10, 16)
	switch {
	case name == "" && fault == nil:
		fault = fmt.Errorf("the document names no host for %s, but %.60q", protocol, host)
	case (err != nil || n == 0) && fault == nil:
		fault = fmt.Errorf("the document names no port for %s, but %.60q", protocol, port)
	case name != "" && err == nil && n > 0:
		list = append(list, evidence.MailService{Protocol: protocol, Host: name, Port: int(n), Socket: socket})
	}
	return list, fault
}

func firstFault(list []evidence.MailService, fault error) error {
	if fault == nil && len(list) == 0 {
		return errors.New("the document names no mail service")
	}
	return fault
}

func lower(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// readXML reads a document. Of a character set but UTF-8 it takes what is ASCII, as names of hosts are.
func readXML(text []byte, v any) error {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) {
		all, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		for i, c := range all {
			if c >= utf8.RuneSelf {
				all[i] = '?'
			}
		}
		return bytes.NewReader(all), nil
	}
	return d.Decode(v)
}
