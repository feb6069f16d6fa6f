-- Services that ask who somebody is: their registration, requests that wait for an answer on the
-- television, consents, and what was issued. Times are Unix milliseconds, truths are 0 and 1.

-- What the login of a session was for, as the card signed it; nothing for a touched card.
ALTER TABLE session ADD COLUMN relying_party TEXT;
ALTER TABLE session ADD COLUMN purpose TEXT;

-- Public halves; the private ones are files of their own under the key's id.
CREATE TABLE signing_key (
  kid TEXT PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('id-token', 'statement', 'audit')),
  public_key BLOB NOT NULL,
  created_at_ms BIGINT NOT NULL,
  signs_from_ms BIGINT NOT NULL,
  -- Nothing while no successor exists.
  published_until_ms BIGINT,
  withdrawn_at_ms BIGINT
);

CREATE TABLE service_client (
  client_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kana TEXT NOT NULL,
  purpose TEXT NOT NULL,
  -- Clients of one sector know a person under the same id.
  sector TEXT NOT NULL,
  -- Exact addresses, one a line.
  redirect_uris TEXT NOT NULL,
  post_logout_redirect_uris TEXT NOT NULL,
  -- Codes, separated by spaces.
  attributes TEXT NOT NULL,
  statement_purposes TEXT NOT NULL,
  minimum_level BIGINT NOT NULL,
  -- Public keys of the client, a JSON Web Key Set.
  keys TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
  registered_at_ms BIGINT NOT NULL,
  changed_at_ms BIGINT NOT NULL
);

-- Drawn, never computed: no certificate and no other sector leads to it.
CREATE TABLE pairwise_subject (
  sector TEXT NOT NULL,
  person_id TEXT NOT NULL REFERENCES person (person_id),
  subject TEXT NOT NULL UNIQUE,
  created_at_ms BIGINT NOT NULL,
  PRIMARY KEY (sector, person_id)
);

CREATE TABLE service_consent (
  consent_id TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES person (person_id),
  client_id TEXT NOT NULL REFERENCES service_client (client_id),
  kind TEXT NOT NULL CHECK (kind IN ('sign-in', 'statement')),
  attributes TEXT NOT NULL,
  -- What the person read: name and purpose of the service at that moment.
  shown_name TEXT NOT NULL,
  shown_purpose TEXT NOT NULL,
  device_id TEXT NOT NULL REFERENCES device (device_id),
  level BIGINT NOT NULL,
  given_at_ms BIGINT NOT NULL,
  last_used_at_ms BIGINT NOT NULL,
  withdrawn_at_ms BIGINT
);
CREATE UNIQUE INDEX service_consent_in_force ON service_consent (person_id, client_id, kind)
  WHERE withdrawn_at_ms IS NULL;

CREATE TABLE service_request (
  request_id TEXT PRIMARY KEY,
  client_id TEXT NOT NULL REFERENCES service_client (client_id),
  kind TEXT NOT NULL CHECK (kind IN ('code', 'device', 'statement')),
  user_code TEXT NOT NULL,
  -- SHA-256 of what the waiting browser or service holds.
  holder_hash BLOB NOT NULL UNIQUE,
  redirect_uri TEXT,
  client_state TEXT,
  nonce TEXT,
  code_challenge TEXT,
  attributes TEXT NOT NULL,
  level BIGINT NOT NULL,
  form TEXT,
  contract_ref TEXT,
  stage TEXT NOT NULL
    CHECK (stage IN ('waiting', 'claimed', 'approved', 'refused', 'finished')),
  created_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL,
  polled_at_ms BIGINT,
  device_id TEXT REFERENCES device (device_id),
  claimed_at_ms BIGINT,
  person_id TEXT REFERENCES person (person_id),
  session_id TEXT,
  reached_level BIGINT,
  authenticated_at_ms BIGINT,
  consent_id TEXT REFERENCES service_consent (consent_id),
  answers TEXT
);
-- A number leads to one open request only.
CREATE UNIQUE INDEX service_request_by_code ON service_request (user_code)
  WHERE stage IN ('waiting', 'claimed');
CREATE INDEX service_request_by_expiry ON service_request (expires_at_ms);

-- Numbers that led nowhere, so that nobody tries them all.
CREATE TABLE user_code_failure (
  device_id TEXT NOT NULL REFERENCES device (device_id),
  at_ms BIGINT NOT NULL
);
CREATE INDEX user_code_failure_by_device ON user_code_failure (device_id, at_ms);

CREATE TABLE service_grant (
  grant_id TEXT PRIMARY KEY,
  client_id TEXT NOT NULL REFERENCES service_client (client_id),
  person_id TEXT NOT NULL REFERENCES person (person_id),
  consent_id TEXT NOT NULL REFERENCES service_consent (consent_id),
  subject TEXT NOT NULL,
  attributes TEXT NOT NULL,
  level BIGINT NOT NULL,
  authenticated_at_ms BIGINT NOT NULL,
  nonce TEXT,
  redirect_uri TEXT,
  code_challenge TEXT,
  -- SHA-256 of the authorization code; nothing when none was needed.
  code_hash BLOB UNIQUE,
  code_expires_at_ms BIGINT,
  code_used_at_ms BIGINT,
  -- SHA-256 of the access token.
  token_hash BLOB UNIQUE,
  token_expires_at_ms BIGINT,
  revoked_at_ms BIGINT,
  created_at_ms BIGINT NOT NULL
);
CREATE INDEX service_grant_by_consent ON service_grant (consent_id);

-- Assertions of clients that were used, until they would have ended.
CREATE TABLE client_assertion (
  client_id TEXT NOT NULL REFERENCES service_client (client_id),
  jti_hash BLOB NOT NULL,
  expires_at_ms BIGINT NOT NULL,
  PRIMARY KEY (client_id, jti_hash)
);
CREATE INDEX client_assertion_by_expiry ON client_assertion (expires_at_ms);
