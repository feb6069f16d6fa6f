//! Any bytes, and edits of a valid book, as a stored order book; with a checksum that fits, so that
//! they get past it.
#![no_main]

use std::sync::LazyLock;

use evacuation::{
    area::AreaTable,
    book::{Home, Now, OrderBook},
    household::Household,
    order::{Order, UnixMillis},
    signing::{OrderSigningKey, sign_order},
    trust::{KeyManifest, KeyUsage, ManifestKey, Trust},
};
use evacuation_fuzz::{edited, sample_order};
use libfuzzer_sys::fuzz_target;

const NOW: Now = Now { monotonic_ms: 1, wall: UnixMillis(1_782_864_000_000), wall_trusted: true };

/// The content of a book with one order in force.
static BOOK: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let (key, order) = (OrderSigningKey::from_seed([1; 32]), sample_order());
    let manifest_key = ManifestKey {
        public: key.public_key(),
        usage: KeyUsage::Order,
        scope: vec![order.issuer.clone()],
        not_before: UnixMillis(0),
        not_after: UnixMillis(i64::MAX),
    };
    let expires_at = UnixMillis(i64::MAX);
    let trust = Trust::new(KeyManifest {
        version: 1,
        expires_at,
        keys: vec![manifest_key],
        revoked: Vec::new(),
    });
    let household =
        Household { area: order.areas[0].clone(), position: None, residents: Vec::new() };
    let home = Home::new(&household, &AreaTable::default());
    let mut book = OrderBook::new(order.issuer.clone());
    let bytes = sign_order(&Order { sequence: 1, ..order }, &key).expect("it fits");
    book.accept(&bytes, &trust, &home, NOW).expect("for this home");
    let mut stored = book.snapshot();
    stored.truncate(stored.len() - 4);
    stored
});

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

fn read(content: &[u8]) {
    let stored = [content, &checksum(content).to_be_bytes()].concat();
    if let Ok(book) = OrderBook::restore(&stored, NOW) {
        let _ = (book.active(NOW), book.next_end(NOW));
        let again = OrderBook::restore(&book.snapshot(), NOW).expect("just stored");
        assert_eq!(again, book);
    }
}

fuzz_target!(|bytes: &[u8]| {
    let _ = OrderBook::restore(bytes, NOW);
    read(bytes);
    read(&edited(&BOOK, bytes));
});
