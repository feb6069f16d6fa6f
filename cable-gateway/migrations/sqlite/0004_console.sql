-- Sign-ins that get slower instead of locked.
-- Times are Unix milliseconds, truths are 0 and 1.

DROP TABLE sign_in_failure;

-- Failed sign-ins in a row and until when the next one has to wait, for each subject: a login from
-- one address, a login from addresses it was never used at, an address.
CREATE TABLE sign_in_delay (
    subject TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    wait_until_ms BIGINT NOT NULL,
    last_at_ms BIGINT NOT NULL
);
CREATE INDEX sign_in_delay_by_age ON sign_in_delay (last_at_ms);

-- Addresses from which somebody signed in with everything right.
CREATE TABLE staff_address (
    staff_id TEXT NOT NULL REFERENCES staff (staff_id),
    address TEXT NOT NULL,
    last_at_ms BIGINT NOT NULL,
    PRIMARY KEY (staff_id, address)
);
