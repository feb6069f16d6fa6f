//! Small streams for tests.

use super::{RawPacket, checksum, packetise};

pub(crate) const PMT_PID: u16 = 0x1000;
pub(crate) const VIDEO_PID: u16 = 0x41;

/// Start of an H.264 picture that needs no other.
pub(crate) const IDR: &[u8] = &[0, 0, 1, 0x09, 0xf0, 0, 0, 1, 0x67, 1, 2, 0, 0, 1, 0x65, 0x88];
/// Start of an H.264 picture that needs others.
pub(crate) const DEPENDENT: &[u8] = &[0, 0, 1, 0x09, 0xf0, 0, 0, 1, 0x41, 0x9a];

fn section(table: u8, id: u16, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 9).expect("a short section");
    let mut section = vec![table, 0xb0 | (length >> 8) as u8, (length & 0xff) as u8];
    section.extend(id.to_be_bytes());
    section.extend([0xc1, 0, 0]);
    section.extend(body);
    section.extend(checksum(&section).to_be_bytes());
    section
}

pub(crate) fn pat(program: u16, pmt_pid: u16) -> Vec<u8> {
    let mut body = vec![0, 0, 0xe0, 0x10];
    body.extend(program.to_be_bytes());
    body.extend((0xe000 | pmt_pid).to_be_bytes());
    section(0, 1, &body)
}

pub(crate) fn pmt(program: u16, streams: &[(u8, u16)]) -> Vec<u8> {
    let mut body = vec![0xe0, 0x41, 0xf0, 0];
    for (stream_type, pid) in streams {
        body.push(*stream_type);
        body.extend((0xe000 | pid).to_be_bytes());
        body.extend([0xf0, 0]);
    }
    section(2, program, &body)
}

/// PAT and PMT of a channel with H.264 and AAC.
pub(crate) fn tables() -> Vec<u8> {
    let pmt = pmt(1, &[(0x1b, VIDEO_PID), (0x0f, 0x42)]);
    let packets = [packetise(0, &pat(1, PMT_PID)), packetise(PMT_PID, &pmt)];
    packets.concat().concat()
}

/// One picture as a PES packet over as many transport packets as it needs.
pub(crate) fn picture(start: &[u8], length: usize, random_access: bool) -> Vec<u8> {
    let mut pes = vec![0, 0, 1, 0xe0, 0, 0, 0x80, 0, 0];
    pes.extend(start);
    pes.resize(pes.len().max(length), 0xaa);
    let chunks: Vec<&[u8]> = pes.chunks(182).collect();
    let packets = chunks.iter().enumerate().map(|(index, chunk)| {
        let first = index == 0;
        let mut raw: RawPacket = [0xff; 188];
        let stuffing = 183 - chunk.len();
        raw[0] = 0x47;
        raw[1..3].copy_from_slice(&VIDEO_PID.to_be_bytes());
        raw[1] |= if first { 0x40 } else { 0 };
        raw[3] = 0x30;
        raw[4] = u8::try_from(stuffing).expect("a chunk is shorter than a packet");
        raw[5] = if first && random_access { 0x40 } else { 0 };
        raw[188 - chunk.len()..].copy_from_slice(chunk);
        raw
    });
    packets.collect::<Vec<_>>().concat()
}
