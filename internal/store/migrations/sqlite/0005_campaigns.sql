-- +goose Up
-- Lists of domains that are scanned by whoever makes scans, each server that several of them share once.
CREATE TABLE campaigns (
  id          TEXT PRIMARY KEY,              -- random
  owner       TEXT NOT NULL DEFAULT '',      -- the account that it is of; empty where there are none
  name        TEXT NOT NULL,
  quick       INTEGER NOT NULL,
  policy      TEXT NOT NULL,
  state       TEXT NOT NULL,                 -- reading, waiting, running, paused, cancelled, done, deleted
  turn        INTEGER NOT NULL DEFAULT 0,    -- when something of it was last begun: counts such moments
  names       INTEGER NOT NULL DEFAULT 0,    -- of the list, those among it that are none of a domain
  faults      INTEGER NOT NULL DEFAULT 0,    -- those
  found       INTEGER NOT NULL DEFAULT 0,    -- names that the DNS need not be asked about any more
  finished    INTEGER NOT NULL DEFAULT 0,    -- names that nothing more is expected of
  endpoints   INTEGER NOT NULL DEFAULT 0,    -- that they lead to, each once
  scanned     INTEGER NOT NULL DEFAULT 0,    -- those of them that nothing more is expected of
  connections INTEGER NOT NULL DEFAULT 0,
  pace        TEXT NOT NULL DEFAULT '',      -- what was counted in the last minute, JSON
  counted_ms  INTEGER NOT NULL DEFAULT 0,
  made_ms     INTEGER NOT NULL,
  begun_ms    INTEGER NOT NULL DEFAULT 0,
  ended_ms    INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX campaigns_by_owner ON campaigns(owner, made_ms);
CREATE INDEX campaigns_by_state ON campaigns(state, turn);

-- The names of each.
CREATE TABLE campaign_domains (
  campaign      TEXT NOT NULL REFERENCES campaigns(id) ON DELETE CASCADE,
  n             INTEGER NOT NULL,             -- its place in the list
  name          TEXT NOT NULL,                -- in A-labels; with a fault as it was written
  line          INTEGER NOT NULL,             -- of the list, the first with this name
  fault         TEXT NOT NULL DEFAULT '',     -- why it is no name of a domain
  state         TEXT NOT NULL,                -- waiting, asking, found, joining, done
  awaits        INTEGER NOT NULL DEFAULT 0,   -- an endpoint that is to be scanned before it can be judged; 0: none is
  worker        TEXT NOT NULL DEFAULT '',     -- that is at it
  tries         INTEGER NOT NULL DEFAULT 0,   -- how often what it waits for was begun
  unanswered    INTEGER NOT NULL DEFAULT 0,   -- how often the DNS gave no answer
  not_before_ms INTEGER NOT NULL DEFAULT 0,   -- it is not asked about again until then
  begun_ms      INTEGER NOT NULL DEFAULT 0,
  scan          TEXT NOT NULL DEFAULT '',     -- that has its report, or says why there is none
  verdict       TEXT NOT NULL DEFAULT '',
  grade         TEXT NOT NULL DEFAULT '',
  why           TEXT NOT NULL DEFAULT '',     -- there is no report
  worst         INTEGER NOT NULL DEFAULT 500, -- the less, the worse it did
  result        BLOB,                         -- its row in tables: JSON, zstd
  evidence      BLOB,                         -- until there is a report: JSON, zstd
  PRIMARY KEY (campaign, n)
);
CREATE UNIQUE INDEX campaign_domains_by_name ON campaign_domains(campaign, name);
CREATE INDEX campaign_domains_next ON campaign_domains(campaign, state, awaits, n);
CREATE INDEX campaign_domains_worst ON campaign_domains(campaign, worst, n);
CREATE INDEX campaign_domains_held ON campaign_domains(worker) WHERE worker <> '';

-- The servers that the names of a campaign lead to.
CREATE TABLE campaign_endpoints (
  id          INTEGER PRIMARY KEY,
  campaign    TEXT NOT NULL REFERENCES campaigns(id) ON DELETE CASCADE,
  address     TEXT NOT NULL,
  port        INTEGER NOT NULL,
  protocol    TEXT NOT NULL,
  host        TEXT NOT NULL,
  input       TEXT NOT NULL,
  server_name TEXT NOT NULL,
  resolver    TEXT NOT NULL,
  provider    TEXT NOT NULL,                 -- registered domain of the host
  domain      INTEGER NOT NULL,              -- the name that led to it first
  state       TEXT NOT NULL,                 -- waiting, scanning, done
  worker      TEXT NOT NULL DEFAULT '',      -- that is at it
  tries       INTEGER NOT NULL DEFAULT 0,    -- how often its scan was begun
  again       INTEGER NOT NULL DEFAULT 0,    -- how often it asked to be left alone before all was answered
  connections INTEGER NOT NULL DEFAULT 0,
  evidence    BLOB                           -- JSON, zstd
);
CREATE UNIQUE INDEX campaign_endpoints_same ON campaign_endpoints(campaign, address, port, protocol, host);
CREATE INDEX campaign_endpoints_next ON campaign_endpoints(campaign, address, id) WHERE state = 'waiting';
CREATE INDEX campaign_endpoints_now ON campaign_endpoints(address, provider) WHERE state = 'scanning';
CREATE INDEX campaign_endpoints_count ON campaign_endpoints(campaign, state, connections);
CREATE INDEX campaign_endpoints_by_domain ON campaign_endpoints(campaign, domain, connections);

-- Their addresses, by which they take turns.
CREATE TABLE campaign_addresses (
  campaign TEXT NOT NULL REFERENCES campaigns(id) ON DELETE CASCADE,
  address  TEXT NOT NULL,
  waiting  INTEGER NOT NULL,                 -- endpoints
  turn     INTEGER NOT NULL DEFAULT 0,       -- when the last of them was begun
  PRIMARY KEY (campaign, address)
) WITHOUT ROWID;
CREATE INDEX campaign_addresses_next ON campaign_addresses(campaign, turn) WHERE waiting > 0;

-- Addresses that campaigns leave alone for a while.
CREATE TABLE rests (
  address  TEXT PRIMARY KEY,
  until_ms INTEGER NOT NULL,                 -- by the clock of the database
  times    INTEGER NOT NULL                  -- in a row that it asked for that
);
CREATE INDEX rests_by_time ON rests(until_ms);

-- One row, which whoever hands out work changes first: one does at a time.
CREATE TABLE campaign_turn (turn INTEGER NOT NULL);
INSERT INTO campaign_turn VALUES(0);

ALTER TABLE scans ADD campaign TEXT NOT NULL DEFAULT ''; -- that it is of; empty: it was ordered alone

-- +goose Down
ALTER TABLE scans DROP campaign;
DROP TABLE campaign_turn;
DROP TABLE rests;
DROP TABLE campaign_addresses;
DROP TABLE campaign_endpoints;
DROP TABLE campaign_domains;
DROP TABLE campaigns;
