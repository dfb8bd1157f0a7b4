-- +goose Up
-- What a grade is at best that could not be given; '' where nothing bounds it, and of scans that ended before this was noted.
ALTER TABLE scans ADD COLUMN at_best TEXT NOT NULL DEFAULT '';
ALTER TABLE campaign_domains ADD COLUMN at_best TEXT NOT NULL DEFAULT '';
-- The scan before one, of the same depth, however many of the other depth lie between.
CREATE INDEX scans_done ON scans(target, quick, asked_ms) WHERE state = 'done';

-- +goose Down
DROP INDEX scans_done;
ALTER TABLE campaign_domains DROP COLUMN at_best;
ALTER TABLE scans DROP COLUMN at_best;
