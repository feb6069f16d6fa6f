//! One channel as it arrives: keeps the ring, and passes the stream on to whoever shows it.
//!
//! Pure apart from the outlet it calls. Whoever attaches gets the tables, the ring and then the
//! live stream, without a gap and without waiting for the next start when the ring has one.

use std::time::Duration;

use super::{
    gop::GopRing,
    ts::{Counters, Mark, RawPacket, Splitter, StreamInfo},
};

/// A ring is worth nothing after a silence: what comes next has nothing to do with it.
const SILENCE: Duration = Duration::from_secs(1);

/// Takes the stream in parts, each with its arrival. False when it has no room: the stream then
/// stops and begins again at the next start.
pub trait Outlet: Send {
    /// The next part.
    fn put(&mut self, arrived: Duration, bytes: &[u8]) -> bool;
}

/// State of one channel.
pub struct Feed {
    splitter: Splitter,
    ring: GopRing,
    outlet: Option<Box<dyn Outlet>>,
    /// The outlet has got a start and everything since.
    live: bool,
    last_arrival: Duration,
}

impl Feed {
    /// A channel that keeps at most `ring_limit` bytes.
    pub fn new(ring_limit: usize) -> Self {
        Self {
            splitter: Splitter::default(),
            ring: GopRing::new(ring_limit),
            outlet: None,
            live: false,
            last_arrival: Duration::ZERO,
        }
    }

    /// What the channel consists of, once known.
    pub fn info(&self) -> Option<StreamInfo> {
        self.splitter.info()
    }

    /// Whether the picture is encrypted at present.
    pub fn is_scrambled(&self) -> bool {
        self.splitter.is_scrambled()
    }

    /// What went wrong so far.
    pub fn counters(&self) -> Counters {
        self.splitter.counters()
    }

    /// Passes the stream on from the last start. True when there was one in the ring.
    pub fn attach(&mut self, outlet: Box<dyn Outlet>, now: Duration) -> bool {
        self.forget_after_silence(now);
        self.outlet = Some(outlet);
        self.live = self.ring.is_ready() && self.begin();
        self.live
    }

    /// Stops passing the stream on.
    pub fn detach(&mut self) {
        self.outlet = None;
        self.live = false;
    }

    /// Takes what arrived. True when the channel's composition changed.
    pub fn push(&mut self, datagram: &[u8], arrived: Duration) -> bool {
        let before = self.info();
        self.forget_after_silence(arrived);
        self.last_arrival = arrived;
        let mut marked = Vec::with_capacity(datagram.len() / super::ts::PACKET_SIZE + 1);
        self.splitter.push(datagram, |packet, mark| marked.push((*packet, mark)));
        let mut onward = Vec::new();
        for (packet, mark) in &marked {
            self.take(packet, *mark, arrived, &mut onward);
        }
        self.pass_on(arrived, &onward);
        self.info() != before
    }

    fn forget_after_silence(&mut self, now: Duration) {
        if now.saturating_sub(self.last_arrival) >= SILENCE {
            self.ring.clear();
            self.live = false;
        }
    }

    fn take(&mut self, packet: &RawPacket, mark: Mark, arrived: Duration, onward: &mut Vec<u8>) {
        self.ring.push(packet, mark, arrived);
        if self.live {
            onward.extend_from_slice(packet);
        } else if mark.random_access && self.ring.is_ready() && self.outlet.is_some() {
            // The ring already holds this packet.
            self.live = self.begin();
        }
    }

    /// Tables and ring to the outlet.
    fn begin(&mut self) -> bool {
        let Self { splitter, ring, outlet: Some(outlet), .. } = self else { return false };
        let Some(first) = ring.parts().next().map(|part| part.0) else { return false };
        let tables = splitter.table_packets().concat();
        outlet.put(first, &tables) && ring.parts().all(|(at, bytes)| outlet.put(at, bytes))
    }

