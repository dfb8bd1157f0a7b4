package realtest

import (
	"fmt"
	"os/user"
	"strconv"
)

// userID is the number of the user that a program runs as. The error is a *MissingError if there is no such user.
func userID(program, name string) (int, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return 0, &MissingError{program, "make its user: useradd --system " + name}
	}
	id, err := strconv.Atoi(u.Uid)
	if err != nil {
		return 0, fmt.Errorf("reading the user %s: %w", name, err)
	}
	return id, nil
}
