-- What stands although its order ended, or its key: calls for help, orders that boxes refuse; and
-- when the list of the day has to be read anew.
-- Times are Unix milliseconds, truths are 0 and 1.

-- Which box called. None for calls whose home has answered otherwise since, before this step.
ALTER TABLE help_call ADD COLUMN device_id TEXT;
UPDATE help_call SET device_id = (
    SELECT device_id FROM order_answer a WHERE a.order_id = help_call.order_id
    AND a.household_id = help_call.household_id AND a.answer = 'need-help');
CREATE INDEX help_call_open ON help_call (household_id) WHERE closed_at_ms IS NULL;

-- Boxes refuse the signature of this order, because its key was revoked.
ALTER TABLE town_order ADD COLUMN disbelieved BIGINT NOT NULL DEFAULT 0;

-- Logins were kept as they were typed, and a password may have been among them. From now on a
-- subject is a keyed digest.
DELETE FROM sign_in_delay;

-- Rises with every change of who takes part in the daily question, and in which order they are
-- listed, whoever makes it.
CREATE TABLE roll_change (
    singleton BIGINT PRIMARY KEY CHECK (singleton = 1),
    changes BIGINT NOT NULL
);
INSERT INTO roll_change VALUES (1, 0);
CREATE TRIGGER roll_person_added AFTER INSERT ON person
BEGIN UPDATE roll_change SET changes = changes + 1; END;
CREATE TRIGGER roll_person_changed AFTER UPDATE OF person_id, kana ON person
BEGIN UPDATE roll_change SET changes = changes + 1; END;
CREATE TRIGGER roll_person_removed AFTER DELETE ON person
BEGIN UPDATE roll_change SET changes = changes + 1; END;
CREATE TRIGGER roll_resident_added AFTER INSERT ON household_resident
BEGIN UPDATE roll_change SET changes = changes + 1; END;
CREATE TRIGGER roll_resident_changed AFTER UPDATE OF household_id, person_id ON household_resident
BEGIN UPDATE roll_change SET changes = changes + 1; END;
CREATE TRIGGER roll_resident_removed AFTER DELETE ON household_resident
BEGIN UPDATE roll_change SET changes = changes + 1; END;
CREATE TRIGGER roll_home_added AFTER INSERT ON household
BEGIN UPDATE roll_change SET changes = changes + 1; END;
CREATE TRIGGER roll_home_changed AFTER UPDATE OF household_id, check_in_enabled ON household
BEGIN UPDATE roll_change SET changes = changes + 1; END;
CREATE TRIGGER roll_home_removed AFTER DELETE ON household
BEGIN UPDATE roll_change SET changes = changes + 1; END;
