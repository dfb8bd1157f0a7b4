package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"time"
)

// The errors of campaigns.
var (
	ErrNoCampaign    = errors.New("there is no such campaign")
	ErrManyCampaigns = errors.New("as many campaigns as may be are not over")
)

// CampaignState is how far a campaign is.
type CampaignState string

// The states of campaigns.
const (
	CampaignReading   CampaignState = "reading" // its list is not whole yet
	CampaignWaiting   CampaignState = "waiting" // nothing of it was begun
	CampaignRunning   CampaignState = "running"
	CampaignPaused    CampaignState = "paused"
	CampaignCancelled CampaignState = "cancelled"
	CampaignDone      CampaignState = "done"
)

// Campaign is a list of domains that are scanned, each server that several of them share once. The times that have not come are zero.
type Campaign struct {
	ID     string
	Owner  string // the account; empty where there are none
	Name   string
	Quick  bool
	Policy string
	State  CampaignState
	Tally
	Pace               []Tally // what was counted in the last minute, the earliest first
	Made, Begun, Ended time.Time
}

// Over reports whether nothing more will be begun.
func (c *Campaign) Over() bool { return c.State == CampaignDone || c.State == CampaignCancelled }

// Tally is how far a campaign was at a moment.
type Tally struct {
	At          time.Time
	Names       int // of the list
	Faults      int // of those, what is no name of a domain
	Found       int // names that the DNS need not be asked about any more
	Finished    int // names that nothing more is expected of
	Endpoints   int // that they lead to, each once
	Scanned     int // endpoints that nothing more is expected of
	Connections int
}

const campaignColumns = `SELECT id, owner, name, quick, policy, state, names, faults, found, finished, endpoints, scanned, connections, pace,
	counted_ms, made_ms, begun_ms, ended_ms FROM campaigns`

// there are the campaigns that somebody sees: the rows of those that are deleted are being removed.
const there = " state <> 'deleted' AND state <> 'reading'"

func oneCampaign(r row) (*Campaign, error) {
	var c Campaign
	var pace string
	var counted, made, begun, ended int64
	err := r.Scan(&c.ID, &c.Owner, &c.Name, &c.Quick, &c.Policy, &c.State, &c.Names, &c.Faults, &c.Found, &c.Finished, &c.Endpoints, &c.Scanned,
		&c.Connections, &pace, &counted, &made, &begun, &ended)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNoCampaign
	}
	if err == nil && pace != "" {
		err = json.Unmarshal([]byte(pace), &c.Pace)
	}
	c.At, c.Made, c.Begun, c.Ended = moment(counted), moment(made), moment(begun), moment(ended)
	return &c, err
}

// AddCampaign keeps a campaign without names, and gives it its ID. Nothing of it is begun, and nobody sees it, before [Store.BeginCampaign]. The
// error is ErrManyCampaigns if its owner has so many that are not over, and ErrNoAccount if it is disabled.
func (s *Store) AddCampaign(ctx context.Context, c *Campaign, most int) error {
	c.ID, c.State, c.Made = rand.Text(), CampaignReading, time.Now().UTC().Truncate(time.Millisecond)
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if err := s.hold(ctx, tx, c.Owner); err != nil {
			return err
		}
		if _, err := s.takeTurn(ctx, tx); err != nil { // so that two do not count each other out
			return err
		}
		var open int
		if err := tx.QueryRowContext(ctx, s.say("SELECT count(*) FROM campaigns WHERE owner = ? AND state IN ('reading', 'waiting', 'running', 'paused')"), c.Owner).
			Scan(&open); err != nil {
			return err
		}
		if open >= most {
			return ErrManyCampaigns
		}
		_, err := tx.ExecContext(ctx, s.say("INSERT INTO campaigns(id, owner, name, quick, policy, state, made_ms) VALUES(?, ?, ?, ?, ?, ?, ?)"),
			c.ID, c.Owner, storable(c.Name), c.Quick, c.Policy, c.State, c.Made.UnixMilli())
		return err
	})
}

// Name is one of a list of domains.
type Name struct {
	N     int    // its place in the list, from 1
	Name  string // in A-labels; with a Fault as it was written
	Line  int
	Fault string // why it is no name of a domain
}

