-- The fleet as the operator sees it: a role for its staff, the latest state of each box, the next certificate
-- of a box that has not used it yet. Times are Unix milliseconds.

-- Which roles there are is known to the program, so that one more needs no step here. The rows that refer to
-- the table are looked at when the step is done.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE staff_kept AS SELECT * FROM staff;
DROP TABLE staff;
CREATE TABLE staff (
    staff_id TEXT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    office TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    totp_secret BLOB NOT NULL,
    totp_last_step BIGINT NOT NULL,
    active BIGINT NOT NULL CHECK (active IN (0, 1)),
    created_at_ms BIGINT NOT NULL
);
INSERT INTO staff (staff_id, login, name, office, role, password_hash, totp_secret, totp_last_step, active,
    created_at_ms)
    SELECT staff_id, login, name, office, role, password_hash, totp_secret, totp_last_step, active,
    created_at_ms FROM staff_kept;
DROP TABLE staff_kept;

-- What a box said of itself last; words of fixed lists, numbers and versions only.
CREATE TABLE box_status (
    device_id TEXT PRIMARY KEY REFERENCES device (device_id),
    received_at_ms BIGINT NOT NULL,
    version TEXT NOT NULL,
    slot TEXT,
    reader TEXT NOT NULL,
    signal TEXT NOT NULL,
    order_sequence BIGINT,
    order_heard_at_ms BIGINT,
    update_state TEXT NOT NULL,
    update_reason TEXT,
    update_version TEXT,
    uptime_seconds BIGINT NOT NULL,
    memory_total_kib BIGINT,
    memory_free_kib BIGINT
);

-- Boxes with a trouble are few, and are counted without looking at the others.
CREATE INDEX box_status_by_reader ON box_status (reader);
CREATE INDEX box_status_by_signal ON box_status (signal);
CREATE INDEX box_status_by_update ON box_status (update_state);
CREATE INDEX box_status_by_version ON box_status (version);

-- The fleet page reads boxes in this order, and all that it needs of them, out of this index.
CREATE INDEX device_of_fleet
    ON device (state, household_id, device_id, enrolled_at_ms, last_seen_ms);

-- A certificate that was issued over the one before. It takes its place when the box uses it; until then
-- both count, so that a lost answer locks nobody out.
CREATE TABLE device_renewal (
    device_id TEXT PRIMARY KEY REFERENCES device (device_id),
    certificate_sha256 BLOB NOT NULL UNIQUE,
    certificate BLOB NOT NULL,
    issued_at_ms BIGINT NOT NULL
);
