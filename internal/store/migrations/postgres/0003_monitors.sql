-- +goose Up
-- What is scanned by a schedule, and who is told of changes.
CREATE TABLE monitors (
  id         TEXT PRIMARY KEY,              -- random
  name       TEXT NOT NULL,
  every_ms   BIGINT NOT NULL,               -- from one look to the next
  quick      BOOLEAN NOT NULL,
  policy     TEXT NOT NULL,
  digest     BOOLEAN NOT NULL,              -- one message a day
  mail       TEXT NOT NULL,                 -- addresses, one a line
  webhook    TEXT NOT NULL,
  slack      TEXT NOT NULL,
  secret     TEXT NOT NULL,                 -- that the webhook's requests are signed with
  feed       TEXT NOT NULL,                 -- what whoever reads the feed has to know
  paused     BOOLEAN NOT NULL,
  muted_ms   BIGINT NOT NULL DEFAULT 0,     -- until then nothing is sent
  digest_ms  BIGINT NOT NULL DEFAULT 0,     -- when what has gathered is sent; 0: nothing has
  made_ms    BIGINT NOT NULL
);
CREATE INDEX monitors_by_time ON monitors(made_ms);
CREATE INDEX monitors_digest ON monitors(digest_ms) WHERE digest_ms > 0;

-- The targets of each.
CREATE TABLE watches (
  monitor  TEXT NOT NULL REFERENCES monitors(id) ON DELETE CASCADE,
  target   TEXT NOT NULL,
  due_ms   BIGINT NOT NULL,                 -- of the next look; 0: never
  second   BOOLEAN NOT NULL,                -- the next look is to confirm what the last one saw
  scan     TEXT NOT NULL DEFAULT '',        -- ordered for this look
  last     TEXT NOT NULL DEFAULT '',        -- the last scan that was looked at
  why      TEXT NOT NULL DEFAULT '',        -- the last scan failed
  state    TEXT NOT NULL DEFAULT '',        -- what was seen and told, JSON
  PRIMARY KEY (monitor, target)
);
CREATE INDEX watches_due ON watches(due_ms) WHERE scan = '' AND due_ms > 0;
CREATE INDEX watches_scan ON watches(scan) WHERE scan <> '';

-- What was worth telling.
CREATE TABLE events (
  id       TEXT PRIMARY KEY,
  monitor  TEXT NOT NULL REFERENCES monitors(id) ON DELETE CASCADE,
  target   TEXT NOT NULL,
  at_ms    BIGINT NOT NULL,
  scan     TEXT NOT NULL,
  former   TEXT NOT NULL,                   -- the scan before
  subject  TEXT NOT NULL,
  body     TEXT NOT NULL,
  gathered BOOLEAN NOT NULL                 -- waits to be told with others
);
CREATE INDEX events_by_monitor ON events(monitor, at_ms);

-- What is to be brought to whom, and whether it was.
CREATE TABLE deliveries (
  id        TEXT PRIMARY KEY,
  monitor   TEXT NOT NULL REFERENCES monitors(id) ON DELETE CASCADE,
  channel   TEXT NOT NULL,                  -- mail, webhook, slack
  recipient TEXT NOT NULL,
  subject   TEXT NOT NULL,
  body      TEXT NOT NULL,                  -- text; of a webhook, JSON
  state     TEXT NOT NULL,                  -- waiting, sent, failed
  tries     BIGINT NOT NULL DEFAULT 0,
  why       TEXT NOT NULL DEFAULT '',       -- the last try failed
  at_ms     BIGINT NOT NULL,
  done_ms   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX deliveries_by_monitor ON deliveries(monitor, at_ms);

-- +goose Down
DROP TABLE deliveries;
DROP TABLE events;
DROP TABLE watches;
DROP TABLE monitors;
