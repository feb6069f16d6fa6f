-- What the operator's support chooses for a home and asks of its box. Times are Unix milliseconds.

-- Which keys of the remote a home uses; which words there are is known to the program.
ALTER TABLE household ADD COLUMN key_lock TEXT NOT NULL DEFAULT 'all';

-- The last question to each box about how it is in detail, and the answer: one for each box.
CREATE TABLE diagnosis (
  device_id TEXT PRIMARY KEY REFERENCES device (device_id),
  request_id TEXT NOT NULL UNIQUE,
  reason TEXT NOT NULL,
  asked_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('asked', 'given', 'declined', 'expired')),
  settled_at_ms BIGINT,
  -- What the box told, as JSON; only where the home said yes.
  content TEXT
);
CREATE INDEX diagnosis_by_state ON diagnosis (state, expires_at_ms);
