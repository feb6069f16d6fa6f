-- What signature certificates are compared with, where the town's file says it: the address, and
-- male, female or not-applicable.
ALTER TABLE person ADD COLUMN address TEXT;
ALTER TABLE person ADD COLUMN sex TEXT;
