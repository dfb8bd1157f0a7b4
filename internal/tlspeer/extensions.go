package tlspeer

import (
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// withExtension returns a copy of list in which e replaces the extension of
// its type in its place, or else is the last but for pre_shared_key, which must
// stay last (RFC 8446, Section 4.2.11).
func withExtension(list []tlswire.Extension, e tlswire.Extension) []tlswire.Extension {
	list = slices.Clone(list)
	for i := range list {
		if list[i].Type == e.Type {
			list[i] = e
			return list
		}
	}
	at := len(list)
	if at > 0 && list[at-1].Type == tlswire.ExtensionPreSharedKey {
		at--
	}
	return slices.Insert(list, at, e)
}

func withoutExtension(list []tlswire.Extension, t tlswire.ExtensionType) []tlswire.Extension {
	return slices.DeleteFunc(slices.Clone(list), func(e tlswire.Extension) bool { return e.Type == t })
}
