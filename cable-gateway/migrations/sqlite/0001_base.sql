-- Base schema. Portable subset: BIGINT, TEXT, BLOB; times are Unix milliseconds in UTC, truths
-- are 0 and 1, positions are ten-millionths of a degree. A released step never changes again.

CREATE TABLE town (
  municipality_code TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  version BIGINT NOT NULL,
  area_table_version BIGINT NOT NULL,
  shelter_table_version BIGINT NOT NULL,
  -- Digest of the settings that boxes get with their tables; a change raises the version.
  settings_sha256 BLOB NOT NULL,
  imported_at_ms BIGINT NOT NULL
);

CREATE TABLE area (
  area_id TEXT PRIMARY KEY,
  ordinal BIGINT NOT NULL,
  name TEXT NOT NULL,
  kana TEXT NOT NULL,
  parent TEXT,
  latitude_e7 BIGINT,
  longitude_e7 BIGINT
);

CREATE TABLE shelter (
  shelter_id TEXT PRIMARY KEY,
  ordinal BIGINT NOT NULL,
  name TEXT NOT NULL,
  kana TEXT NOT NULL,
  address TEXT NOT NULL,
  latitude_e7 BIGINT NOT NULL,
  longitude_e7 BIGINT NOT NULL,
  suitable_for TEXT NOT NULL,
  use_condition TEXT
);

