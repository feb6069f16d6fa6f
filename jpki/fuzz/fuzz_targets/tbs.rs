//! What is signed: any two different sets of parts have different bytes, and a document never has
//! the bytes of a login.
#![no_main]

use jpki::tbs::{DocumentTbs, LoginParts, LoginTbs};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let fields: Vec<&str> = text.splitn(9, '\0').collect();
    let [a, b, c, d, e, f, g, h, document] = fields[..] else { return };
    let parts = |gateway_id, relying_party, purpose, device_id| LoginParts {
        gateway_id,
        relying_party,
        purpose,
        device_id,
        nonce: [7; 32],
        issued_at_ms: 1,
    };
    let (one, two) = (parts(a, b, c, d), parts(e, f, g, h));
    let (Ok(first), Ok(second)) = (LoginTbs::new(one), LoginTbs::new(two)) else {
        assert!(b.contains('|') || f.contains('|'), "parts were refused without a reason");
        return;
    };
    assert_eq!(first.bytes() == second.bytes(), one == two);
    assert_eq!(first.digest() == second.digest(), one == two);
    let signed = DocumentTbs::new(one, document.as_bytes()).expect("the same parts");
    assert_ne!(signed.bytes(), first.bytes());
    assert_ne!(signed.digest(), second.digest());
});
