package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"

	"github.com/mailtls/mailtls/report"
)

// Result is what came of a domain of a campaign.
type Result struct {
	Report *report.Report // nil: there is none, for the reason Why
	Why    string
	Row    any // its row in tables
	Worst  int // the less, the worse it did; less than 500
}

// FinishDomain keeps what came of a domain, as a scan that is over: by that, its history and the statistics know it. Its connections are those
// to the servers that no domain of the campaign led to before.
func (s *Store) FinishDomain(ctx context.Context, w *Work, b *Begun, worker string, x Result) error {
	scan := &Scan{ID: rand.Text(), Target: b.Name, Quick: w.Campaign.Quick, State: Failed, Why: x.Why}
	var packed []byte
	verdict := ""
	if x.Report != nil {
		var text bytes.Buffer
		if err := report.WriteJSON(&text, x.Report); err != nil {
			return err
		}
		if text.Len() > maxReport {
			return fmt.Errorf("the report of %s would have %d MB, more than can be kept", b.Name, text.Len()>>20)
		}
		v, grade := x.Report.Overall()
		scan.State, scan.Grade, scan.AtBest, verdict, packed = Done, string(grade), string(x.Report.AtBest()), v.String(), s.pack.EncodeAll(text.Bytes(), nil)
	}
	row, err := s.packed(x.Row)
	if err != nil {
		return err
	}
	return s.mineOr(ctx, func(tx *sql.Tx) error {
		if err := s.changeMine(ctx, tx, "UPDATE campaign_domains SET state = 'done', worker = '', evidence = NULL, scan = ?, verdict = ?, grade = ?, at_best = ?, why = ?, worst = ?, result = ?"+mineDomain,
			scan.ID, verdict, scan.Grade, scan.AtBest, storable(x.Why), x.Worst, row, w.Campaign.ID, b.N, worker); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, s.say(`INSERT INTO scans(id, target, quick, state, why, asked_ms, begun_ms, ended_ms, verdict, grade, at_best, connections, report, worker, campaign)
			SELECT ?, ?, ?, ?, ?, begun_ms, begun_ms, `+s.now+`, ?, ?, ?, (SELECT coalesce(sum(connections), 0) FROM campaign_endpoints WHERE campaign = ? AND domain = ?), ?, ?, ?
			FROM campaign_domains WHERE campaign = ? AND n = ?`), scan.ID, scan.Target, scan.Quick, scan.State, storable(scan.Why), verdict, scan.Grade, scan.AtBest, w.Campaign.ID, b.N,
			packed, worker, w.Campaign.ID, w.Campaign.ID, b.N)
		return err
	})
}

// Member is a name of a campaign, and what came of it.
type Member struct {
	N            int
	Name         string
	Line         int
	Fault        string // why it is no name of a domain
	Done         bool
	Scan         string // empty if it has none, or none any more
	Verdict, Why string
	Grade        string
	AtBest       string // where there is no grade, as that of a [Scan]
	Worst        int
	packed       []byte
}

const memberColumns = `SELECT n, name, line, fault, state = 'done', coalesce((SELECT id FROM scans WHERE scans.id = scan), ''), verdict, why, grade, at_best, worst, result
	FROM campaign_domains`

func oneMember(r row) (*Member, error) {
	var m Member
	return &m, r.Scan(&m.N, &m.Name, &m.Line, &m.Fault, &m.Done, &m.Scan, &m.Verdict, &m.Why, &m.Grade, &m.AtBest, &m.Worst, &m.packed)
}

// Members returns up to n names of a campaign that come after one of that rank and place in the list, the worst first.
func (s *Store) Members(ctx context.Context, campaign string, worst, after, n int) ([]Member, error) {
	rows, err := s.query(ctx, memberColumns+" WHERE campaign = ? AND (worst, n) > (?, ?) ORDER BY worst, n LIMIT ?", campaign, worst, after, n)
	return collect(rows, err, oneMember)
}

// Faults returns up to n of the lines of a campaign's list that hold no name of a domain.
func (s *Store) Faults(ctx context.Context, campaign string, n int) ([]Member, error) {
	return s.Members(ctx, campaign, worstFault, 0, n)
}

// membersAt is how many names [Store.EachMember] reads at a time.
const membersAt = 256

// EachMember calls do with each name of a campaign, in the order of the list.
func (s *Store) EachMember(ctx context.Context, campaign string, do func(*Member) error) error {
	for last := 0; ; {
		rows, err := s.query(ctx, memberColumns+" WHERE campaign = ? AND n > ? ORDER BY n LIMIT ?", campaign, last, membersAt)
		list, err := collect(rows, err, oneMember)
		if err != nil || len(list) == 0 {
			return err
		}
		for i := range list {
			if err := do(&list[i]); err != nil {
				return err
			}
			last = list[i].N
		}
	}
}

// Row reads a member's row in tables into v. There is none of a name that is none of a domain, or that is not done.
func (s *Store) Row(m *Member, v any) (there bool, err error) {
	if m.packed == nil {
		return false, nil
	}
	return true, s.unpack(m.packed, v)
}

// MemberReport returns the report of a member in one line of JSON; nil if there is none, or none any more.
func (s *Store) MemberReport(ctx context.Context, m *Member) ([]byte, error) {
	if m.Scan == "" {
		return nil, nil
	}
	text, err := s.reportJSON(ctx, m.Scan)
	if errors.Is(err, ErrNone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return oneLineJSON(text)
}
