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

-- Day of birth, YYYY-MM-DD; none when the town did not say.
ALTER TABLE person ADD COLUMN born_on TEXT;
-- The list of the day comes in this order.
CREATE INDEX person_by_reading ON person (kana, person_id);

-- When a box was last heard of: its event stream was open, or it reported something.
ALTER TABLE device ADD COLUMN last_seen_ms BIGINT;

-- The newest answer of each person that was not taken back, so that the list of the day does not
-- walk through years of answers.
CREATE TABLE standing_answer (
    person_id TEXT PRIMARY KEY REFERENCES person (person_id),
    business_date TEXT NOT NULL,
    happened_at_ms BIGINT NOT NULL,
    received_at_ms BIGINT NOT NULL,
    condition TEXT NOT NULL,
    contact_wanted BIGINT NOT NULL
);
INSERT INTO standing_answer (person_id, business_date, happened_at_ms, received_at_ms, condition,
    contact_wanted)
    SELECT person_id, business_date, happened_at_ms, received_at_ms, condition, contact_wanted
    FROM check_in c WHERE report_id = (
        SELECT report_id FROM check_in s WHERE s.person_id = c.person_id
        AND s.withdrawn_at_ms IS NULL ORDER BY happened_at_ms DESC, report_id DESC LIMIT 1);
CREATE INDEX check_in_taken_back ON check_in (business_date, person_id)
    WHERE withdrawn_at_ms IS NOT NULL;
