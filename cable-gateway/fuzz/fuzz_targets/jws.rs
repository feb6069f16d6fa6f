//! A hostile token: arbitrary text, or a good token with changes. Nothing that was changed verifies.
#![no_main]

use std::sync::OnceLock;

use cable_gateway::jws::{SigningKey, Unverified};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

/// A key, and a token that it signed.
fn good() -> &'static (SigningKey, String) {
    static GOOD: OnceLock<(SigningKey, String)> = OnceLock::new();
    GOOD.get_or_init(|| {
        let key = SigningKey::generate().expect("drawn").0;
        let claims = json!({ "iss": "library", "sub": "library", "jti": "1", "exp": 2_000_000_000 });
        let token = key.sign("JWT", &claims);
        (key, token)
    })
}

fuzz_target!(|input: &[u8]| {
    let (key, token) = good();
    let Some((&mode, rest)) = input.split_first() else { return };
    let bytes = if mode % 2 == 0 { rest.to_vec() } else { changed(token.as_bytes(), rest) };
    let Ok(text) = std::str::from_utf8(&bytes) else { return };
    let Ok(read) = Unverified::parse(text) else { return };
    let _ = (read.kid(), read.typ());
    let verified = read.verify::<Value>(&key.public());
    assert!(verified.is_err() || text == token, "a changed token was accepted");
});

/// Applies changes of three bytes each: a position and what stands there afterwards.
fn changed(good: &[u8], changes: &[u8]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for change in changes.chunks_exact(3) {
        let at = usize::from(u16::from_be_bytes([change[0], change[1]])) % (good.len() + 8);
        match bytes.get_mut(at) {
            Some(byte) => *byte = change[2],
            None => bytes.push(change[2]),
        }
    }
    bytes
}
