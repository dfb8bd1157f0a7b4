package main

import "regexp"

// explained is why the scanners differ; "" if nobody knows.
func (o opinion) explained() string {
	for _, x := range explanations {
		if x.check == o.check && x.testssl == o.testssl && x.servers.MatchString(o.server) {
			return x.why
		}
	}
	return ""
}

// explanations tell of each difference who is right, and why. docs/second-opinion.md has them in prose.
var explanations = []struct {
	check, testssl string
	servers        *regexp.Regexp
	why            string
}{}
