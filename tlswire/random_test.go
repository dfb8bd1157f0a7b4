package tlswire

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// random makes values whose lists have at least one item and at most max: nil and empty differ for
// some lists, which vectors test.
type random struct {
	*rand.Rand
	max int
}

// fill sets everything within v, a message, to something random.
func (r random) fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1+r.IntN(r.max), r.max))
		for i := range v.Len() {
			r.fill(v.Index(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			r.fill(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			r.fill(v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		r.fill(v.Elem())
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 1)
	case reflect.Int:
		v.SetInt(r.Int64N(1 << 24)) // the only int is a length of 24 bits
	case reflect.Uint32:
		v.SetUint(uint64(r.number(v.Type())))
	default:
		v.SetUint(r.Uint64() >> (64 - v.Type().Bits()))
	}
}

// number is a suite that fits 16 bits, or any other number of 32.
func (r random) number(t reflect.Type) uint32 {
	if t == reflect.TypeFor[Suite]() {
		return r.Uint32() >> 16
	}
	return r.Uint32()
}

func testRandom[T message](t *testing.T, parse func([]byte) (T, error), legal func(*T)) {
	t.Helper()
	var zero T
	t.Run(reflect.TypeFor[T]().Name(), func(t *testing.T) {
		r := random{rand.New(rand.NewPCG(1, 2)), 9}
		for range 200 {
			want := zero
			r.fill(reflect.ValueOf(&want).Elem())
			legal(&want)
			b, err := want.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			got, err := parse(b)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Fatalf("%x: error %v (-want +got):\n%s", b, err, diff)
			}
		}
	})
}

func anything[T any](*T) {}

// Whatever fits the format comes back the same, the converse of what the fuzz targets show.
func TestRandomMessages(t *testing.T) {
	testRandom(t, ParseAlert, anything)
	testRandom(t, ParseClientHello, anything)
	testRandom(t, ParseServerHello, anything)
	testRandom(t, ParseCertificate, anything)
	testRandom(t, ParseCertificateTLS13, anything)
	testRandom(t, ParseCompressedCertificate, anything)
	testRandom(t, ParseCertificateRequestTLS13, anything)
	testRandom(t, ParseEncryptedExtensions, anything)
	testRandom(t, ParseNewSessionTicket, anything)
	testRandom(t, ParseNewSessionTicketTLS13, anything)
	testRandom(t, ParseHeartbeatMessage, anything)
	testRandom(t, ParseFinished, anything)
	testRandom(t, ParseKeyUpdate, anything)
	testRandom(t, ParseClientHelloV2, anything)
	testRandom(t, ParseServerHelloV2, anything)
	testRandom(t, ParseErrorV2, anything)
	testRandom(t, ParseCertificateStatus, func(c *CertificateStatus) { c.Type = StatusOCSPMulti })
}

// Messages whose form depends on the version.
func TestRandomVersionedMessages(t *testing.T) {
	testRandom(t, fixed(ParseCertificateRequest, TLS12), anything)
	testRandom(t, fixed(ParseCertificateRequest, SSLv3), func(r *CertificateRequest) { r.Schemes = nil })
	testRandom(t, fixed(ParseCertificateVerify, TLS13), func(c *CertificateVerify) { c.Scheme |= 1 })
	testRandom(t, fixed(ParseCertificateVerify, TLS10), func(c *CertificateVerify) { c.Scheme = 0 })
	testRandom(t, keyExchange(KeyExchangeDHE, false, TLS12), func(k *ServerKeyExchange) {
		k.EC, k.RSA, k.Scheme = nil, nil, k.Scheme|1
	})
	testRandom(t, keyExchange(KeyExchangeRSA, false, TLS10), func(k *ServerKeyExchange) {
		k.DH, k.EC, k.Scheme = nil, nil, 0
	})
	testRandom(t, keyExchange(KeyExchangeECDHE, true, TLS12), func(k *ServerKeyExchange) {
		k.DH, k.RSA, k.Scheme, k.Signature = nil, nil, 0, nil
		k.EC.CurveType, k.EC.Explicit = CurveNamed, nil
	})
	testRandom(t, explicitCurve(CurveExplicitPrime), func(c *ExplicitCurve) { c.Degree, c.Exponents = 0, nil })
	testRandom(t, explicitCurve(CurveExplicitChar2), func(c *ExplicitCurve) {
		c.Prime, c.Exponents = nil, c.Exponents[:1]
	})
}
