package journal

// applicationID marks the files (SQLite's header field of that name): "mtls". version is that of the tables.
const applicationID, version = 0x6d746c73, 2

// What a domain or an endpoint waits for is its state: 0 for being looked at, 1 for nothing more. A domain with a fault is none, and waits
// for nothing. Counting per address what waits there makes the next turn cheap to find among many.
const schema = `
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE domains(
	id       INTEGER PRIMARY KEY,         -- in the order of the list
	name     TEXT NOT NULL UNIQUE,        -- in A-labels; with a fault as it was written
	line     INTEGER NOT NULL,            -- of the list, the first with this name
	fault    TEXT NOT NULL DEFAULT '',    -- why it is no name of a domain
	state    INTEGER NOT NULL DEFAULT 0,
	tries      INTEGER NOT NULL DEFAULT 0,  -- without an answer
	not_before INTEGER NOT NULL DEFAULT 0,  -- Unix time in s: it is not asked about again until then
	evidence BLOB);
CREATE INDEX domains_waiting ON domains(id) WHERE state = 0;

CREATE TABLE addresses(
	id         INTEGER PRIMARY KEY,
	address    TEXT NOT NULL UNIQUE,
	provider   TEXT NOT NULL,               -- under whose name it was met first
	waiting    INTEGER NOT NULL DEFAULT 0,  -- endpoints
	not_before INTEGER NOT NULL DEFAULT 0,  -- Unix time in s: it asked to be left alone until then
	times      INTEGER NOT NULL DEFAULT 0); -- how often in a row it did
CREATE INDEX addresses_waiting ON addresses(id) WHERE waiting > 0;

CREATE TABLE endpoints(
	id       INTEGER PRIMARY KEY,
	address  INTEGER NOT NULL REFERENCES addresses,
	port     INTEGER NOT NULL,
	protocol TEXT NOT NULL,
	host     TEXT NOT NULL,
	input       TEXT NOT NULL,            -- as evidence.Target has it, as the next two
	server_name TEXT NOT NULL,
	resolver    TEXT NOT NULL,
	state    INTEGER NOT NULL DEFAULT 0,
	tries    INTEGER NOT NULL DEFAULT 0,
	evidence BLOB,
	UNIQUE(address, port, protocol, host));
CREATE INDEX endpoints_waiting ON endpoints(address, id) WHERE state = 0;

CREATE TABLE results(
	domain INTEGER PRIMARY KEY,
	result BLOB NOT NULL);
`
