// Package revocation asks authorities whether they have revoked certificates: by OCSP (RFC 6960), and by their lists
// (CRL: RFC 5280, Section 5).
//
// Where to ask stands in the certificates, and what a hostile server shows may lead anywhere. So only certificates that
// come from a trusted authority are asked about, only at public addresses and on the ports of HTTP, with limits on time,
// bytes and redirections; of an authority that the user named, other addresses will do, too. An answer counts if it is
// signed for the authority, about that certificate and in its time; whatever else comes leaves the question open.
package revocation