// AddNames adds to the list of a campaign what is not in it, and returns how many that were. The error is ErrNoAccount if its owner is disabled.
func (s *Store) AddNames(ctx context.Context, campaign string, list []Name) (added int64, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := s.holdOwner(ctx, tx, "campaigns", campaign, ErrNoCampaign); err != nil {
			return err
		}
		insert, err := tx.PrepareContext(ctx, s.say(`INSERT INTO campaign_domains(campaign, n, name, line, fault, state, worst) VALUES(?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO NOTHING`))
		if err != nil {
			return err
		}
		defer insert.Close()
		for _, x := range list {
			state, worst := "waiting", worstWaiting
			if x.Fault != "" {
				state, worst = "done", worstFault
			}
			r, err := insert.ExecContext(ctx, campaign, x.N, storable(x.Name), x.Line, storable(x.Fault), state, worst)
			if err != nil {
				return err
			}
			n, err := r.RowsAffected()
			if err != nil {
				return err
			}
			added += n
		}
		return nil
	})
	return added, err
}

// What comes after the domains that have a report, where the worst comes first.
const worstWaiting, worstFault = 500, 600

// BeginCampaign notes that the list of a campaign is whole. The error is ErrNoAccount if its owner is disabled.
func (s *Store) BeginCampaign(ctx context.Context, id string) error {
	if err := s.Tally(ctx, id); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := s.holdOwner(ctx, tx, "campaigns", id, ErrNoCampaign); err != nil {
			return err
		}
		return s.one(ctx, tx, ErrNoCampaign, "UPDATE campaigns SET state = 'waiting' WHERE id = ? AND state = 'reading'", id)
	})
}

// Campaign returns the campaign of that ID and owner.
func (s *Store) Campaign(ctx context.Context, owner, id string) (*Campaign, error) {
	if !validID(id) {
		return nil, ErrNoCampaign
	}
	return oneCampaign(s.queryRow(ctx, campaignColumns+" WHERE id = ? AND owner = ? AND"+there, id, owner))
}

// Campaigns returns up to n campaigns of an owner, the latest first; those made before a time, unless it is zero.
func (s *Store) Campaigns(ctx context.Context, owner string, before time.Time, n int) ([]Campaign, error) {
	query, args := campaignColumns+" WHERE owner = ? AND"+there, []any{owner}
	if !before.IsZero() {
		query, args = query+" AND made_ms < ?", append(args, before.UnixMilli())
	}
	rows, err := s.query(ctx, query+" ORDER BY made_ms DESC LIMIT ?", append(args, n)...)
	return collect(rows, err, oneCampaign)
}

// PauseCampaign has nothing more of a campaign begun until [Store.ResumeCampaign]. What is under way is finished.
func (s *Store) PauseCampaign(ctx context.Context, owner, id string) error {
	return s.turnCampaign(ctx, owner, id, "state = 'paused', pace = ''", "state IN ('waiting', 'running')")
}

// ResumeCampaign has a campaign go on that was paused. The error is ErrNoAccount if its owner is disabled.
func (s *Store) ResumeCampaign(ctx context.Context, owner, id string) error {
	return s.turnHeld(ctx, owner, owner, id, "state = CASE WHEN begun_ms = 0 THEN 'waiting' ELSE 'running' END, pace = ''", "state = 'paused'")
}

// CancelCampaign has nothing more of a campaign begun, ever. What is under way is finished, and all that was found out is kept.
func (s *Store) CancelCampaign(ctx context.Context, owner, id string) error {
	return s.turnCampaign(ctx, owner, id, "state = 'cancelled', ended_ms = "+s.now, "state IN ('waiting', 'running', 'paused')")
}

// DeleteCampaign forgets a campaign. Its scans stay.
func (s *Store) DeleteCampaign(ctx context.Context, owner, id string) error {
	return s.turnCampaign(ctx, owner, id, "state = 'deleted'", "state <> 'deleted'")
}

// turnCampaign changes a campaign, if it is as when says. One that is not stays as it is.
func (s *Store) turnCampaign(ctx context.Context, owner, id, change, when string) error {
	return s.turnHeld(ctx, "", owner, id, change, when)
}

// turnHeld is turnCampaign while an account is held, see [Store.hold].
func (s *Store) turnHeld(ctx context.Context, held, owner, id, change, when string) error {
	if !validID(id) {
		return ErrNoCampaign
	}
	var n int64
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if err := s.hold(ctx, tx, held); err != nil {
			return err
		}
		r, err := tx.ExecContext(ctx, s.say("UPDATE campaigns SET "+change+" WHERE id = ? AND owner = ? AND "+when), id, owner)
		if err == nil {
			n, err = r.RowsAffected()
		}
		return err
	})
	if err == nil && n == 0 {
		_, err = s.Campaign(ctx, owner, id)
	}
	return err
}
