// Package jobs makes the scans that the web service was asked for: a queue, by package river, in the service's database, so that what
// was asked for is made however the program ends.
package jobs
