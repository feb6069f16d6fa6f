//! A hostile diagnosis: arbitrary bytes, or a good document with changes. What is accepted keeps every limit, holds
//! nothing but ASCII and reads back as itself.
#![no_main]

use std::sync::OnceLock;

use gateway_api::diagnosis::{
    DIAGNOSIS_BYTES_MAX, Diagnosis, INTERFACES_MAX, LINE_BYTES_MAX, LINES_MAX, LOG_BYTES_MAX,
};
use libfuzzer_sys::fuzz_target;

/// A document as a box sends it.
const GOOD: &str = include_str!("../seeds/diagnosis.json");

fuzz_target!(|input: &[u8]| {
    static GOOD_READS: OnceLock<()> = OnceLock::new();
    GOOD_READS.get_or_init(|| assert!(serde_json::from_str::<Diagnosis>(GOOD).is_ok()));
    let Some((&mode, rest)) = input.split_first() else { return };
    let bytes = if mode % 2 == 0 { rest.to_vec() } else { changed(GOOD.as_bytes(), rest) };
    let Ok(read) = serde_json::from_slice::<Diagnosis>(&bytes) else { return };
    let lines = read.log.lines();
    let lengths = lines.iter().map(|line| line.text.as_str().len());
    assert!(lines.len() <= LINES_MAX && lengths.clone().sum::<usize>() <= LOG_BYTES_MAX);
    assert!(lengths.max().unwrap_or(0) <= LINE_BYTES_MAX);
    assert!(read.interfaces.len() <= INTERFACES_MAX);
    let kept = serde_json::to_string(&read).expect("a diagnosis serialises");
    assert!(kept.is_ascii() && kept.len() <= DIAGNOSIS_BYTES_MAX);
    assert_eq!(serde_json::from_str::<Diagnosis>(&kept).expect("it reads back"), read);
});

/// Replaces pieces: a position (two bytes), how much goes, how much comes, and what comes.
fn changed(good: &[u8], mut changes: &[u8]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    while let [high, low, gone, come, rest @ ..] = changes {
        let at = usize::from(u16::from_be_bytes([*high, *low])) % bytes.len().max(1);
        let until = (at + usize::from(*gone)).min(bytes.len());
        let (new, rest) = rest.split_at(usize::from(*come).min(rest.len()));
        bytes.splice(at.min(until)..until, new.iter().copied());
        changes = rest;
    }
    bytes
}
