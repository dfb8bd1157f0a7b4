// Package fix tells how to cure what a scan found: which software a mail server seems to be, and the settings of that
// software that make a finding go away.
//
// [Recognise] guesses the software from what the server says and the order it says it in. [Advice] gives the steps for one
// finding, and [Harden] a whole configuration without a scan. All of it is data (data/*.json, a file per software) and
// pure.
package fix
