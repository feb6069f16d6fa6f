//! From datagrams to packets with marks.

use super::{
    PACKET_SIZE, Packet, Program, RawPacket, SectionAssembler, StreamInfo,
    access::AccessScanner,
    packet::{NULL_PID, SYNC},
    packetise, parse_pat, parse_pmt,
};

const PAT_PID: u16 = 0;
/// Packet ids are 13 bits.
const PIDS: usize = 1 << 13;
const NO_COUNT: u8 = 0xff;

/// What is special about a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mark {
    /// A picture begins with this packet.
    pub picture_start: bool,
    /// It is now certain that a decoder may start at the picture this packet belongs to.
    pub random_access: bool,
    /// The tables changed with this packet.
    pub tables_changed: bool,
}

/// What went wrong so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Packets with content.
    pub packets: u64,
    /// Times the packet grid was lost.
    pub resyncs: u64,
    /// Packets that were damaged.
    pub damaged: u64,
    /// Gaps in the count of a stream.
    pub gaps: u64,
    /// Encrypted packets of the picture.
    pub scrambled: u64,
}

/// Cuts a stream into packets and watches its tables and pictures.
#[derive(Debug)]
pub struct Splitter {
    carry: Vec<u8>,
    in_sync: bool,
    counts: Box<[u8; PIDS]>,
    pat: SectionAssembler,
    pmt: SectionAssembler,
    pat_section: Vec<u8>,
    pmt_section: Vec<u8>,
    program: Option<Program>,
    info: Option<StreamInfo>,
    scanner: AccessScanner,
    scrambled: bool,
    counters: Counters,
}

impl Default for Splitter {
    fn default() -> Self {
        Self {
            carry: Vec::with_capacity(PACKET_SIZE),
            in_sync: true,
            counts: Box::new([NO_COUNT; PIDS]),
            pat: SectionAssembler::default(),
            pmt: SectionAssembler::default(),
            pat_section: Vec::new(),
            pmt_section: Vec::new(),
            program: None,
            info: None,
            scanner: AccessScanner::default(),
            scrambled: false,
            counters: Counters::default(),
        }
    }
}

impl Splitter {
    /// Takes the next bytes of the stream; `each` gets every packet with content and its mark.
    pub fn push(&mut self, bytes: &[u8], mut each: impl FnMut(&RawPacket, Mark)) {
        let joined;
        let mut rest = if self.carry.is_empty() {
            bytes
        } else {
            joined = [std::mem::take(&mut self.carry).as_slice(), bytes].concat();
            &joined
        };
        while let Some((raw, behind)) = rest.split_first_chunk::<PACKET_SIZE>() {
            if raw[0] == SYNC && (self.in_sync || behind.first().is_none_or(|&b| b == SYNC)) {
                self.in_sync = true;
                self.take(raw, &mut each);
                rest = behind;
            } else {
                self.lose_grid();
                rest = &rest[1..];
            }
        }
        self.carry.extend_from_slice(rest);
    }

    /// What the channel consists of, once its tables were seen.
    pub fn info(&self) -> Option<StreamInfo> {
        self.info
    }

    /// Whether the picture is encrypted at present.
    pub fn is_scrambled(&self) -> bool {
        self.scrambled
    }

    /// What went wrong so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// The tables as packets, for a reader that starts in the middle.
    pub fn table_packets(&self) -> Vec<RawPacket> {
        let Some(program) = self.program.filter(|_| self.info.is_some()) else {
            return Vec::new();
        };
        let mut packets = packetise(PAT_PID, &self.pat_section);
        packets.extend(packetise(program.pmt_pid, &self.pmt_section));
        packets
    }

    fn lose_grid(&mut self) {
        if std::mem::replace(&mut self.in_sync, false) {
            self.counters.resyncs += 1;
        }
    }

    fn take(&mut self, raw: &RawPacket, each: &mut impl FnMut(&RawPacket, Mark)) {
        let Ok(packet) = Packet::parse(raw) else {
            self.counters.damaged += 1;
            return;
        };
        if packet.pid == NULL_PID {
            return;
        }
        self.counters.packets += 1;
        let lost = self.count(&packet);
        let mark = Mark { tables_changed: self.read_tables(&packet, lost), ..self.look(&packet) };
        each(raw, mark);
    }

    /// True when packets of this stream are missing before this one.
    fn count(&mut self, packet: &Packet<'_>) -> bool {
        if packet.payload.is_empty() {
            return false;
        }
        let last = &mut self.counts[usize::from(packet.pid)];
        let before = std::mem::replace(last, packet.continuity);
        // A packet may be sent twice with the same count.
        let expected = before == NO_COUNT
            || packet.discontinuity
            || packet.continuity == before
            || packet.continuity == (before + 1) & 0x0f;
        if !expected {
            self.counters.gaps += 1;
        }
        !expected
    }

    /// True when the tables now say something else than before.
    fn read_tables(&mut self, packet: &Packet<'_>, lost: bool) -> bool {
        let Self { pat, pmt, pat_section, pmt_section, program, info, .. } = self;
        let before = *info;
        if packet.pid == PAT_PID {
            pat.push(packet.payload, packet.unit_start, lost, |section| {
                if let Some(found) = parse_pat(section) {
                    if *program != Some(found) {
                        *info = None;
                    }
                    *program = Some(found);
                    *pat_section = section.to_vec();
                }
            });
        } else if let Some(chosen) = program.filter(|p| p.pmt_pid == packet.pid) {
            pmt.push(packet.payload, packet.unit_start, lost, |section| {
                if let Some(found) = parse_pmt(section).filter(|i| i.program == chosen.number) {
                    *info = Some(found);
                    *pmt_section = section.to_vec();
                }
            });
        }
        *info != before
    }

