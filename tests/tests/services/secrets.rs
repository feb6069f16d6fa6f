//! What people typed is looked for in everything that box, gateway, reader and card service said.

use anyhow::{Result, ensure};
use hitokoe_tests::town::Town;

/// Parts of a password this long are looked for too.
const PART_LEN: usize = 6;
const PIN_LEN: usize = 4;

/// Fails when a secret, or a part of it, is in a log of this town.
pub(crate) fn are_in_no_log(town: &Town, secrets: &[&str]) -> Result<()> {
    let mut logs = vec![("pcscd".to_owned(), town.cards.service.log())];
    for entry in std::fs::read_dir(town.logs())? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "log") {
            let text = String::from_utf8_lossy(&std::fs::read(&path)?).into_owned();
            logs.push((path.display().to_string(), text));
        }
    }
    for name in ["stb-app.log", "gateway.log"] {
        let log = logs.iter().find(|(log, _)| log.ends_with(name));
        ensure!(log.is_some_and(|(_, text)| text.contains("TRACE")), "{name} is a verbose trace");
    }
    let ready = logs.iter().any(|(log, text)| log == "pcscd" && text.contains("daemon ready"));
    ensure!(ready, "the card service's log begins with its start");
    for (name, text) in &logs {
        let traces = secrets.iter().flat_map(|secret| traces(secret)).chain(keys());
        for trace in traces {
            let found = text.lines().find(|line| contains(line, &trace));
            ensure!(found.is_none(), "{name} holds {trace}: {found:?}");
        }
    }
    Ok(())
}

/// Names of what is pressed.
fn keys() -> impl Iterator<Item = String> {
    ["Digit(", "PadDigit", "PadCharacter", "glimpse: Some('"].map(str::to_owned).into_iter()
}

/// Every way in which a secret or a part of it may be written.
fn traces(secret: &str) -> Vec<String> {
    let bytes = secret.as_bytes();
    let parts = bytes.windows(PART_LEN.min(bytes.len()));
    let joined = |part: &[u8], between: &str, write: fn(&u8) -> String| {
        part.iter().map(write).collect::<Vec<_>>().join(between)
    };
    let of_part = |part: &[u8]| {
        let between = ["", " ", ", ", ":"];
        let lower = between.map(|between| joined(part, between, |byte| format!("{byte:02x}")));
        let upper = between.map(|between| joined(part, between, |byte| format!("{byte:02X}")));
        let plain =
            [String::from_utf8_lossy(part).into_owned(), joined(part, ", ", ToString::to_string)];
        [&lower[..], &upper[..], &plain[..]].concat()
    };
    parts.flat_map(of_part).collect()
}

/// Four digits alone also stand in times and sizes: a PIN would stand free of other digits, and
/// would not be counted in bytes.
fn contains(line: &str, secret: &str) -> bool {
    line.match_indices(secret).any(|(at, _)| {
        let is_part = |byte: Option<&u8>| {
            byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b".:-".contains(byte))
        };
        if secret.len() > PIN_LEN {
            return true;
        }
        let after = &line[at + secret.len()..];
        let before = at.checked_sub(1).and_then(|at| line.as_bytes().get(at));
        !is_part(before) && !is_part(after.as_bytes().first()) && !after.starts_with(" bytes")
    })
}

/// The search itself would find what it looks for.
#[test]
fn a_secret_in_a_log_would_be_found() {
    let found = |line: &str, secret| traces(secret).iter().any(|trace| contains(line, trace));
    for line in ["pin=1234", "[49, 50, 51, 52]", "apdu 002000800431323334", "31 32 33 34"] {
        assert!(found(line, "1234"), "{line}");
    }
    for line in ["took 0.1234 s", "flushed 1234 bytes", "id 51234"] {
        assert!(!found(line, "1234"), "{line}");
    }
    for line in ["xKAIDAN29", "KAIDAN", "IDAN29", "4b414944414e", "[75, 65, 73, 68, 65, 78]"] {
        assert!(found(line, "KAIDAN29"), "{line}");
    }
    assert!(!found("KAIDA", "KAIDAN29"));
}
