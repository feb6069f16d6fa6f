//! A hostile form for the television: what is accepted keeps its limits and reads back as itself.
#![no_main]

use cable_gateway::statement;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Ok(form) = statement::read(text) else { return };
    assert!((1..=5).contains(&form.questions.len()) && form.title.chars().count() <= 30);
    let again = serde_json::to_string(&form).expect("a form serialises");
    if again.len() <= 8 * 1024 {
        assert_eq!(statement::read(&again), Ok(form));
    }
});
