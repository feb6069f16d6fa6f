//! The fleet in numbers for the operator's monitoring, in Prometheus' text form.
//!
//! Labels are words of this program and versions: never a box, a home or a district.

use super::{
    diagnosis,
    listing::{self, Kind},
};
use crate::{
    metrics::{head, line},
    push::presence::QUIET_MS,
    store::{Sql, StoreError},
    update::shelf,
};

/// Every gauge, as text; `connected` boxes have their event stream open now.
pub fn text(sql: &mut dyn Sql, connected: usize, now_ms: i64) -> Result<String, StoreError> {
    let counts = listing::counts(sql, now_ms - QUIET_MS)?;
    let mut text = String::new();
    head(&mut text, "hitokoe_boxes_connected", "Boxes whose event stream is open.", "gauge");
    line(&mut text, "hitokoe_boxes_connected", &[], connected);
    head(&mut text, "hitokoe_boxes", "Boxes by what the fleet page filters them by.", "gauge");
    for kind in Kind::ALL {
        line(&mut text, "hitokoe_boxes", &[("kind", kind.code())], counts.of(kind));
    }
    head(&mut text, "hitokoe_boxes_running", "Boxes by the version that they told.", "gauge");
    for (version, boxes) in listing::versions(sql)? {
        line(&mut text, "hitokoe_boxes_running", &[("version", &version)], boxes);
    }
    head(&mut text, "hitokoe_diagnoses", "Questions of the support by how far they are.", "gauge");
    for (state, count) in diagnosis::counts(sql)? {
        line(&mut text, "hitokoe_diagnoses", &[("state", state)], count);
    }
    rollouts(sql, &mut text)?;
    Ok(text)
}

fn rollouts(sql: &mut dyn Sql, text: &mut String) -> Result<(), StoreError> {
    let bundles = shelf::all(sql)?;
    head(
        text,
        "hitokoe_update_boxes",
        "Boxes by version offered to them and what became of it.",
        "gauge",
    );
    for bundle in &bundles {
        let (version, tally) = (bundle.version.to_string(), bundle.tally);
        for (outcome, boxes) in
            [("going", tally.going), ("good", tally.good), ("failed", tally.failed)]
        {
            let labels = [("version", &*version), ("outcome", outcome)];
            line(text, "hitokoe_update_boxes", &labels, boxes);
        }
    }
    head(text, "hitokoe_update_paused", "Whether the rollout of a version stands still.", "gauge");
    for bundle in &bundles {
        let version = bundle.version.to_string();
        line(
            text,
            "hitokoe_update_paused",
            &[("version", &version)],
            u8::from(bundle.pause.is_some()),
        );
    }
    Ok(())
}
