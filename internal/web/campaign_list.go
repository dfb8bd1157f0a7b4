package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/internal/bulk"
	"github.com/mailtls/mailtls/internal/journal"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/policy"
)

// What a list may have, and how many campaigns of an account need not be over.
const (
	maxList      = 16 << 20 // bytes
	maxNames     = 200_000
	maxCampaigns = 5
	listTime     = 5 * time.Minute // for it to arrive
	maxDrained   = 64 << 20        // bytes that are read, so that whoever sends them hears why they are too many
)

// The errors of lists.
var (
	errLongList  = fmt.Errorf("the list has more than %d MB: split it", maxList>>20)
	errManyNames = fmt.Errorf("the list has more than %d names: split it", maxNames)
	errNoNames   = errors.New("the list has no name of a domain: want one on a line, such as example.org, or in a column of CSV")
)

// bringsList reports whether a request may bring a list, which is longer than others.
func bringsList(r *http.Request) bool {
	return r.Method == http.MethodPost && (r.URL.Path == "/campaigns" || r.URL.Path == "/api/v1/campaigns")
}

// limited reads up to maxList bytes.
type limited struct {
	io.Reader
	left int
}

func (l *limited) Read(b []byte) (int, error) {
	n, err := l.Reader.Read(b)
	if l.left -= n; l.left < 0 {
		return 0, errLongList
	}
	return n, err
}

// addCampaign keeps a campaign with the names of a list, in portions as they come. Of a list that is not taken, nothing is kept.
func (s *server) addCampaign(ctx context.Context, c *store.Campaign, list io.Reader) error {
	if err := s.Store.AddCampaign(ctx, c, maxCampaigns); err != nil {
		return err
	}
	err := s.readNames(ctx, c.ID, &limited{list, maxList})
	if err == nil {
		err = s.Store.BeginCampaign(ctx, c.ID)
	}
	if err != nil {
		forgotten := s.Store.DeleteCampaign(context.WithoutCancel(ctx), c.Owner, c.ID)
		if errors.Is(forgotten, store.ErrNoCampaign) { // before, with all else that an account was about to do
			return err
		}
		return errors.Join(err, forgotten)
	}
	s.noteOwn(ctx, "campaign submitted", c.Name)
	return nil
}

func (s *server) readNames(ctx context.Context, campaign string, list io.Reader) error {
	n, domains := 0, 0
	_, err := bulk.List{}.Read(list, func(entries []journal.Entry, _ journal.Part) error {
		names := make([]store.Name, 0, len(entries))
		for _, e := range entries {
			n++
			names = append(names, store.Name{N: n, Name: e.Name, Line: e.Line, Fault: e.Fault})
			if e.Fault == "" {
				domains++
			}
		}
		if n > maxNames {
			return errManyNames
		}
		_, err := s.Store.AddNames(ctx, campaign, names)
		return err
	})
	if err == nil && domains == 0 {
		err = errNoNames
	}
	return err
}

// refusedList says what is wrong with a list, if that is why a campaign was not taken, and by which status that is told.
func refusedList(err error) (status int, why string) {
	var tooLong *http.MaxBytesError
	switch {
	case errors.Is(err, errLongList), errors.As(err, &tooLong):
		return http.StatusRequestEntityTooLarge, errLongList.Error()
	case errors.Is(err, errManyNames):
		return http.StatusRequestEntityTooLarge, errManyNames.Error()
	case errors.Is(err, errNoNames):
		return http.StatusUnprocessableEntity, errNoNames.Error()
	case errors.Is(err, store.ErrManyCampaigns):
		return http.StatusTooManyRequests, fmt.Sprintf("%d campaigns are not over, and there may be no more at once: wait for one, or cancel one", maxCampaigns)
	case errors.Is(err, errForm), errors.Is(err, io.ErrUnexpectedEOF):
		return http.StatusUnprocessableEntity, errForm.Error()
	}
	return 0, ""
}

// campaignForm is what somebody typed about a campaign, without the list.
type campaignForm struct{ Name, Depth, Policy string }

// campaignOf reads it. What is wrong with it is told by field.
func campaignOf(f campaignForm) (*store.Campaign, map[string]string) {
	wrong := make(map[string]string)
	name, err := nameOf(f.Name, nil)
	if err != nil {
		wrong["name"] = sentence(err.Error())
	}
	if name == "" {
		name = "Campaign of " + time.Now().UTC().Format("2006-01-02 15:04")
	}
	if f.Depth != "quick" && f.Depth != "full" {
		wrong["depth"] = "A scan is quick or full."
	}
	if !slices.Contains(policy.Names(), f.Policy) {
		wrong["policy"] = sentence("there is no policy of that name: there are " + strings.Join(policy.Names(), ", "))
	}
	return &store.Campaign{Name: name, Quick: f.Depth != "full", Policy: f.Policy}, wrong
}

// errForm is the error of what is no form of a campaign.
var errForm = errors.New("this is not the form of a campaign, or it broke off: programs send lists to /api/v1/campaigns")

// campaignParts reads the form of a campaign as it comes: first what there is to say of it, then the list, which may be in two parts: what was
// typed, and a file.
type campaignParts struct {
	parts *multipart.Reader
	part  *multipart.Part // of the list
	form  campaignForm
	typed bytes.Buffer // the beginning of what was typed, to show it again
}

const (
	maxField = 4096  // bytes
	maxTyped = 64000 // bytes that are shown again
)

func partsOf(r *http.Request) (*campaignParts, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, errForm
	}
	p := &campaignParts{parts: parts}
	fields := map[string]*string{"name": &p.form.Name, "depth": &p.form.Depth, "policy": &p.form.Policy}
	for {
		part, err := parts.NextPart()
		if err != nil {
			return p, errors.Join(errForm, err)
		}
		field := fields[part.FormName()]
		if field == nil {
			p.part = part
			return p, nil
		}
		text, err := io.ReadAll(io.LimitReader(part, maxField))
		if err != nil {
			return p, errors.Join(errForm, err)
		}
		*field = string(text)
	}
}

// Read reads the list.
func (p *campaignParts) Read(b []byte) (int, error) {
	if p.part == nil {
		return 0, io.EOF
	}
	n, err := p.part.Read(b)
	if p.part.FileName() == "" {
		p.typed.Write(b[:min(n, maxTyped-p.typed.Len())])
	}
	switch {
	case n > 0 && errors.Is(err, io.EOF): // of this part
		return n, nil
	case n > 0 || !errors.Is(err, io.EOF):
		return n, err
	}
	if p.part, err = p.parts.NextPart(); err != nil {
		return 0, err
	}
	return copy(b, "\n"), nil // whatever the former ended with
}
