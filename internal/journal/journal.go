package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"

	_ "modernc.org/sqlite" // the driver
)

// Journal is an open journal. Its methods may be called by several goroutines.
type Journal struct {
	*packer
	conn  *sql.Conn // the one that writes; nil: nobody does
	read  *sql.DB
	dbs   []*sql.DB
	lock  string // path of the file that keeps other programs out
	stmts map[string]*sql.Stmt
	ops   chan op
	ended chan struct{} // closed when no more is written

	reached func(Step) // may be nil
}

// The errors of [Create] and [Open].
var (
	ErrExists = errors.New("there is a journal already")
	ErrNone   = errors.New("there is no journal")
	ErrInUse  = errors.New("another program is writing this journal")
	ErrOther  = errors.New("this is no journal of mailtls")
)

// Create makes a new journal. settings say what is asked, and are for [Journal.Settings].
func Create(path, settings string) (*Journal, error) { return Opener{}.Create(path, settings) }

func create(path, settings string, reached func(Step)) (*Journal, error) {
	switch info, err := os.Stat(path); {
	case err == nil && info.Size() > 0 && !errors.Is(check(path), ErrNone):
		return nil, ErrExists
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	j, err := open(path, reached)
	if err != nil {
		return nil, err
	}
	err = j.write(func() error {
		if err := j.exec(schema + fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", applicationID, version)); err != nil {
			return err
		}
		return j.exec("INSERT INTO meta VALUES('settings', ?)", settings)
	})
	if err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return j, nil
}

// Open opens a journal that is there, to go on with it.
func Open(path string) (*Journal, error) { return Opener{}.Open(path) }

// OpenRead opens a journal to read it, which one may also while it is being written.
func OpenRead(path string) (*Journal, error) {
	if err := check(path); err != nil {
		return nil, err
	}
	p, err := newPacker()
	if err != nil {
		return nil, err
	}
	read, err := sql.Open("sqlite", source(path, "query_only(1)"))
	return &Journal{packer: p, read: read, dbs: []*sql.DB{read}}, err
}

// check reports why a file is no journal that can be opened.
func check(path string) error {
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return ErrNone
	case err != nil:
		return err
	case info.Size() == 0:
		return ErrNone
	}
	db, err := sql.Open("sqlite", source(path, "query_only(1)"))
	if err != nil {
		return err
	}
	defer db.Close()
	var id, v, tables int
	if err := db.QueryRow("PRAGMA application_id").Scan(&id); err != nil {
		return ErrOther
	}
	if id != applicationID {
		if err := db.QueryRow("SELECT count(*) FROM sqlite_schema").Scan(&tables); err == nil && id == 0 && tables == 0 {
			return ErrNone // whoever made it ended before there was anything in it
		}
		return ErrOther
	}
	if err := db.QueryRow("PRAGMA user_version").Scan(&v); err != nil || v != version {
		return fmt.Errorf("this journal is of version %d, and this program knows %d: use the program that made it", v, version)
	}
	return nil
}

// source is how the driver is told of a file.
func source(path string, pragmas ...string) string {
	s := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_pragma=busy_timeout(10000)&_pragma=cache_size(-16000)&_pragma=temp_store(memory)"
	for _, p := range pragmas {
		s += "&_pragma=" + p
	}
	return s
}

// readers is how many look into the file at the same time.
const readers = 4

func open(path string, reached func(Step)) (*Journal, error) {
	p, err := newPacker()
	if err != nil {
		return nil, err
	}
	j := &Journal{packer: p, lock: path + "-lock", stmts: map[string]*sql.Stmt{}, ops: make(chan op, most), ended: make(chan struct{}), reached: reached}
	if err := j.alone(); err != nil {
		return nil, errors.Join(err, j.closeAll())
	}
	writes, err := sql.Open("sqlite", source(path, "journal_mode(WAL)", "synchronous(NORMAL)"))
	if err != nil {
		return nil, errors.Join(err, j.closeAll())
	}
	j.dbs = append(j.dbs, writes)
	if j.conn, err = writes.Conn(context.Background()); err != nil {
		return nil, errors.Join(err, j.closeAll())
	}
	if j.read, err = sql.Open("sqlite", source(path, "query_only(1)")); err != nil {
		return nil, errors.Join(err, j.closeAll())
	}
	j.read.SetMaxOpenConns(readers)
	j.read.SetMaxIdleConns(readers)
	j.dbs = append(j.dbs, j.read)
	go j.writer()
	return j, nil
}

// alone keeps other programs from writing the journal, by a lock on a file beside it, which ends with this program however that ends. (A
// lock on the journal itself would keep out those who only read.)
func (j *Journal) alone() error {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: j.lock}).EscapedPath())
	if err != nil {
		return err
	}
	j.dbs = append(j.dbs, db)
	db.SetMaxOpenConns(1)
	if _, err = db.Exec("BEGIN EXCLUSIVE"); err != nil && isBusy(err) {
		return ErrInUse
	}
	return err
}

// Close ends writing. Everything that was written is in the one file then.
func (j *Journal) Close() error {
	if j.ops == nil {
		return j.closeAll()
	}
	close(j.ops)
	<-j.ended
	for _, s := range j.stmts {
		_ = s.Close()
	}
	err := errors.Join(j.conn.Close(), j.closeAll())
	_ = os.Remove(j.lock)
	return err
}

func (j *Journal) closeAll() error {
	var err error
	for _, db := range j.dbs {
		err = errors.Join(err, db.Close())
	}
	return err
}
