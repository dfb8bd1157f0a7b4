package realtest

// NSS has one order, fixed in its source, and follows it whatever the client prefers.
var nssConfigs = []Config{
	{"nss/default", NSS{Versions: "tls1.0:tls1.3"}},
	{"nss/default, two certificates", NSS{Keys: bothKeys, Versions: "tls1.0:tls1.3"}},
	{"nss/ECDSA", NSS{Keys: []Key{ECDSA}, Versions: "tls1.0:tls1.3"}},
	{"nss/TLS 1.0", NSS{Versions: "tls1.0:tls1.0"}},
	{"nss/TLS 1.1", NSS{Keys: bothKeys, Versions: "tls1.1:tls1.1"}},
	{"nss/TLS 1.2", NSS{Keys: bothKeys, Versions: "tls1.2:tls1.2"}},
	{"nss/TLS 1.3", NSS{Versions: "tls1.3:tls1.3"}},
	{"nss/old", NSS{Versions: "ssl3:tls1.1", Ciphers: "cdenvyz"}},
	{"nss/GCM, ChaCha20 and TLS 1.3", NSS{Keys: bothKeys, Versions: "tls1.2:tls1.3", Ciphers: ":C02B:C02F:C02C:C030:CCA8:CCA9:1303:1301"}},
	{"nss/DHE", NSS{Versions: "tls1.0:tls1.2", Ciphers: ":0033:0039:0067:006B:009E:009F:0016:CCAA:0045:0088"}},
	{"nss/everything", NSS{Keys: bothKeys, Versions: "tls1.0:tls1.3", Ciphers: nssEverything}},
	// SSLv3 and TLS 1.3 exclude each other in NSS.
	{"nss/everything but TLS 1.3", NSS{Keys: bothKeys, Versions: "ssl3:tls1.2", Ciphers: nssEverything}},
	{"nss/RSA key exchange and NULL", NSS{Versions: "tls1.0:tls1.2", Ciphers: ":0001:0002:003B:0004:0005:000A:002F:0035:003C:003D:009C:009D:0041:0084:0096"}},
}

const nssEverything = ":1301:1302:1303:C02B:C02C:C02F:C030:CCA9:CCA8:CCAA:C009:C00A:C013:C014:C023:C024:C027:C028:C007:C011:C008:C012:C006:C010:" +
	"0033:0039:0067:006B:009E:009F:0016:0015:0045:0088:002F:0035:003C:003D:009C:009D:0041:0084:0096:000A:0009:0005:0004:0002:0001:003B"
