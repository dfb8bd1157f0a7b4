// Package notify decides what of a report is worth telling those who watch a domain or a server, and puts it in words. It compares what
// the report shows with what was told before, and with what the look before showed: a change is told when two looks in a row have seen
// it, once. What a report does not know is neither a change nor the end of one.
//
// It only computes: when to look and how to tell, others know.
package notify
