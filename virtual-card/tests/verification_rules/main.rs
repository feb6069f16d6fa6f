//! The negative corpus: for every rule something that breaks exactly this rule, and is refused for
//! exactly this reason. `docs/verification-rules.md` is written from the same table:
//!
//! `HITOKOE_WRITE_DOCS=1 cargo test -p virtual-card --test verification_rules`

mod answer;
mod certificate;
mod kept;
mod list;
mod office;
mod report;

use std::{fmt::Write as _, path::Path};

/// One rule and what breaks it.
struct Rule {
    /// What is presented, in the words of the document.
    presented: &'static str,
    /// Name of the refusal, as the code has it.
    refused_as: &'static str,
    /// Presents it; the refusal's name comes back, or `accepted`.
    found: fn() -> String,
}

/// A part of the table.
struct Chapter {
    title: &'static str,
    intro: &'static str,
    rules: &'static [&'static [Rule]],
}

fn chapters() -> Vec<Chapter> {
    vec![
        certificate::authentication(),
        certificate::signature(),
        list::chapter(),
        kept::chapter(),
        answer::chapter(),
    ]
}

/// Name of an outcome: `accepted`, or the refusal as the code has it.
fn named<T, E: std::fmt::Debug>(outcome: Result<T, E>) -> String {
    match outcome {
        Ok(_) => "accepted".to_owned(),
        Err(refusal) => format!("{refusal:?}"),
    }
}

#[test]
fn every_rule_is_refused_for_its_reason() {
    let mut wrong = String::new();
    for chapter in chapters() {
        for Rule { presented, refused_as, found } in chapter.rules.iter().copied().flatten() {
            let found = found();
            if found != *refused_as {
                writeln!(wrong, "{presented}: {found} instead of {refused_as}").expect("a string");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_reason_for_a_refusal_is_met() {
    let all = chapters().into_iter().flat_map(|chapter| chapter.rules.iter().copied().flatten());
    let met: Vec<&str> = all.map(|rule| rule.refused_as).collect();
    for (reasons, folder) in [
        ("pub enum Refusal {", "verify/citizen.rs"),
        ("pub enum AttributeError {", "cert/attributes.rs"),
        ("pub enum CrlRefusal {", "revocation/crl.rs"),
        ("pub enum OfferRefusal {", "revocation/store.rs"),
        ("pub enum StoredCrlError {", "revocation/crl/stored.rs"),
        ("pub enum OcspRefusal {", "revocation/ocsp.rs"),
    ] {
        for variant in variants(folder, reasons) {
            assert!(met.iter().any(|name| name.contains(&variant)), "{variant} is never met");
        }
    }
}

/// Names of the variants of an enum in the source of `jpki`.
fn variants(file: &str, head: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../jpki/src").join(file);
    let text = std::fs::read_to_string(path).expect("a source file");
    let body = text.split(head).nth(1).expect("the enum").split("\n}").next().unwrap_or_default();
    let names = body.lines().filter_map(|line| {
        let line = line.strip_prefix("    ")?;
        line.starts_with(char::is_uppercase).then(|| {
            line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
        })
    });
    names.collect()
}

#[test]
fn the_document_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/verification-rules.md");
    let expected = document();
    if std::env::var_os("HITOKOE_WRITE_DOCS").is_some() {
        std::fs::write(&path, &expected).expect("the document is writable");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "docs/verification-rules.md is stale; write it with HITOKOE_WRITE_DOCS=1"
    );
}

fn document() -> String {
    let mut text = String::from(
        "# Verification rules\n\n\
         Each line is a test: what is presented breaks one rule and keeps all others, and is refused for\n\
         that reason. The table is written from the tests and a test fails when it is stale:\n\n\
         ```\n\
         HITOKOE_WRITE_DOCS=1 cargo test -p virtual-card --test verification_rules\n\
         ```\n\n\
         That a login's nonce is used once, also when two proofs arrive at the same moment, is the\n\
         gateway's rule and tested there. Bare signatures are tested with Project Wycheproof's vectors\n\
         (`jpki/tests/public_vectors.rs`).\n",
    );
    for Chapter { title, intro, rules } in chapters() {
        write!(text, "\n## {title}\n\n{intro}\n\n| Presented | Refused as |\n|---|---|\n")
            .expect("a string");
        for Rule { presented, refused_as, .. } in rules.iter().copied().flatten() {
            writeln!(text, "| {presented} | `{refused_as}` |").expect("a string");
        }
    }
    text
}

/// The test CA's keys and dates are fixed, so its papers are the same each time.
#[test]
fn the_seeds_of_the_fuzz_targets_are_what_their_targets_expect() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../jpki/fuzz/seeds");
    let office = office::Office::open();
    let ca = office.ca(virtual_card::ca::Purpose::Sign);
    let mut hierarchy = office.hierarchy.clone();
    let person = virtual_card::ca::person::Person::invented();
    let draft =
        hierarchy.draft(virtual_card::ca::Purpose::Sign, &ca, &person, &office.key, office::NOW);
    let seeds = [
        ("sign-ca.der", ca.certificate_der.clone()),
        ("sign.der", ca.sign(&draft.expect("a draft")).expect("signed")),
        ("list.crl", list::good().sign(ca.key()).expect("signed")),
        ("point.der", list::partition(&office::town())[0].as_der().to_vec()),
        ("answer.der", answer::good_answer()),
    ];
    for (name, expected) in seeds {
        let path = folder.join(name);
        if std::env::var_os("HITOKOE_WRITE_DOCS").is_some() {
            std::fs::write(&path, &expected).expect("the seeds are writable");
        }
        let found = std::fs::read(&path).expect("a seed");
        assert!(found == expected, "{name} is stale; write it with HITOKOE_WRITE_DOCS=1");
    }
}
