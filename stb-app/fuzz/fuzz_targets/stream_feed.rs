//! Any bytes, and edits of a real stream, in datagrams of any size: what reaches the decoder is
//! whole packets, and no more is kept than the limit.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use stb_app_fuzz::{
    STREAM, edited,
    player::feed::{Feed, Outlet},
};

const RING: usize = 16 * 1024;

struct Decoder;

impl Outlet for Decoder {
    fn put(&mut self, _arrived: Duration, bytes: &[u8]) -> bool {
        assert_eq!(bytes.len() % 188, 0, "a packet is cut");
        assert!(bytes.chunks(188).all(|packet| packet[0] == 0x47), "the packet grid is lost");
        // Now and then there is no room.
        bytes.len() % 5 != 4
    }
}

fuzz_target!(|data: &[u8]| {
    let [mode, size, pause, rest @ ..] = data else { return };
    let stream = if mode % 2 == 0 { rest.to_vec() } else { edited(STREAM, rest) };
    let mut feed = Feed::new(RING);
    let mut now = Duration::ZERO;
    for (index, datagram) in stream.chunks(usize::from(*size) * 8 + 1).enumerate() {
        if index == usize::from(*mode / 2) {
            feed.attach(Box::new(Decoder), now);
        }
        feed.push(datagram, now);
        now += Duration::from_millis(u64::from(*pause) * 8);
    }
});
