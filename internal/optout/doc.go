// Package optout knows who wants no scans by a web service: those who say so in the DNS, and those whom its operator lists.
package optout