CREATE TABLE household (
  household_id TEXT PRIMARY KEY,
  ordinal BIGINT NOT NULL,
  area_id TEXT NOT NULL REFERENCES area (area_id),
  latitude_e7 BIGINT,
  longitude_e7 BIGINT,
  language TEXT NOT NULL,
  speak_names BIGINT NOT NULL,
  check_in_enabled BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX household_by_area ON household (area_id);

-- The common platform id: random, never the My Number, never a certificate serial.
CREATE TABLE person (
  person_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kana TEXT NOT NULL,
  created_at_ms BIGINT NOT NULL
);

CREATE TABLE household_resident (
  household_id TEXT NOT NULL REFERENCES household (household_id),
  resident_id TEXT NOT NULL,
  ordinal BIGINT NOT NULL,
  person_id TEXT NOT NULL REFERENCES person (person_id),
  needs TEXT NOT NULL,
  plans TEXT NOT NULL,
  PRIMARY KEY (household_id, resident_id)
);
CREATE UNIQUE INDEX household_resident_by_person ON household_resident (person_id);

-- The only place that links a person to a certificate.
CREATE TABLE credential_link (
  link_id TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES person (person_id),
  kind TEXT NOT NULL,
  issuer_key_id BLOB NOT NULL,
  serial BLOB NOT NULL,
  state TEXT NOT NULL,
  linked_by TEXT NOT NULL,
  linked_at_ms BIGINT NOT NULL,
  closed_at_ms BIGINT,
  UNIQUE (kind, issuer_key_id, serial)
);
CREATE INDEX credential_link_by_person ON credential_link (person_id);

CREATE TABLE device (
  device_id TEXT PRIMARY KEY,
  household_id TEXT NOT NULL REFERENCES household (household_id),
  state TEXT NOT NULL,
  certificate_sha256 BLOB NOT NULL UNIQUE,
  certificate BLOB NOT NULL,
  public_key_sha256 BLOB NOT NULL,
  enrolled_at_ms BIGINT NOT NULL,
  revoked_at_ms BIGINT
);
CREATE INDEX device_by_household ON device (household_id);

CREATE TABLE enrolment_code (
  code_hash BLOB PRIMARY KEY,
  household_id TEXT NOT NULL REFERENCES household (household_id),
  created_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL,
  used_at_ms BIGINT,
  device_id TEXT
);

CREATE TABLE login_nonce (
  login_id TEXT PRIMARY KEY,
  nonce BLOB NOT NULL,
  device_id TEXT NOT NULL REFERENCES device (device_id),
  relying_party TEXT NOT NULL,
  purpose TEXT NOT NULL,
  issued_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL,
  used_at_ms BIGINT
);
CREATE INDEX login_nonce_by_expiry ON login_nonce (expires_at_ms);

CREATE TABLE session (
  session_id TEXT PRIMARY KEY,
  token_hash BLOB NOT NULL UNIQUE,
  device_id TEXT NOT NULL REFERENCES device (device_id),
  person_id TEXT NOT NULL REFERENCES person (person_id),
  level BIGINT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL,
  ended_at_ms BIGINT
);

-- Who proved what at which box, with its outcome; no certificate data.
CREATE TABLE auth_event (
  event_id BIGINT PRIMARY KEY,
  at_ms BIGINT NOT NULL,
  device_id TEXT NOT NULL,
  person_id TEXT,
  way TEXT NOT NULL,
  outcome TEXT NOT NULL
);

-- Idempotency of everything a box sends up.
CREATE TABLE report (
  report_id TEXT PRIMARY KEY,
  device_id TEXT NOT NULL REFERENCES device (device_id),
  kind TEXT NOT NULL,
  content_sha256 BLOB NOT NULL,
  received_at_ms BIGINT NOT NULL
);

CREATE TABLE check_in (
  report_id TEXT PRIMARY KEY REFERENCES report (report_id),
  person_id TEXT NOT NULL REFERENCES person (person_id),
  device_id TEXT NOT NULL REFERENCES device (device_id),
  business_date TEXT NOT NULL,
  happened_at_ms BIGINT NOT NULL,
  received_at_ms BIGINT NOT NULL,
  clock_trusted BIGINT NOT NULL,
  level BIGINT NOT NULL,
  condition TEXT NOT NULL,
  contact_wanted BIGINT NOT NULL,
  withdrawn_at_ms BIGINT
);
CREATE INDEX check_in_by_date ON check_in (business_date, person_id);
CREATE INDEX check_in_by_person ON check_in (person_id, happened_at_ms);

CREATE TABLE town_order (
  order_id TEXT PRIMARY KEY,
  sequence BIGINT NOT NULL UNIQUE,
  issued_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL,
  mode TEXT NOT NULL,
  act TEXT NOT NULL,
  hazard TEXT NOT NULL,
  level BIGINT,
  area_ids TEXT NOT NULL,
  shelters TEXT NOT NULL,
  reference_ids TEXT NOT NULL,
  reason TEXT,
  authority TEXT NOT NULL,
  author TEXT NOT NULL,
  confirmer TEXT,
  superseded_by TEXT,
  signed BLOB NOT NULL
);

CREATE TABLE order_reference (
  order_id TEXT NOT NULL REFERENCES town_order (order_id),
  refers_to TEXT NOT NULL REFERENCES town_order (order_id),
  PRIMARY KEY (refers_to, order_id)
);

-- What happened to an order, in order of arrival; for the board's history and for drills.
CREATE TABLE order_event (
  event_id BIGINT PRIMARY KEY,
  order_id TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  kind TEXT NOT NULL,
  household_id TEXT,
  actor TEXT,
  detail TEXT
);
CREATE INDEX order_event_by_order ON order_event (order_id, event_id);

CREATE TABLE order_answer (
  order_id TEXT NOT NULL,
  household_id TEXT NOT NULL REFERENCES household (household_id),
  answer TEXT NOT NULL,
  happened_at_ms BIGINT NOT NULL,
  received_at_ms BIGINT NOT NULL,
  report_id TEXT NOT NULL REFERENCES report (report_id),
  PRIMARY KEY (order_id, household_id)
);

CREATE TABLE order_receipt (
  order_id TEXT NOT NULL,
  device_id TEXT NOT NULL REFERENCES device (device_id),
  received_at_ms BIGINT NOT NULL,
  shown_at_ms BIGINT,
  PRIMARY KEY (order_id, device_id)
);

-- What boxes refused (`order`) and what was refused to them (`report`), by reason.
CREATE TABLE refused_count (
  device_id TEXT NOT NULL REFERENCES device (device_id),
  business_date TEXT NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL,
  total BIGINT NOT NULL,
  PRIMARY KEY (device_id, business_date, kind, reason)
);

-- Who looked at what, and who did what; append-only, each entry chained to the one before.
CREATE TABLE audit (
  audit_id BIGINT PRIMARY KEY,
  at_ms BIGINT NOT NULL,
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  office TEXT NOT NULL,
  object TEXT NOT NULL,
  purpose TEXT NOT NULL,
  subjects_sha256 BLOB NOT NULL,
  chain BLOB NOT NULL
);
CREATE TABLE audit_subject (
  person_id TEXT NOT NULL REFERENCES person (person_id),
  audit_id BIGINT NOT NULL REFERENCES audit (audit_id),
  PRIMARY KEY (person_id, audit_id)
);
CREATE INDEX audit_subject_by_entry ON audit_subject (audit_id);
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit entries never change'); END;
CREATE TRIGGER audit_never_shrinks BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END;
CREATE TRIGGER audit_subject_never_changes BEFORE UPDATE ON audit_subject
BEGIN SELECT RAISE(ABORT, 'audit entries never change'); END;
CREATE TRIGGER audit_subject_never_shrinks BEFORE DELETE ON audit_subject
BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END;
