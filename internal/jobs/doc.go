// Package jobs makes the scans that the web service was asked for: a queue, by package river, in the service's database, so that what
// was asked for is made however the program ends. It also watches what monitors are to watch: it orders their scans when they are due,
// and brings what is worth telling.
package jobs
