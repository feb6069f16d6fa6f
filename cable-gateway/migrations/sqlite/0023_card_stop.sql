-- When the cards of a person were stopped, also those that nobody here had seen: certificates issued
-- before open nothing. `holder` is `card` or `phone`; times are Unix milliseconds.
CREATE TABLE card_stop (
  person_id TEXT NOT NULL REFERENCES person (person_id),
  holder TEXT NOT NULL,
  stopped_at_ms BIGINT NOT NULL,
  PRIMARY KEY (person_id, holder)
);
INSERT INTO card_stop (person_id, holder, stopped_at_ms)
    SELECT person_id, 'card', MAX(closed_at_ms) FROM credential_link
    WHERE state = 'lost' AND closed_at_ms IS NOT NULL GROUP BY person_id;
INSERT INTO card_stop (person_id, holder, stopped_at_ms)
    SELECT person_id, 'phone', stopped_at_ms FROM card_stop;
