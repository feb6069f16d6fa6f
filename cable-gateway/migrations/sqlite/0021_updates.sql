-- Images for boxes, who may have them, and what became of them.

CREATE TABLE update_bundle (
    -- SHA-256 of the whole file, hexadecimal; also its name in the folder.
    bundle_id TEXT PRIMARY KEY,
    version TEXT NOT NULL UNIQUE,
    size_bytes BIGINT NOT NULL,
    added_at_ms BIGINT NOT NULL,
    -- So many of a hundred boxes are offered it: 0, 1, 10 or 100.
    percent BIGINT NOT NULL CHECK (percent IN (0, 1, 10, 100)),
    -- Why nobody is offered it at present: `by-hand` or `failures`.
    pause TEXT CHECK (pause IN ('by-hand', 'failures')),
    -- Only what happened since then counts for the pause by failures.
    counted_from_ms BIGINT NOT NULL
);

-- What became of a bundle on a box: `going`, `good` or `failed`.
CREATE TABLE update_result (
    bundle_id TEXT NOT NULL REFERENCES update_bundle (bundle_id),
    device_id TEXT NOT NULL REFERENCES device (device_id),
    outcome TEXT NOT NULL CHECK (outcome IN ('going', 'good', 'failed')),
    -- When the outcome became this one.
    since_ms BIGINT NOT NULL,
    PRIMARY KEY (bundle_id, device_id)
);
