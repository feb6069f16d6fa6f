-- Staff of the town, their sessions, and orders that wait for a second person.
-- Times are Unix milliseconds, truths are 0 and 1.

CREATE TABLE staff (
    staff_id TEXT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    office TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('disaster-officer', 'public-health-nurse')),
    password_hash TEXT NOT NULL,
    totp_secret BLOB NOT NULL,
    -- Highest TOTP step that was accepted; a code works once.
    totp_last_step BIGINT NOT NULL,
    active BIGINT NOT NULL CHECK (active IN (0, 1)),
    created_at_ms BIGINT NOT NULL
);

-- Failed sign-ins, also of logins that do not exist, so that an answer tells nothing about them.
CREATE TABLE sign_in_failure (
    login TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    locked_until_ms BIGINT NOT NULL,
    last_at_ms BIGINT NOT NULL
);

CREATE TABLE staff_session (
    -- SHA-256 of the token in the cookie.
    token_hash BLOB PRIMARY KEY,
    staff_id TEXT NOT NULL REFERENCES staff (staff_id),
    created_at_ms BIGINT NOT NULL,
    last_seen_ms BIGINT NOT NULL
);
CREATE INDEX staff_session_by_age ON staff_session (created_at_ms);

CREATE TABLE order_draft (
    draft_id TEXT PRIMARY KEY,
    author_id TEXT NOT NULL REFERENCES staff (staff_id),
    created_at_ms BIGINT NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('waiting', 'issuing', 'issued', 'rejected', 'withdrawn')),
    -- What would be ordered, as JSON; never a person.
    content TEXT NOT NULL,
    -- Who decided, when, and why: the confirming or rejecting person, or the author alone.
    decided_by TEXT REFERENCES staff (staff_id),
    decided_at_ms BIGINT,
    decision_reason TEXT,
    -- Issued by one person on the emergency path.
    emergency BIGINT NOT NULL CHECK (emergency IN (0, 1)),
    order_id TEXT UNIQUE
);
CREATE INDEX order_draft_by_state ON order_draft (state, created_at_ms);

-- Whether this member of staff looked at the same thing within the last hour.
CREATE INDEX audit_by_actor ON audit (actor, at_ms);
