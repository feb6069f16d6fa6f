//! Any bytes as an order's content, and as signed bytes from the network.
#![no_main]

use evacuation::{codec, heartbeat::open_heartbeat, signing::open_order, trust::Trust};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(order) = codec::decode(bytes) {
        assert_eq!(codec::encode(&order), bytes, "one order has one encoding");
        assert!(order.validate().is_ok());
    }
    let trust = Trust::default();
    assert!(open_order(bytes, &trust).is_err());
    assert!(open_heartbeat(bytes, &trust).is_err());
});
