-- What was stated to services, and where the chain of the audit log was sealed.
-- Times are Unix milliseconds.

-- Kept by the verifier alone; a service holds the id.
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
  revocation TEXT NOT NULL CHECK (revocation IN ('good', 'unchecked')),
  -- As it was signed, with the answers; its hash stands in the audit log.
  statement TEXT NOT NULL
);
CREATE INDEX evidence_by_person ON evidence (person_id, stated_at_ms);
CREATE TRIGGER evidence_never_changes BEFORE UPDATE ON evidence
BEGIN SELECT RAISE(ABORT, 'evidence never changes'); END;

-- Signed summaries of the audit log; see src/audit/chain.rs.
CREATE TABLE audit_checkpoint (
  checkpoint_id BIGINT PRIMARY KEY,
  -- Last entry that it covers.
  audit_id BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  -- Compact JWS by an audit key.
  signed TEXT NOT NULL
);
CREATE TRIGGER audit_checkpoint_never_changes BEFORE UPDATE ON audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoints never change'); END;

-- Where the log begins after old entries were taken away, with the hash that the first kept entry
-- continues. Signed: without the key nobody can begin the log anew.
CREATE TABLE audit_beginning (
  removed_through BIGINT PRIMARY KEY,
  at_ms BIGINT NOT NULL,
  signed TEXT NOT NULL
);
CREATE TRIGGER audit_beginning_never_changes BEFORE UPDATE ON audit_beginning
BEGIN SELECT RAISE(ABORT, 'beginnings never change'); END;

DROP TRIGGER audit_never_shrinks;
CREATE TRIGGER audit_never_shrinks BEFORE DELETE ON audit
WHEN OLD.audit_id > (SELECT COALESCE(MAX(removed_through), 0) FROM audit_beginning)
BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END;
DROP TRIGGER audit_subject_never_shrinks;
CREATE TRIGGER audit_subject_never_shrinks BEFORE DELETE ON audit_subject
WHEN OLD.audit_id > (SELECT COALESCE(MAX(removed_through), 0) FROM audit_beginning)
BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END;
