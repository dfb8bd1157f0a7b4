package journal

// Step is a moment of a transaction.
type Step int

// The steps, in their order.
const (
	Begun     Step = iota + 1 // nothing of it is written
	Written                   // all is, and may still be lost
	Committed                 // it is in the file, and nobody knows
	Told                      // all who waited for it do
)

// Opener makes and opens journals, as [Create] and [Open] do, for those who want to be there when it writes.
type Opener struct {
	// Reached is called at each step, by the goroutine that writes, which waits for its return; nil: nobody is. Tests end the program there.
	Reached func(Step)
}

// Create is the function of this name.
func (o Opener) Create(path, settings string) (*Journal, error) {
	return create(path, settings, o.Reached)
}

// Open is the function of this name.
func (o Opener) Open(path string) (*Journal, error) {
	if err := check(path); err != nil {
		return nil, err
	}
	return open(path, o.Reached)
}

func (j *Journal) reach(s Step) {
	if j.reached != nil {
		j.reached(s)
	}
}
