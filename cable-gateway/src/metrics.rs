//! Counters for the operator's monitoring, in Prometheus' text form (version 0.0.4).
//!
//! Labels are fixed words of this program: never a name, an id, a serial number or an address, so
//! that whoever reads the counters learns nothing about a person.

use std::{
    collections::BTreeMap,
    fmt::{Display, Write as _},
    sync::{Mutex, PoisonError},
};

/// One number for each combination of labels; it only grows.
#[derive(Debug)]
pub(crate) struct Counter<const N: usize> {
    name: &'static str,
    help: &'static str,
    labels: [&'static str; N],
    values: Mutex<BTreeMap<[&'static str; N], u64>>,
}

impl<const N: usize> Counter<N> {
    fn new(name: &'static str, help: &'static str, labels: [&'static str; N]) -> Self {
        Self { name, help, labels, values: Mutex::default() }
    }

    /// Adds to the number of these labels.
    pub(crate) fn add(&self, labels: [&'static str; N], count: u64) {
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        *values.entry(labels).or_default() += count;
    }

    /// Adds one.
    pub(crate) fn count(&self, labels: [&'static str; N]) {
        self.add(labels, 1);
    }

    fn write(&self, text: &mut String) {
        head(text, self.name, self.help, "counter");
        let values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        for (words, value) in &*values {
            let labels: Vec<_> =
                self.labels.iter().zip(words).map(|(label, word)| (*label, *word)).collect();
            line(text, self.name, &labels, *value);
        }
    }
}

/// What is counted.
#[derive(Debug)]
pub struct Metrics {
    /// Questions about revocation, by who answered and kind of certificate.
    pub(crate) revocation_queries: Counter<2>,
    /// What the questions to the responder cost.
    pub(crate) revocation_cost_yen: Counter<1>,
    /// Why an answer of the responder did not count.
    pub(crate) ocsp_troubles: Counter<1>,
    /// What became of fetched lists.
    pub(crate) list_fetches: Counter<1>,
    /// Certificates and signatures looked at, by way and result.
    pub(crate) verifications: Counter<2>,
    /// Logins, by way and outcome.
    pub(crate) logins: Counter<2>,
    /// Answers to boxes that fetch an update.
    pub(crate) update_answers: Counter<1>,
    /// Bytes of these answers.
    pub(crate) update_bytes: Counter<1>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            revocation_queries: Counter::new(
                "hitokoe_revocation_queries_total",
                "Questions about revocation, by the source that answered.",
                ["source", "certificate"],
            ),
            revocation_cost_yen: Counter::new(
                "hitokoe_revocation_cost_yen_total",
                "Fees of questions sent to the responder, by the configured prices.",
                ["certificate"],
            ),
            ocsp_troubles: Counter::new(
                "hitokoe_ocsp_troubles_total",
                "Questions to the responder without an answer that counts.",
                ["cause"],
            ),
            list_fetches: Counter::new(
                "hitokoe_revocation_list_fetches_total",
                "Looks at configured lists.",
                ["result"],
            ),
            verifications: Counter::new(
                "hitokoe_verifications_total",
                "Certificates and signatures looked at.",
                ["way", "result"],
            ),
            logins: Counter::new("hitokoe_logins_total", "Logins.", ["way", "outcome"]),
            update_answers: Counter::new(
                "hitokoe_update_answers_total",
                "Answers to boxes that fetch an update.",
                ["part"],
            ),
            update_bytes: Counter::new(
                "hitokoe_update_bytes_total",
                "Bytes promised by these answers.",
                ["part"],
            ),
        }
    }
}

/// The lists of one kind of certificate, as they are now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ListAge {
    pub(crate) certificate: &'static str,
    /// How many lists.
    pub(crate) count: u64,
    /// Age of the oldest one.
    pub(crate) oldest_secs: u64,
    /// How many are past their next update.
    pub(crate) stale: u64,
    /// Revoked certificates on them.
    pub(crate) entries: u64,
}

/// A number of [`ListAge`].
type Read = fn(&ListAge) -> u64;

const GAUGES: [(&str, &str, Read); 4] = [
    ("hitokoe_revocation_list_age_seconds", "Time since the oldest list in use was made.", |age| {
        age.oldest_secs
    }),
    ("hitokoe_revocation_lists", "Lists in use.", |age| age.count),
    ("hitokoe_revocation_lists_stale", "Lists past their next update.", |age| age.stale),
    ("hitokoe_revocation_list_entries", "Revoked certificates on the lists.", |age| age.entries),
];

impl Metrics {
    /// Everything, as text.
    pub(crate) fn text(&self, lists: &[ListAge]) -> String {
        let mut text = String::new();
        self.revocation_queries.write(&mut text);
        self.revocation_cost_yen.write(&mut text);
        self.ocsp_troubles.write(&mut text);
        self.list_fetches.write(&mut text);
        self.verifications.write(&mut text);
        self.logins.write(&mut text);
        self.update_answers.write(&mut text);
        self.update_bytes.write(&mut text);
        for (name, help, read) in GAUGES {
            head(&mut text, name, help, "gauge");
            for age in lists {
                line(&mut text, name, &[("certificate", age.certificate)], read(age));
            }
        }
        text
    }
}

/// What the lines that follow are about.
pub(crate) fn head(text: &mut String, name: &str, help: &str, kind: &str) {
    writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}")
        .expect("writing to a string cannot fail");
}

/// Words of this program and versions need no escape.
pub(crate) fn line(text: &mut String, name: &str, labels: &[(&str, &str)], value: impl Display) {
    let labels: Vec<_> = labels.iter().map(|(name, word)| format!("{name}=\"{word}\"")).collect();
    let labels =
        if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
    writeln!(text, "{name}{labels} {value}").expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_prometheus_reads() {
        let metrics = Metrics::default();
        metrics.logins.count(["card-pin", "opened"]);
        metrics.logins.count(["card-pin", "opened"]);
        metrics.revocation_cost_yen.add(["sign"], 20);
        let age = ListAge { certificate: "auth", count: 2, oldest_secs: 70, stale: 1, entries: 9 };
        let text = metrics.text(&[age]);
        for expected in [
            "# TYPE hitokoe_logins_total counter\n\
             hitokoe_logins_total{way=\"card-pin\",outcome=\"opened\"} 2\n",
            "hitokoe_revocation_cost_yen_total{certificate=\"sign\"} 20\n",
            "# TYPE hitokoe_revocation_list_age_seconds gauge\n\
             hitokoe_revocation_list_age_seconds{certificate=\"auth\"} 70\n",
            "hitokoe_revocation_lists_stale{certificate=\"auth\"} 1\n",
        ] {
            assert!(text.contains(expected), "{text}");
        }
    }
}
