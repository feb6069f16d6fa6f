//! Program tables: which streams a channel consists of.

use super::{PACKET_SIZE, RawPacket};

/// Longest section of a PAT or PMT, head included (ISO/IEC 13818-1, 2.4.4.5).
const SECTION_LIMIT: usize = 1024;

/// Bytes of a section before its table-specific part, and of the checksum behind it.
const SECTION_HEAD: usize = 8;
const CHECKSUM: usize = 4;

const PAT_TABLE: u8 = 0x00;
const PMT_TABLE: u8 = 0x02;

/// Where a program's own table is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Program {
    /// Program number, never 0.
    pub number: u16,
    /// Packet id of its PMT.
    pub pmt_pid: u16,
}

/// How the picture is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VideoCodec {
    /// MPEG-1 or MPEG-2 video: terrestrial and cable in Japan.
    Mpeg2,
    /// H.264: IP channels.
    H264,
    /// H.265: 4K.
    H265,
}

/// What a channel consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamInfo {
    /// Program number.
    pub program: u16,
    /// Packet id and coding of the picture; none for radio or an unknown coding.
    pub video: Option<(u16, VideoCodec)>,
    /// Whether there is sound.
    pub has_audio: bool,
}

/// Puts the sections of one packet id together.
#[derive(Debug, Default)]
pub struct SectionAssembler {
    section: Vec<u8>,
    /// Inside a section; otherwise bytes up to the next start are skipped.
    open: bool,
}

impl SectionAssembler {
    /// Takes the payload of the next packet; `lost` says that packets are missing before it.
    /// Calls `complete` for each whole section (checksum not yet looked at).
    pub fn push(
        &mut self,
        payload: &[u8],
        unit_start: bool,
        lost: bool,
        mut complete: impl FnMut(&[u8]),
    ) {
        if lost {
            self.close();
        }
        if !unit_start {
            self.extend(payload, &mut complete);
            return;
        }
        let Some((&pointer, rest)) = payload.split_first() else { return };
        let Some((tail, starts)) = rest.split_at_checked(usize::from(pointer)) else {
            self.close();
            return;
        };
        self.extend(tail, &mut complete);
        self.section.clear();
        self.open = true;
        self.extend(starts, &mut complete);
    }

    fn close(&mut self) {
        self.open = false;
        self.section.clear();
    }

    fn extend(&mut self, mut bytes: &[u8], complete: &mut impl FnMut(&[u8])) {
        while self.open && !bytes.is_empty() {
            if self.section.is_empty() && bytes[0] == 0xff {
                self.close();
                return;
            }
            let wanted = self.missing();
            let taken = wanted.min(bytes.len());
            self.section.extend_from_slice(&bytes[..taken]);
            bytes = &bytes[taken..];
            if self.section.len() > SECTION_LIMIT
                || self.length().is_some_and(|l| l > SECTION_LIMIT)
            {
                self.close();
                return;
            }
            if self.missing() == 0 {
                complete(&self.section);
                self.section.clear();
            }
        }
    }

    /// Length of the open section, head included, once its head is there.
    fn length(&self) -> Option<usize> {
        let head = self.section.get(..3)?;
        Some(3 + usize::from(u16::from_be_bytes([head[1] & 0x0f, head[2]])))
    }

    fn missing(&self) -> usize {
        self.length().unwrap_or(3).saturating_sub(self.section.len())
    }
}

/// First program of a PAT; none when the section is damaged, not yet valid or empty.
pub fn parse_pat(section: &[u8]) -> Option<Program> {
    let body = table_body(section, PAT_TABLE)?;
    body.chunks_exact(4)
        .map(|entry| Program {
            number: u16::from_be_bytes([entry[0], entry[1]]),
            pmt_pid: pid(entry[2], entry[3]),
        })
        .find(|program| program.number != 0)
}

/// Streams of a PMT; none when the section is damaged or not yet valid.
pub fn parse_pmt(section: &[u8]) -> Option<StreamInfo> {
    let body = table_body(section, PMT_TABLE)?;
    let program = u16::from_be_bytes([section[3], section[4]]);
    let head = body.get(..4)?;
    let mut rest = body.get(4 + length_12(head[2], head[3])..)?;
    let mut info = StreamInfo { program, video: None, has_audio: false };
    while let Some((entry, behind)) = rest.split_at_checked(5) {
        let stream = pid(entry[1], entry[2]);
        let (descriptors, behind) = behind.split_at_checked(length_12(entry[3], entry[4]))?;
        if let Some(codec) = video_codec(entry[0]) {
            info.video = info.video.or(Some((stream, codec)));
        }
        info.has_audio |= is_audio(entry[0], descriptors);
        rest = behind;
    }
    rest.is_empty().then_some(info)
}

fn video_codec(stream_type: u8) -> Option<VideoCodec> {
    match stream_type {
        0x01 | 0x02 => Some(VideoCodec::Mpeg2),
        0x1b => Some(VideoCodec::H264),
        0x24 => Some(VideoCodec::H265),
        _ => None,
    }
}

