// Package x509lax reads X.509 certificates (RFC 5280) that strict parsers refuse: short or even RSA keys, curves that Go
// does not know, explicit curve parameters, negative serial numbers, odd times, lengths that are not DER, truncation.
// A scan must be able to say what a server shows, most of all when it is wrong.
//
// [Read] never fails. It is positional: a field that is malformed is told in Problems and left zero, and reading goes on
// with the next. It does no recursion and touches each byte a constant number of times; certificates above [MaxDER] are
// only hashed.
//
// Nothing here decides trust except [Verify], which leaves that to crypto/x509 and explains its answer, and [ReadOCSP],
// which has crypto/x509 check who signed a response. This package fetches nothing, and knows no clock.
package x509lax
