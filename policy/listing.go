package policy

// Listing is a policy in a list of many, as JSON has it.
type Listing struct {
	Name    string   `json:"name"`
	Title   string   `json:"title"`
	Version string   `json:"version"`
	Source  string   `json:"source"`
	SHA256  string   `json:"sha256"`
	Omits   []string `json:"omits"`
}

// Listings are those of all policies that are built in, in the order of [Names].
func Listings() ([]Listing, error) {
	var list []Listing
	for _, name := range Names() {
		p, err := Named(name)
		if err != nil {
			return nil, err
		}
		list = append(list, Listing{p.Name, p.Title, p.Version, p.Source, p.SHA256, append([]string{}, p.Omits...)})
	}
	return list, nil
}
