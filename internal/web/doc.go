// Package web is the web service: pages on which a domain is tested and its report is read, and the same for programs. It needs no
// script to work; with one, a page shows a scan while it goes on.
package web
