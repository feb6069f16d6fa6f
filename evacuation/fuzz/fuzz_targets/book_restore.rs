//! Any bytes as a stored order book, with a checksum that fits so that they get past it.
#![no_main]

use evacuation::{
    book::{Now, OrderBook},
    order::UnixMillis,
};
use libfuzzer_sys::fuzz_target;

const NOW: Now = Now { monotonic_ms: 1, wall: UnixMillis(1_782_864_000_000), wall_trusted: true };

/// CRC-32, written a second time on purpose.
fn checksum(bytes: &[u8]) -> u32 {
    let mut sum = !0_u32;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
        }
    }
    !sum
}

fuzz_target!(|bytes: &[u8]| {
    let _ = OrderBook::restore(bytes, NOW);
    let stored = [bytes, &checksum(bytes).to_be_bytes()].concat();
    if let Ok(book) = OrderBook::restore(&stored, NOW) {
        let _ = (book.active(NOW), book.next_end(NOW));
        let again = OrderBook::restore(&book.snapshot(), NOW).expect("just stored");
        assert_eq!(again, book);
    }
});
