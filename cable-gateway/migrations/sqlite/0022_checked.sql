-- What a clerk made of a concern about a card; it is told again when the certificate changes again.
-- Times are Unix milliseconds.
ALTER TABLE card_event ADD COLUMN settled_at_ms BIGINT;
ALTER TABLE card_event ADD COLUMN settled_by TEXT;

-- Reports by which a home called for help: by their ids the box learns that staff dealt with them.
CREATE TABLE help_call_report (
  report_id TEXT PRIMARY KEY,
  order_id TEXT NOT NULL,
  household_id TEXT NOT NULL REFERENCES household (household_id)
);
CREATE INDEX help_call_report_by_call ON help_call_report (household_id, order_id);
INSERT INTO help_call_report (report_id, order_id, household_id)
    SELECT report_id, order_id, household_id FROM order_answer WHERE answer = 'need-help';
