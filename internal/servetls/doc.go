// Package servetls gives the web service a certificate, and TLS as this program recommends it: from files, which are read again when they
// change ([Files]), or from an authority that speaks ACME, RFC 8555 ([Authority]).
package servetls
