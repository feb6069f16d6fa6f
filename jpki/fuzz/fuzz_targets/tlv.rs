//! Elements one after the other until the input is used up.
#![no_main]

use jpki::tlv;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut rest = input;
    while let Ok((element, after)) = tlv::read(rest) {
        assert_eq!(element.raw.len() + after.len(), rest.len());
        assert!(element.raw.ends_with(element.value));
        rest = after;
    }
});
