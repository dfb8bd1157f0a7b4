package x509lax

// curve reads ECParameters (RFC 5480, Section 2.1.1; explicit ones X9.62 as in RFC 3279, Section 2.3.5).
func (r *reader) curve(params []byte) {
	k := &r.cert.PublicKey
	e, _, ok := next(params)
	switch {
	case !ok:
		r.problem("curve: missing")
	case e.clipped:
		r.problem("curve: cut off")
	case e.tag == tagOID:
		k.Curve = r.dotted(e.body, "curve")
		if c, ok := curves[k.Curve]; ok {
			k.Curve, k.Bits = c.name, c.bits
		}
	case e.tag == tagSequence:
		k.ExplicitCurve = true
		r.problem("curve: spelled out instead of named")
		r.explicitCurve(e)
	default:
		r.problem("curve: neither named nor spelled out")
	}
}

// explicitCurve reads the size of the field.
func (r *reader) explicitCurve(e element) {
	s := r.inside(e, "curve")
	s.want(tagInteger, "curve version")
	field, ok := s.want(tagSequence, "curve field")
	if !ok {
		return
	}
	s = r.inside(field, "curve field")
	id, ok := s.want(tagOID, "curve field")
	if !ok {
		return
	}
	switch r.dotted(id.body, "curve field") {
	case "1.2.840.10045.1.1": // prime-field
		if p, ok := s.want(tagInteger, "curve prime"); ok {
			r.cert.PublicKey.Bits = r.unsigned(p.body, "curve prime").BitLen()
		}
	case "1.2.840.10045.1.2": // characteristic-two-field
		r.binaryField(s)
	default:
		r.problem("curve field: unknown kind")
	}
}

// binaryField reads m of Characteristic-two.
func (r *reader) binaryField(s *sequence) {
	seq, ok := s.want(tagSequence, "curve field")
	if !ok {
		return
	}
	m, ok := r.inside(seq, "curve field").want(tagInteger, "curve degree")
	if !ok {
		return
	}
	if bits, ok := smallInt(m.body); ok && bits > 0 {
		r.cert.PublicKey.Bits = bits
	}
}

// point checks the form of a point (SEC 1, Section 2.3.3), not whether it is on the curve.
func (r *reader) point(b []byte) {
	if b == nil || r.cert.PublicKey.Bits == 0 {
		return
	}
	size := (r.cert.PublicKey.Bits + 7) / 8
	want := -1
	if len(b) > 0 {
		switch b[0] {
		case 2, 3:
			want = 1 + size
		case 4, 6, 7:
			want = 1 + 2*size
		}
	}
	if len(b) != want {
		r.problem("public key: no point of a curve of %d bits", r.cert.PublicKey.Bits)
	}
}

type namedCurve struct {
	name string
	bits int // of the field
}

