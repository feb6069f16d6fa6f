//! The fleet in numbers for the operator's monitoring, in Prometheus' text form.
//!
//! Labels are words of this program and versions: never a box, a home or a district.

use std::fmt::Write as _;

use super::listing::{self, Kind};
use crate::{
    push::presence::QUIET_MS,
    store::{Sql, StoreError},
    update::shelf,
};

/// Every gauge, as text; `connected` boxes have their event stream open now.
pub fn text(sql: &mut dyn Sql, connected: usize, now_ms: i64) -> Result<String, StoreError> {
    let counts = listing::counts(sql, now_ms - QUIET_MS)?;
    let mut text = String::new();
    head(&mut text, "hitokoe_boxes_connected", "Boxes whose event stream is open.");
    line(&mut text, "hitokoe_boxes_connected", "", connected);
    head(&mut text, "hitokoe_boxes", "Boxes by what the fleet page filters them by.");
    for kind in Kind::ALL {
        let label = format!("{{kind=\"{}\"}}", kind.code());
        line(&mut text, "hitokoe_boxes", &label, counts.of(kind));
    }
    head(&mut text, "hitokoe_boxes_running", "Boxes by the version that they told.");
    for (version, boxes) in listing::versions(sql)? {
        line(&mut text, "hitokoe_boxes_running", &format!("{{version=\"{version}\"}}"), boxes);
    }
    rollouts(sql, &mut text)?;
    Ok(text)
}

fn rollouts(sql: &mut dyn Sql, text: &mut String) -> Result<(), StoreError> {
    let bundles = shelf::all(sql)?;
    head(text, "hitokoe_update_boxes", "Boxes by version offered to them and what became of it.");
    for bundle in &bundles {
        let tally = bundle.tally;
        for (outcome, boxes) in
            [("going", tally.going), ("good", tally.good), ("failed", tally.failed)]
        {
            let label = format!("{{version=\"{}\",outcome=\"{outcome}\"}}", bundle.version);
            line(text, "hitokoe_update_boxes", &label, boxes);
        }
    }
    head(text, "hitokoe_update_paused", "Whether the rollout of a version stands still.");
    for bundle in &bundles {
        let label = format!("{{version=\"{}\"}}", bundle.version);
        line(text, "hitokoe_update_paused", &label, u8::from(bundle.pause.is_some()));
    }
    Ok(())
}

fn head(text: &mut String, name: &str, help: &str) {
    writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge")
        .expect("writing to a string cannot fail");
}

fn line(text: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    writeln!(text, "{name}{labels} {value}").expect("writing to a string cannot fail");
}
