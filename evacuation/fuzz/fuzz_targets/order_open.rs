//! Any bytes, and edits of a valid order, as an order's content and as signed bytes.
#![no_main]

use evacuation::{
    codec,
    heartbeat::open_heartbeat,
    signing::{OrderSigningKey, open_order, sign_order},
    trust::Trust,
};
use evacuation_fuzz::{edited, sample_order};
use libfuzzer_sys::fuzz_target;

fn read(bytes: &[u8]) {
    if let Ok(order) = codec::decode(bytes) {
        assert_eq!(codec::encode(&order), bytes, "one order has one encoding");
        assert!(order.validate().is_ok());
    }
    let trust = Trust::default();
    assert!(open_order(bytes, &trust).is_err());
    assert!(open_heartbeat(bytes, &trust).is_err());
}

fuzz_target!(|bytes: &[u8]| {
    read(bytes);
    read(&edited(&codec::encode(&sample_order()), bytes));
    let key = OrderSigningKey::from_seed([1; 32]);
    read(&edited(&sign_order(&sample_order(), &key).expect("it fits"), bytes));
});
