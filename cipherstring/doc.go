// Package cipherstring tells which cipher suites the settings of TLS libraries enable: the cipher lists of OpenSSL
// (openssl-ciphers(1)) and the priority strings of GnuTLS (GnuTLS manual, "Priority Strings"). It evaluates them as the
// library does, against a record of the suites that the library was built with, and needs neither the library nor a
// network.
//
// What is known of each library, and how it was found out, is in data/README.md.
package cipherstring
