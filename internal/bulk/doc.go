// Package bulk scans the mail services of many domains: each server that several of them share once, gently, with everything it finds out
// in a journal (package journal) at once, so that memory stays the same however many there are, and one can go on after any end.
//
// There are two stages, side by side. One asks the DNS about each domain and adds the endpoints that it leads to, each once: an endpoint is
// an address, a port, a protocol, and a host, because it is by the host's name that a server chooses its certificate, and that the
// certificate is judged. The other goes round the addresses that have endpoints waiting, and scans one at a time of each. When all is
// done, the endpoints are joined to all their domains, which are judged ([Run.Each]).
package bulk