    fn look(&mut self, packet: &Packet<'_>) -> Mark {
        let Some((pid, codec)) = self.info.and_then(|info| info.video) else {
            return Mark::default();
        };
        if packet.pid != pid || packet.payload.is_empty() {
            return Mark::default();
        }
        self.scrambled = packet.scrambled;
        if packet.scrambled {
            self.counters.scrambled += 1;
            return Mark::default();
        }
        let random_access = if packet.unit_start {
            self.scanner.begin(codec, packet.payload) | packet.random_access
        } else {
            self.scanner.go_on(codec, packet.payload)
        };
        Mark { picture_start: packet.unit_start, random_access, tables_changed: false }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::player::ts::{VideoCodec, sample};

    fn split<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<(RawPacket, Mark)>, Splitter) {
        let mut splitter = Splitter::default();
        let mut seen = Vec::new();
        for piece in pieces {
            splitter.push(piece, |raw, mark| seen.push((*raw, mark)));
        }
        (seen, splitter)
    }

    fn stream() -> Vec<u8> {
        [
            sample::picture(sample::IDR, 900, false),
            sample::tables(),
            sample::picture(sample::DEPENDENT, 400, false),
            sample::picture(sample::IDR, 2000, false),
            sample::picture(sample::DEPENDENT, 300, true),
        ]
        .concat()
    }

    #[test]
    fn marks_pictures_and_starts() {
        let stream = stream();
        let (seen, splitter) = split([stream.as_slice()]);
        let video = Some((sample::VIDEO_PID, VideoCodec::H264));
        assert_eq!(splitter.info().expect("tables were sent").video, video);
        let count = |f: fn(&Mark) -> bool| seen.iter().filter(|(_, m)| f(m)).count();
        assert_eq!(count(|m| m.picture_start), 3, "what comes before the tables is unknown");
        assert_eq!(count(|m| m.random_access), 2, "by content, and by the sender's flag");
        assert_eq!(count(|m| m.tables_changed), 1);
    }

    #[test]
    fn tables_are_repeated_for_a_late_reader() {
        let stream = stream();
        let (_, splitter) = split([stream.as_slice()]);
        let tables = splitter.table_packets().concat();
        let (_, late) = split([tables.as_slice()]);
        assert_eq!(late.info(), splitter.info());
    }

    #[test]
    fn the_grid_is_found_again() {
        let mut stream = stream();
        let packets = split([stream.as_slice()]).0.len();
        stream.splice(188..188, [0x47, 1, 2, 0x47, 3]);
        let (seen, splitter) = split([stream.as_slice()]);
        assert_eq!(splitter.counters().resyncs, 1);
        assert!(seen.len() + 2 >= packets, "at most the packets around the fault are lost");
        assert!(splitter.info().is_some());
    }

    #[test]
    fn gaps_are_counted() {
        let section = sample::pmt(1, &[(0x1b, 0x41); 100]);
        let mut packets = packetise(0x123, &section);
        packets.remove(1);
        let (_, splitter) = split([packets.concat().as_slice()]);
        assert_eq!(splitter.counters().gaps, 1);
    }

    #[test]
    fn scrambled_pictures_are_no_start() {
        let mut picture = sample::picture(sample::IDR, 100, true);
        picture[3] |= 0xc0;
        let stream = [sample::tables(), picture].concat();
        let (seen, splitter) = split([stream.as_slice()]);
        assert!(seen.iter().all(|(_, mark)| !mark.random_access));
        assert_eq!(splitter.counters().scrambled, 1);
        assert!(splitter.is_scrambled());
    }

    proptest! {
        #[test]
        fn how_the_stream_is_cut_does_not_matter(cuts in prop::collection::vec(0_usize..4000, 0..20)) {
            let stream = stream();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|c| c.min(stream.len())).collect();
            cuts.extend([0, stream.len()]);
            cuts.sort_unstable();
            let pieces = cuts.windows(2).map(|w| &stream[w[0]..w[1]]);
            prop_assert_eq!(split(pieces).0, split([stream.as_slice()]).0);
        }

        #[test]
        fn any_bytes_are_bounded(
            pieces in prop::collection::vec(prop::collection::vec(prop_oneof![Just(0x47_u8), any::<u8>()], 0..1500), 0..8),
        ) {
            let (seen, splitter) = split(pieces.iter().map(Vec::as_slice));
            prop_assert!(splitter.carry.len() < PACKET_SIZE);
            prop_assert!(seen.iter().all(|(raw, _)| raw[0] == SYNC));
        }

        #[test]
        fn damage_in_the_middle_is_survived(at in 0_usize..3500, damage in prop::collection::vec(any::<u8>(), 1..400)) {
            let mut broken = stream();
            let at = at.min(broken.len() - 1);
            let end = (at + damage.len()).min(broken.len());
            broken[at..end].copy_from_slice(&damage[..end - at]);
            // Whatever happened, the next clean repetition is understood.
            let clean = [stream(), stream()].concat();
            let (seen, splitter) = split([broken.as_slice(), &clean]);
            prop_assert!(splitter.info().is_some());
            prop_assert!(seen.iter().any(|(_, mark)| mark.random_access));
        }
    }
}