// curves are the named curves by object identifier: SEC 2, X9.62, RFC 5639, GB/T 32918, ANSSI. A curve with several names
// has the one of the TLS registry.
var curves = map[string]namedCurve{
	"1.2.840.10045.3.1.1": {"secp192r1", 192},
	"1.2.840.10045.3.1.2": {"prime192v2", 192},
	"1.2.840.10045.3.1.3": {"prime192v3", 192},
	"1.2.840.10045.3.1.4": {"prime239v1", 239},
	"1.2.840.10045.3.1.5": {"prime239v2", 239},
	"1.2.840.10045.3.1.6": {"prime239v3", 239},
	"1.2.840.10045.3.1.7": {"secp256r1", 256},

	"1.3.132.0.1":  {"sect163k1", 163},
	"1.3.132.0.2":  {"sect163r1", 163},
	"1.3.132.0.3":  {"sect239k1", 239},
	"1.3.132.0.4":  {"sect113r1", 113},
	"1.3.132.0.5":  {"sect113r2", 113},
	"1.3.132.0.6":  {"secp112r1", 112},
	"1.3.132.0.7":  {"secp112r2", 112},
	"1.3.132.0.8":  {"secp160r1", 160},
	"1.3.132.0.9":  {"secp160k1", 160},
	"1.3.132.0.10": {"secp256k1", 256},
	"1.3.132.0.15": {"sect163r2", 163},
	"1.3.132.0.16": {"sect283k1", 283},
	"1.3.132.0.17": {"sect283r1", 283},
	"1.3.132.0.22": {"sect131r1", 131},
	"1.3.132.0.23": {"sect131r2", 131},
	"1.3.132.0.24": {"sect193r1", 193},
	"1.3.132.0.25": {"sect193r2", 193},
	"1.3.132.0.26": {"sect233k1", 233},
	"1.3.132.0.27": {"sect233r1", 233},
	"1.3.132.0.28": {"secp128r1", 128},
	"1.3.132.0.29": {"secp128r2", 128},
	"1.3.132.0.30": {"secp160r2", 160},
	"1.3.132.0.31": {"secp192k1", 192},
	"1.3.132.0.32": {"secp224k1", 224},
	"1.3.132.0.33": {"secp224r1", 224},
	"1.3.132.0.34": {"secp384r1", 384},
	"1.3.132.0.35": {"secp521r1", 521},
	"1.3.132.0.36": {"sect409k1", 409},
	"1.3.132.0.37": {"sect409r1", 409},
	"1.3.132.0.38": {"sect571k1", 571},
	"1.3.132.0.39": {"sect571r1", 571},

	"1.3.36.3.3.2.8.1.1.1":  {"brainpoolP160r1", 160},
	"1.3.36.3.3.2.8.1.1.2":  {"brainpoolP160t1", 160},
	"1.3.36.3.3.2.8.1.1.3":  {"brainpoolP192r1", 192},
	"1.3.36.3.3.2.8.1.1.4":  {"brainpoolP192t1", 192},
	"1.3.36.3.3.2.8.1.1.5":  {"brainpoolP224r1", 224},
	"1.3.36.3.3.2.8.1.1.6":  {"brainpoolP224t1", 224},
	"1.3.36.3.3.2.8.1.1.7":  {"brainpoolP256r1", 256},
	"1.3.36.3.3.2.8.1.1.8":  {"brainpoolP256t1", 256},
	"1.3.36.3.3.2.8.1.1.9":  {"brainpoolP320r1", 320},
	"1.3.36.3.3.2.8.1.1.10": {"brainpoolP320t1", 320},
	"1.3.36.3.3.2.8.1.1.11": {"brainpoolP384r1", 384},
	"1.3.36.3.3.2.8.1.1.12": {"brainpoolP384t1", 384},
	"1.3.36.3.3.2.8.1.1.13": {"brainpoolP512r1", 512},
	"1.3.36.3.3.2.8.1.1.14": {"brainpoolP512t1", 512},

	"1.2.840.10045.3.0.1":  {"c2pnb163v1", 163},
	"1.2.840.10045.3.0.2":  {"c2pnb163v2", 163},
	"1.2.840.10045.3.0.3":  {"c2pnb163v3", 163},
	"1.2.840.10045.3.0.4":  {"c2pnb176v1", 176},
	"1.2.840.10045.3.0.5":  {"c2tnb191v1", 191},
	"1.2.840.10045.3.0.6":  {"c2tnb191v2", 191},
	"1.2.840.10045.3.0.7":  {"c2tnb191v3", 191},
	"1.2.840.10045.3.0.10": {"c2pnb208w1", 208},
	"1.2.840.10045.3.0.11": {"c2tnb239v1", 239},
	"1.2.840.10045.3.0.12": {"c2tnb239v2", 239},
	"1.2.840.10045.3.0.13": {"c2tnb239v3", 239},
	"1.2.840.10045.3.0.16": {"c2pnb272w1", 272},
	"1.2.840.10045.3.0.17": {"c2pnb304w1", 304},
	"1.2.840.10045.3.0.18": {"c2tnb359v1", 359},
	"1.2.840.10045.3.0.19": {"c2pnb368w1", 368},
	"1.2.840.10045.3.0.20": {"c2tnb431r1", 431},

	"1.2.156.10197.1.301":     {"SM2", 256},
	"1.2.250.1.223.101.256.1": {"FRP256v1", 256},
}
