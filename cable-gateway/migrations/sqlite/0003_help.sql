-- Calls for help outlive the order under which they came: an update asks again, but whoever needs
-- help still does. A call ends when the home takes it back or staff has dealt with it.

CREATE TABLE help_call (
  order_id TEXT NOT NULL,
  household_id TEXT NOT NULL REFERENCES household (household_id),
  called_at_ms BIGINT NOT NULL,
  closed_at_ms BIGINT,
  -- Staff id; none when the home took it back.
  closed_by TEXT,
  PRIMARY KEY (order_id, household_id)
);
CREATE INDEX help_call_by_household ON help_call (household_id);

-- Answers of one box come in the order in which they were given, whatever its clock says.
ALTER TABLE order_answer ADD COLUMN device_id TEXT;

INSERT INTO help_call (order_id, household_id, called_at_ms)
  SELECT order_id, household_id, happened_at_ms FROM order_answer WHERE answer = 'need-help';
CREATE INDEX order_reference_by_order ON order_reference (order_id);
