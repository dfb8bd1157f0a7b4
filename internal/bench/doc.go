// Bench measures what a scan costs: connections, bytes and time, on real servers, through a proxy that counts.
//
//	go run ./internal/bench                 every server at 0, 50 and 200 ms round trip, full and quick
//	go run ./internal/bench -v              with the questions that the connections were made for
//	go run ./internal/bench -peers          beside testssl.sh, sslscan and nmap on the same endpoint
//	go run ./internal/bench -memory         memory per connection, and the size of the evidence
//	go run ./internal/bench -bulk           many generated domains behind shared servers
//	go run ./internal/bench -disturb        what active checks get wrong over rough paths
//	go run ./internal/bench -monitors 10000 whether monitors keep their schedule
//	go run ./internal/bench -campaign       a campaign of the web service with several workers
//	go run ./internal/bench -pages          how soon the web service shows one of many stored reports
//
// The servers are those of package realtest: started for the measurement, on loopback, killed afterwards. What is
// counted is counted by the proxy in front of them; of the scanner's own report only the floor and the questions are
// used. docs/benchmarks.md explains the columns.
package main
