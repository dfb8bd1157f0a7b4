package deptest

// module is the path that all packages of the project begin with.
const module = "github.com/mailtls/mailtls"

// mayImport lists, for every package of the project, the others that its code (tests apart) may import. A new package
// gets a line here, and a row in docs/design.md.
var mayImport = map[string][]string{
	"tlswire":  nil,
	"starttls": nil,
	"evidence": {"tlswire"},
	"policy":   {"tlswire"},
	"check":    {"evidence", "policy", "tlswire"},
	"client":   {"evidence", "policy", "tlswire"},
	"fix":      {"check", "evidence", "policy", "tlswire"},
	"report":   {"check", "client", "evidence", "fix", "policy", "tlswire"},

	"cipherstring": {"internal/spell", "tlswire"},

	"dane":   nil,
	"mtasts": {"internal/txtrecord"},
	"tlsrpt": {"internal/txtrecord"},

	"internal/txtrecord": nil,

	"internal/resolve":  nil,
	"internal/discover": {"evidence", "internal/resolve", "mtasts", "tlsrpt"},
	"internal/delivery": {"dane", "evidence", "mtasts"},

	"internal/tlspeer":        {"tlswire"},
	"internal/tlspeer/legacy": {"internal/tlspeer", "tlswire"},
	"internal/x509lax":        {"evidence", "internal/debiankey"},

	"internal/debiankey":     nil,
	"internal/debiankey/gen": {"internal/debiankey"},

	"internal/public":     nil,
	"internal/revocation": {"evidence", "internal/public", "internal/x509lax"},
	"internal/certlint":   {"evidence"},

	"internal/probe":   {"evidence", "internal/tlspeer", "internal/tlspeer/legacy", "internal/x509lax", "starttls", "tlswire"},
	"internal/lab":     {"internal/debiankey", "internal/tlspeer", "internal/tlspeer/legacy", "starttls", "tlswire"},
	"internal/spell":   nil,
	"internal/journal": {"evidence"},
	"internal/bulk":    {"check", "evidence", "internal/discover", "internal/journal", "report", "tlswire"},

	".":           {"check", "evidence", "internal/delivery", "internal/discover", "internal/probe", "internal/public", "internal/resolve", "internal/revocation", "internal/spell", "internal/x509lax", "policy", "report", "starttls"},
	"cmd/mailtls": {".", "check", "cipherstring", "client", "evidence", "fix", "internal/account", "internal/bulk", "internal/certlint", "internal/channel", "internal/jobs", "internal/journal", "internal/lab", "internal/openid", "internal/optout", "internal/resolve", "internal/servetls", "internal/spell", "internal/store", "internal/web", "policy", "report", "starttls", "tlswire"},

	"internal/notify": {"check", "evidence", "fix", "policy", "report"},

	"internal/channel": {"internal/notify", "internal/public"},

	"internal/account": {"internal/resolve"},
	"internal/openid":  {"internal/public"},

	"internal/optout": {".", "internal/discover", "internal/resolve"},

	"internal/servetls": nil,

	"internal/store": {"evidence", "report"},
	"internal/jobs":  {".", "evidence", "internal/bulk", "internal/channel", "internal/notify", "internal/store", "policy", "report"},
	"internal/web":   {".", "check", "client", "evidence", "fix", "internal/account", "internal/bulk", "internal/channel", "internal/discover", "internal/jobs", "internal/journal", "internal/openid", "internal/public", "internal/resolve", "internal/store", "policy", "report"},

	"internal/bench":       {".", "check", "evidence", "internal/bulk", "internal/channel", "internal/discover", "internal/dnstest", "internal/jobs", "internal/journal", "internal/lab", "internal/realtest", "internal/resolve", "internal/store", "internal/web", "internal/wireproxy", "policy", "report", "starttls"},
	"internal/agree":       {"check", "policy", "report"},
	"internal/deptest":     nil,
	"internal/dnstest":     nil,
	"internal/testca":      nil,
	"internal/realtest":    {"evidence", "tlswire"},
	"internal/wireproxy":   nil,
	"tlswire/internal/gen": nil,
}

// A ban says what some packages must not reach, neither themselves nor through what they import.
type ban struct {
	from  []string // packages of the project
	reach []string // paths of packages; one that ends in "/" stands for all below it
	why   string
}

// pure are the packages that only compute: from observations to facts, findings and reports.
var pure = []string{"evidence", "policy", "check", "client", "fix", "report"}

// network is whatever makes or carries connections. crypto/x509 is among it because it imports net; net/netip and net/url
// are not, since they only read text.
var network = []string{"net", "net/http", "net/http/", "net/smtp", "net/textproto", "net/rpc", "crypto/tls", "crypto/x509"}

var bans = []ban{
	{pure, network, "evidence must be judged without a packet"},
	{pure, []string{module + "/internal/", module + "/starttls"}, "what judges must not depend on how evidence was gathered"},
	{[]string{"evidence", "policy", "check", "client"}, []string{"os/", "log", "log/"}, "they have no world but their arguments"},
	{[]string{"tlswire"}, append([]string{"os/", "log", "log/"}, network...), "it turns bytes into values and does nothing else"},
	{[]string{"cipherstring"}, network, "it reads strings and does nothing else"},
	{[]string{"tlswire", "starttls", "dane"}, []string{module + "/"}, "others use them without the rest"},
	{[]string{"mtasts", "tlsrpt"}, append([]string{"os/", "log", "log/"}, network...), "they read text and do nothing else"},
	{[]string{"starttls"}, []string{"crypto/tls", "crypto/x509"}, "it knows nothing of TLS"},
}

// A call is a use of a package's function or type that only some packages may make.
type call struct {
	path  string   // of the package used
	names []string // its functions or types
	in    []string // the only packages that may use them; with not, the only ones that may not
	not   bool
	why   string
}

var calls = []call{
	{"net", []string{"Dial", "DialTimeout", "DialTCP", "DialIP", "DialUDP", "DialUnix", "Dialer"},
		[]string{"internal/probe", "internal/revocation", "internal/discover", "internal/channel", "internal/openid", "internal/dnstest", "internal/bench", "internal/lab", "internal/realtest", "internal/wireproxy"}, false,
		"internal/probe alone dials mail servers to scan them, internal/revocation authorities, internal/discover the web servers of a domain, internal/channel webhooks, and internal/openid the provider that whoever runs a service named"},
	{"crypto/tls", []string{"Dial", "DialWithDialer", "Dialer"}, nil, false, "internal/probe alone dials mail servers"},
	{"time", []string{"Now", "Since", "Until", "Sleep", "After", "Tick", "NewTimer", "NewTicker"}, append(pure, "tlswire"), true,
		"expiry is judged at the evidence's own time"},
	{"os", []string{"Getenv", "LookupEnv", "Environ", "Stdout", "Stderr", "Stdin", "Args"}, append(pure, "tlswire", "starttls", "."), true,
		"a library has no terminal and no environment"},
}
