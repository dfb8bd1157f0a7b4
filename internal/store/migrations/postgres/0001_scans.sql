-- +goose Up
CREATE TABLE scans (
  id        TEXT PRIMARY KEY,              -- random
  target    TEXT NOT NULL,                 -- as the engine takes it, in lower case
  quick     BOOLEAN NOT NULL,
  state     TEXT NOT NULL,                 -- waiting, running, done, failed
  why       TEXT NOT NULL DEFAULT '',      -- it failed
  asked_ms  BIGINT NOT NULL,               -- since 1970
  begun_ms  BIGINT NOT NULL DEFAULT 0,
  ended_ms  BIGINT NOT NULL DEFAULT 0,
  verdict   TEXT NOT NULL DEFAULT '',
  grade     TEXT NOT NULL DEFAULT '',
  connections BIGINT NOT NULL DEFAULT 0,
  report    BYTEA                          -- JSON, zstd
);
ALTER TABLE scans ALTER report SET STORAGE EXTERNAL; -- it cannot be packed any more
CREATE INDEX scans_by_target ON scans(target, asked_ms);
CREATE INDEX scans_by_time ON scans(asked_ms);
-- One scan of a target at a time, however many ask for it.
CREATE UNIQUE INDEX scans_under_way ON scans(target, quick) WHERE state IN ('waiting', 'running');

-- How far each server of a scan that is under way is.
CREATE TABLE steps (
  scan        TEXT NOT NULL REFERENCES scans(id) ON DELETE CASCADE,
  place       TEXT NOT NULL,               -- of the server
  n           BIGINT NOT NULL,             -- counts the changes of the scan's steps
  text        TEXT NOT NULL,
  connections BIGINT NOT NULL,
  done        BOOLEAN NOT NULL,
  PRIMARY KEY (scan, place)
);

-- +goose Down
DROP TABLE steps;
DROP TABLE scans;
