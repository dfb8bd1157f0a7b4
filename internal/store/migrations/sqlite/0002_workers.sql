-- +goose Up
-- Programs that make scans. One that has not said for a minute that it lives is gone.
CREATE TABLE workers (
  id       TEXT PRIMARY KEY,               -- random
  alive_ms INTEGER NOT NULL                -- since 1970, by the clock of the database
);
-- Addresses at which the scans of a worker are now: those of another are not.
CREATE TABLE held (
  address TEXT PRIMARY KEY,
  worker  TEXT NOT NULL REFERENCES workers(id) ON DELETE CASCADE,
  wanted  INTEGER NOT NULL DEFAULT 0       -- by another
);
CREATE INDEX held_by_worker ON held(worker);
ALTER TABLE scans ADD worker TEXT NOT NULL DEFAULT '';  -- that makes it, or has
ALTER TABLE scans ADD tries INTEGER NOT NULL DEFAULT 0; -- how often it was begun
CREATE INDEX scans_not_over ON scans(state) WHERE state IN ('waiting', 'running');

-- +goose Down
DROP INDEX scans_not_over;
ALTER TABLE scans DROP tries;
ALTER TABLE scans DROP worker;
DROP TABLE held;
DROP TABLE workers;
