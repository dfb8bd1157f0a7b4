// Package channel brings messages to people and programs: by mail, handed to the one server that whoever runs the service named, and by
// webhooks, which go to wherever somebody typed, and so to public addresses alone.
package channel