/// MPEG audio, AAC (ADTS, LATM), AC-3 (ATSC type, or the DVB descriptor on private data).
fn is_audio(stream_type: u8, descriptors: &[u8]) -> bool {
    matches!(stream_type, 0x03 | 0x04 | 0x0f | 0x11 | 0x81)
        || (stream_type == 0x06 && descriptors.first() == Some(&0x6a))
}

fn pid(high: u8, low: u8) -> u16 {
    u16::from_be_bytes([high & 0x1f, low])
}

fn length_12(high: u8, low: u8) -> usize {
    usize::from(u16::from_be_bytes([high & 0x0f, low]))
}

/// The table-specific part of a currently valid section with a right checksum.
fn table_body(section: &[u8], table: u8) -> Option<&[u8]> {
    let whole = section.len() >= SECTION_HEAD + CHECKSUM && section.len() <= SECTION_LIMIT;
    if !whole || section[0] != table || section[5] & 1 == 0 || checksum(section) != 0 {
        return None;
    }
    Some(&section[SECTION_HEAD..section.len() - CHECKSUM])
}

/// The sections' own checksum; zero over a section that includes its checksum.
pub fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ (u32::from(byte) << 24), |crc, _| {
            if crc & 0x8000_0000 == 0 { crc << 1 } else { (crc << 1) ^ 0x04c1_1db7 }
        })
    })
}

/// Packets that carry one section, for a reader that starts in the middle of a stream.
pub fn packetise(pid: u16, section: &[u8]) -> Vec<RawPacket> {
    let pointed: Vec<u8> = std::iter::once(0).chain(section.iter().copied()).collect();
    let payloads = pointed.chunks(PACKET_SIZE - 4);
    payloads
        .zip(0_u8..)
        .map(|(payload, index)| {
            let start = if index == 0 { 0x40 } else { 0 };
            let [high, low] = pid.to_be_bytes();
            let mut raw = [0xff; PACKET_SIZE];
            raw[..4].copy_from_slice(&[0x47, start | (high & 0x1f), low, 0x10 | (index & 0x0f)]);
            raw[4..4 + payload.len()].copy_from_slice(payload);
            raw
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Packet, sample};
    use super::*;

    fn assemble(packets: &[RawPacket]) -> Vec<Vec<u8>> {
        let mut assembler = SectionAssembler::default();
        let mut sections = Vec::new();
        for raw in packets {
            let packet = Packet::parse(raw).expect("our own packet");
            assembler.push(packet.payload, packet.unit_start, false, |s| sections.push(s.to_vec()));
        }
        sections
    }

    #[test]
    fn finds_program_and_streams() {
        assert_eq!(
            parse_pat(&sample::pat(3, 0x1000)),
            Some(Program { number: 3, pmt_pid: 0x1000 })
        );
        let pmt = sample::pmt(3, &[(0x1b, 0x41), (0x0f, 0x42)]);
        let wanted =
            StreamInfo { program: 3, video: Some((0x41, VideoCodec::H264)), has_audio: true };
        assert_eq!(parse_pmt(&pmt), Some(wanted));
    }

    #[test]
    fn an_unknown_coding_is_no_video() {
        let pmt = sample::pmt(1, &[(0x33, 0x41)]);
        assert_eq!(parse_pmt(&pmt), Some(StreamInfo { program: 1, video: None, has_audio: false }));
    }

    #[test]
    fn a_lost_packet_spoils_the_section() {
        let section = sample::pmt(1, &[(0x1b, 0x41); 60]);
        let packets = packetise(0x1000, &section);
        assert!(packets.len() > 1);
        let mut assembler = SectionAssembler::default();
        let mut count = 0;
        for (index, raw) in packets.iter().enumerate() {
            let packet = Packet::parse(raw).expect("our own packet");
            assembler.push(packet.payload, packet.unit_start, index == 1, |_| count += 1);
        }
        assert_eq!(count, 0);
    }

    proptest! {
        #[test]
        fn sections_survive_packets(streams in prop::collection::vec((any::<u8>(), 0_u16..0x1fff), 0..100)) {
            let section = sample::pmt(1, &streams);
            prop_assert_eq!(assemble(&packetise(0x1000, &section)), vec![section]);
        }

        #[test]
        fn one_wrong_bit_is_noticed(bit in 0_usize..(8 * 26)) {
            let mut pmt = sample::pmt(3, &[(0x1b, 0x41), (0x0f, 0x42)]);
            prop_assert_eq!(pmt.len(), 26);
            pmt[bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(parse_pmt(&pmt), None);
        }

        #[test]
        fn any_bytes_are_bounded(payloads in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..184), any::<bool>()), 0..50)) {
            let mut assembler = SectionAssembler::default();
            for (payload, start) in payloads {
                assembler.push(&payload, start, false, |section| {
                    assert!(section.len() <= SECTION_LIMIT);
                    let _ = (parse_pat(section), parse_pmt(section));
                });
                prop_assert!(assembler.section.len() <= SECTION_LIMIT);
            }
        }
    }
}
