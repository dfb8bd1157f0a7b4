package bulk

import (
	"fmt"
	"strings"
)

// remarkedChecks is how many checks a remark names at most.
const remarkedChecks = 3

// Remark says in a few words why a row has the verdict that it has; "" if there is nothing to say.
func (row *Row) Remark() string {
	switch {
	case row.Error != "":
		return row.Error
	case row.Result == NoMail:
		return "there is no such domain, or it has no mail exchanger and no address"
	case row.Result == NullMX:
		return "it says that it takes no mail"
	case row.Relays > 0 && row.Answering == 0:
		return "no mail exchanger answers"
	case row.Fails != "":
		return "fails " + someOf(row.Fails)
	case row.Answering < row.Relays:
		return fmt.Sprintf("%d of %d addresses of mail exchangers answer", row.Answering, row.Relays)
	case row.Verdict == "incomplete":
		return "not all is known: the report tells why"
	case row.Warns != "":
		return "warned of " + someOf(row.Warns)
	}
	return ""
}

// someOf names the first checks of a list.
func someOf(list string) string {
	ids := strings.Fields(list)
	if n := len(ids) - remarkedChecks; n > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:remarkedChecks], ", "), n)
	}
	return strings.Join(ids, ", ")
}
