package realtest

import (
	"crypto/tls"
	"slices"

	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/tlswire"
)

// realClients are programs of six makers, each with its defaults and with settings that make it like an old or an odd one.
func realClients() []realClient {
	return slices.Concat(openSSLClients(), gnuTLSClients(), nssClients(), goClients(), otherClients())
}

// limits are the sizes of Diffie-Hellman groups that a library takes: no hello tells them.
func limits(least tlswire.Version, dh int) client.Profile {
	return client.Profile{Min: least, MinDHBits: dh, MaxDHBits: 10000}
}

// secure are the limits of OpenSSL 3 at Debian's security level 2.
func secure() client.Profile {
	p := limits(tlswire.TLS10, 2048)
	p.SHA2Signing = true
	return p
}

func openSSLClients() []realClient {
	with := func(name string, p client.Profile, flags ...string) realClient {
		return realClient{name: "openssl " + name, profile: p, args: func(port string) []string {
			return append([]string{"openssl", "s_client", "-connect", "127.0.0.1:" + port}, flags...)
		}}
	}
	strict, level0 := secure(), limits(tlswire.TLS10, 512)
	return []realClient{
		with("by default", strict),
		with("with everything", level0, "-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0", "-min_protocol", "TLSv1"),
		with("as Postfix", level0, "-cipher", "aNULL:-aNULL:HIGH:MEDIUM:+RC4:@STRENGTH:@SECLEVEL=0", "-min_protocol", "TLSv1", "-noservername"),
		with("with TLS 1.0", level0, "-tls1", "-cipher", "DEFAULT:@SECLEVEL=0"),
		with("with key exchange by RSA", limits(tlswire.TLS12, 512), "-tls1_2", "-cipher", "kRSA:@SECLEVEL=0"),
		with("with DHE", limits(tlswire.TLS12, 512), "-tls1_2", "-cipher", "DHE:@SECLEVEL=0"),
		with("with ChaCha20 first and odd groups", strict, "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256",
			"-cipher", "CHACHA20:AESGCM", "-groups", "P-384:X25519"),
		with("with ECDSA alone", strict, "-sigalgs", "ECDSA+SHA256", "-cipher", "ECDSA:RSA"),
		with("with SHA-1 alone", limits(tlswire.TLS12, 512), "-tls1_2", "-sigalgs", "RSA+SHA1:ECDSA+SHA1", "-cipher", "DEFAULT:@SECLEVEL=0"),
	}
}

func gnuTLSClients() []realClient {
	with := func(name, priority string, p client.Profile) realClient {
		return realClient{name: "gnutls-cli " + name, profile: p, args: func(port string) []string {
			return []string{"gnutls-cli", "--insecure", "--port", port, "--priority", priority, "127.0.0.1"}
		}}
	}
	return []realClient{
		with("by default", "NORMAL", limits(tlswire.TLS10, 1008)),
		with("with DHE", "NORMAL:-VERS-TLS1.3:-KX-ALL:+DHE-RSA:+RSA", limits(tlswire.TLS10, 1008)),
		with("with TLS 1.0 and old ciphers", "NORMAL:-VERS-ALL:+VERS-TLS1.0:-CIPHER-ALL:+ARCFOUR-128:+3DES-CBC:+AES-128-CBC", limits(tlswire.TLS10, 1008)),
		with("with P-521", "NORMAL:-GROUP-ALL:+GROUP-SECP521R1", limits(tlswire.TLS10, 1008)),
	}
}

func nssClients() []realClient {
	with := func(name string, flags ...string) realClient {
		return realClient{name: "tstclnt " + name, profile: limits(tlswire.TLS10, 1023), args: func(port string) []string {
			return append([]string{"tstclnt", "-D", "-o", "-Q", "-h", "127.0.0.1", "-p", port}, flags...)
		}}
	}
	return []realClient{
		with("by default", "-V", "tls1.0:"),
		with("with TLS 1.1", "-V", "tls1.0:tls1.1"),
		with("with CBC and DHE", "-V", "tls1.0:tls1.2", "-c", ":C013:C014:0033:0039:002F"),
	}
}

func goClients() []realClient {
	old := []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA, tls.TLS_RSA_WITH_RC4_128_SHA}
	with := func(name string, c *tls.Config) realClient {
		c.InsecureSkipVerify = true
		return realClient{name: "go " + name, profile: limits(tlswire.TLS12, 512), config: c}
	}
	return []realClient{ //nolint:gosec // weak on purpose
		with("by default", &tls.Config{}),
		with("with key exchange by RSA", &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS12, CipherSuites: old}),
		with("with P-256 alone", &tls.Config{CurvePreferences: []tls.CurveID{tls.CurveP256}}),
	}
}

// pythonClient makes a handshake, and fails if it does. Its arguments are a port and ciphers.
const pythonClient = `import socket, ssl, sys
c = ssl.create_default_context()
c.check_hostname = False
c.verify_mode = ssl.CERT_NONE
if len(sys.argv) > 2:
    c.set_ciphers(sys.argv[2])
    c.maximum_version = ssl.TLSVersion.TLSv1_2
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as s:
    c.wrap_socket(s).close()
`

func otherClients() []realClient {
	python := func(name string, more ...string) realClient {
		return realClient{name: "python " + name, profile: secure(), args: func(port string) []string {
			return append([]string{"python3", "-I", "-S", "-c", pythonClient, port}, more...)
		}}
	}
	curl := func(name string, p client.Profile, flags ...string) realClient {
		return realClient{name: "curl " + name, profile: p, refused: 35, args: func(port string) []string {
			return append(append([]string{"curl", "--silent", "--insecure", "--max-time", "20"}, flags...), "https://127.0.0.1:"+port+"/")
		}}
	}
	return []realClient{
		python("by default"),
		python("with few ciphers", "DHE-RSA-AES128-SHA:AES256-SHA:ECDHE-ECDSA-AES256-SHA"),
		curl("by default", secure()),
		curl("with TLS 1.1", limits(tlswire.TLS10, 512), "--tlsv1.0", "--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0"),
	}
}