    fn pass_on(&mut self, arrived: Duration, bytes: &[u8]) {
        let Some(outlet) = self.outlet.as_mut().filter(|_| self.live && !bytes.is_empty()) else {
            return;
        };
        self.live = outlet.put(arrived, bytes);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::player::ts::sample;

    #[derive(Clone, Default)]
    struct Collected {
        bytes: Arc<Mutex<Vec<u8>>>,
        full: Arc<Mutex<bool>>,
    }

    impl Outlet for Collected {
        fn put(&mut self, _: Duration, bytes: &[u8]) -> bool {
            self.bytes.lock().expect("one thread").extend_from_slice(bytes);
            !*self.full.lock().expect("one thread")
        }
    }

    fn push(feed: &mut Feed, bytes: &[u8]) {
        for (index, datagram) in (0..).zip(bytes.chunks(7 * 188)) {
            feed.push(datagram, Duration::from_millis(index));
        }
    }

    fn start() -> Vec<u8> {
        sample::picture(sample::IDR, 3000, false)
    }

    fn dependent() -> Vec<u8> {
        sample::picture(sample::DEPENDENT, 3000, false)
    }

    /// Feeds `before`, attaches, feeds `after`: the outlet gets the tables and `wanted`.
    fn check(before: &[Vec<u8>], after: &[Vec<u8>], wanted: &[Vec<u8>]) {
        let mut feed = Feed::new(1 << 20);
        push(&mut feed, &before.concat());
        let outlet = Collected::default();
        feed.attach(Box::new(outlet.clone()), Duration::ZERO);
        push(&mut feed, &after.concat());
        let got = outlet.bytes.lock().expect("one thread").clone();
        let wanted = if wanted.is_empty() {
            Vec::new()
        } else {
            [sample::tables(), wanted.concat()].concat()
        };
        assert!(got == wanted, "got {} bytes, wanted {}", got.len(), wanted.len());
    }

    #[test]
    fn a_cached_channel_begins_in_the_past() {
        check(
            &[sample::tables(), dependent(), start(), dependent()],
            &[dependent()],
            &[start(), dependent(), dependent()],
        );
    }

    #[test]
    fn an_uncached_channel_waits_for_a_start() {
        check(&[sample::tables()], &[dependent(), dependent()], &[]);
        check(&[], &[sample::tables(), dependent(), start(), dependent()], &[start(), dependent()]);
    }

    #[test]
    fn a_full_outlet_begins_again_at_a_start() {
        let mut feed = Feed::new(1 << 20);
        let outlet = Collected::default();
        push(&mut feed, &[sample::tables(), start()].concat());
        assert!(feed.attach(Box::new(outlet.clone()), Duration::ZERO));
        *outlet.full.lock().expect("one thread") = true;
        push(&mut feed, &dependent());
        outlet.bytes.lock().expect("one thread").clear();
        *outlet.full.lock().expect("one thread") = false;
        push(&mut feed, &dependent());
        assert!(outlet.bytes.lock().expect("one thread").is_empty(), "pictures miss their start");
        push(&mut feed, &start());
        let got = outlet.bytes.lock().expect("one thread").clone();
        assert!(got == [sample::tables(), start()].concat());
    }

    #[test]
    fn a_silence_makes_the_ring_worthless() {
        let mut feed = Feed::new(1 << 20);
        push(&mut feed, &[sample::tables(), start()].concat());
        let late = Duration::from_millis(1100);
        assert!(!feed.attach(Box::new(Collected::default()), late), "attached after a silence");

        let mut feed = Feed::new(1 << 20);
        push(&mut feed, &[sample::tables(), start()].concat());
        feed.push(&dependent(), late);
        assert!(!feed.attach(Box::new(Collected::default()), late), "pictures miss their start");
    }

    #[test]
    fn a_changed_composition_is_reported() {
        let mut feed = Feed::new(1 << 20);
        assert!(feed.push(&sample::tables(), Duration::ZERO));
        assert!(!feed.push(&sample::tables(), Duration::ZERO));
    }
}
