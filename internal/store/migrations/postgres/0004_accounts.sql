-- +goose Up
-- Who may have something of their own.
CREATE TABLE accounts (
  id        TEXT PRIMARY KEY,               -- random
  name      TEXT NOT NULL,                  -- ASCII, as it was given
  password  TEXT NOT NULL,                  -- hashed, as a PHC string; '': there is none
  subject   TEXT NOT NULL,                  -- who it is at an OpenID provider; '': nobody
  code      TEXT NOT NULL,                  -- that a domain shows whom it lets watch it by
  made_ms   BIGINT NOT NULL,
  disabled  BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX accounts_by_name ON accounts(lower(name));
CREATE UNIQUE INDEX accounts_by_subject ON accounts(subject) WHERE subject <> '';

-- Browsers that have signed in.
CREATE TABLE sessions (
  hash        TEXT PRIMARY KEY,             -- SHA-256 of what the browser has
  account     TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  made_ms     BIGINT NOT NULL,
  seen_ms     BIGINT NOT NULL,
  expires_ms  BIGINT NOT NULL
);
CREATE INDEX sessions_by_account ON sessions(account);
CREATE INDEX sessions_by_end ON sessions(expires_ms);

-- What programs show instead.
CREATE TABLE tokens (
  id          TEXT PRIMARY KEY,             -- random
  hash        TEXT NOT NULL,                -- SHA-256 of the token
  account     TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  name        TEXT NOT NULL,
  scopes      TEXT NOT NULL,                -- words
  made_ms     BIGINT NOT NULL,
  used_ms     BIGINT NOT NULL,             -- 0: never
  expires_ms  BIGINT NOT NULL
);
CREATE UNIQUE INDEX tokens_by_hash ON tokens(hash);
CREATE INDEX tokens_by_account ON tokens(account);

-- Who did what. It stays when an account goes.
CREATE TABLE audit (
  id       TEXT PRIMARY KEY,
  at_ms    BIGINT NOT NULL,
  account  TEXT NOT NULL,                   -- '': a stranger, or whoever runs the service
  origin   TEXT NOT NULL,                   -- the address that it came from
  action   TEXT NOT NULL,
  object   TEXT NOT NULL
);
CREATE INDEX audit_by_time ON audit(at_ms);
CREATE INDEX audit_by_account ON audit(account, at_ms);

ALTER TABLE monitors ADD COLUMN owner TEXT NOT NULL DEFAULT ''; -- the account; '': of before there were any
CREATE INDEX monitors_by_owner ON monitors(owner, made_ms);
ALTER TABLE watches ADD COLUMN proven BOOLEAN NOT NULL DEFAULT FALSE; -- the domain has shown that the account may watch it

-- +goose Down
ALTER TABLE watches DROP COLUMN proven;
DROP INDEX monitors_by_owner;
ALTER TABLE monitors DROP COLUMN owner;
DROP TABLE audit;
DROP TABLE tokens;
DROP TABLE sessions;
DROP TABLE accounts;
