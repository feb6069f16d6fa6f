-- A person's cards over the years. Times are Unix milliseconds.

-- Where a card was shown that waits for the town's word; nothing for cards linked otherwise.
-- States: active, proposed, rejected, superseded, lost.
ALTER TABLE credential_link ADD COLUMN device_id TEXT;

-- One-time codes from letters: to link a card at home, and to stop a lost one.
CREATE TABLE card_code (
  code_hash BLOB PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES person (person_id),
  purpose TEXT NOT NULL CHECK (purpose IN ('link', 'stop')),
  created_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL,
  used_at_ms BIGINT
);
CREATE INDEX card_code_by_person ON card_code (person_id);

-- That the person agreed to the link of card and person, and to which words.
CREATE TABLE card_consent (
  link_id TEXT NOT NULL REFERENCES credential_link (link_id),
  person_id TEXT NOT NULL REFERENCES person (person_id),
  text_version TEXT NOT NULL,
  way TEXT NOT NULL CHECK (way IN ('tv', 'office')),
  given_at_ms BIGINT NOT NULL
);
CREATE INDEX card_consent_by_link ON card_consent (link_id);

-- The daily watch: what was known when, in neutral words; a reason is never kept.
ALTER TABLE credential_link ADD COLUMN expires_at_ms BIGINT;
-- Where the issuer says its lists lie: GeneralNames, DER in base64, one a line.
ALTER TABLE credential_link ADD COLUMN distribution_points TEXT NOT NULL DEFAULT '';
ALTER TABLE credential_link ADD COLUMN watched TEXT;
ALTER TABLE credential_link ADD COLUMN watched_at_ms BIGINT;
CREATE TABLE card_event (
  event_id BIGINT PRIMARY KEY,
  link_id TEXT NOT NULL REFERENCES credential_link (link_id),
  person_id TEXT NOT NULL REFERENCES person (person_id),
  event TEXT NOT NULL CHECK (event IN ('unchanged', 'changed-or-ended', 'expired')),
  checked_at_ms BIGINT NOT NULL,
  source_updated_at_ms BIGINT
);
CREATE INDEX card_event_by_link ON card_event (link_id, event_id);
