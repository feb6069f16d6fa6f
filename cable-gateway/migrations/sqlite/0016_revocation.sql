-- What was known about a certificate's revocation at the login. Times are Unix milliseconds.

-- good, stale or unknown; and when the source was made, if there was one.
ALTER TABLE session ADD COLUMN revocation TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE session ADD COLUMN revocation_source_at_ms BIGINT;
-- The same for the answer that a session gave to a service, and for what it was granted.
ALTER TABLE service_request ADD COLUMN revocation TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE service_request ADD COLUMN revocation_source_at_ms BIGINT;
ALTER TABLE service_grant ADD COLUMN revocation TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE service_grant ADD COLUMN revocation_source_at_ms BIGINT;
-- Evidence of statements: good, stale or unknown; 'unchecked' before this step.
ALTER TABLE evidence RENAME TO evidence_before;
DROP INDEX evidence_by_person;
DROP TRIGGER evidence_never_changes;
CREATE TABLE evidence (
  evidence_id TEXT PRIMARY KEY,
  client_id TEXT NOT NULL REFERENCES service_client (client_id),
  person_id TEXT NOT NULL REFERENCES person (person_id),
  consent_id TEXT NOT NULL REFERENCES service_consent (consent_id),
  device_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  level BIGINT NOT NULL,
  authenticated_at_ms BIGINT NOT NULL,
  stated_at_ms BIGINT NOT NULL,
  -- What the screen showed, JSON; its hash stands in the statement.
  form TEXT NOT NULL,
  contract_ref TEXT,
  revocation TEXT NOT NULL CHECK (revocation IN ('good', 'stale', 'unknown', 'unchecked')),
  -- As it was signed, with the answers; its hash stands in the audit log.
  statement TEXT NOT NULL
);
INSERT INTO evidence SELECT * FROM evidence_before;
DROP TABLE evidence_before;
CREATE INDEX evidence_by_person ON evidence (person_id, stated_at_ms);
CREATE TRIGGER evidence_never_changes BEFORE UPDATE ON evidence
BEGIN SELECT RAISE(ABORT, 'evidence never changes'); END;
