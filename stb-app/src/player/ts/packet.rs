//! Head of one transport packet.

use super::{PACKET_SIZE, RawPacket};

/// First byte of every packet.
pub(super) const SYNC: u8 = 0x47;

/// Packet id of stuffing.
pub(super) const NULL_PID: u16 = 0x1fff;

/// What a packet says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Stream it belongs to.
    pub pid: u16,
    /// A PES packet or a section begins here.
    pub unit_start: bool,
    /// Encrypted: nothing in the payload can be read.
    pub scrambled: bool,
    /// Counts packets with payload of one stream, modulo 16.
    pub continuity: u8,
    /// The sender says: a decoder may start here.
    pub random_access: bool,
    /// The sender says: the count or the clock jumps here.
    pub discontinuity: bool,
    /// What it carries; empty when it carries only an adaptation field.
    pub payload: &'a [u8],
}

/// Why a packet is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PacketFault {
    /// The length of the adaptation field exceeds the packet.
    #[error("adaptation field longer than its packet")]
    LongAdaptation,
    /// The first byte is wrong.
    #[error("no sync byte")]
    NoSync,
    /// A receiver before us marked it as damaged.
    #[error("marked as damaged on the way")]
    TransportError,
}

impl<'a> Packet<'a> {
    /// Reads the head.
    pub fn parse(raw: &'a RawPacket) -> Result<Self, PacketFault> {
        if raw[0] != SYNC {
            return Err(PacketFault::NoSync);
        }
        if raw[1] & 0x80 != 0 {
            return Err(PacketFault::TransportError);
        }
        let (has_adaptation, has_payload) = (raw[3] & 0x20 != 0, raw[3] & 0x10 != 0);
        let adaptation = if has_adaptation { usize::from(raw[4]) + 1 } else { 0 };
        let start = 4 + adaptation;
        if start > PACKET_SIZE {
            return Err(PacketFault::LongAdaptation);
        }
        let flags = if adaptation > 1 { raw[5] } else { 0 };
        Ok(Self {
            pid: u16::from_be_bytes([raw[1] & 0x1f, raw[2]]),
            unit_start: raw[1] & 0x40 != 0,
            scrambled: raw[3] & 0xc0 != 0,
            continuity: raw[3] & 0x0f,
            random_access: flags & 0x40 != 0,
            discontinuity: flags & 0x80 != 0,
            payload: if has_payload { &raw[start..] } else { &[] },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(head: &[u8]) -> RawPacket {
        let mut raw = [0xff; PACKET_SIZE];
        raw[..head.len()].copy_from_slice(head);
        raw
    }

    #[test]
    fn reads_the_head() {
        let raw = raw(&[0x47, 0x41, 0x00, 0x37, 7, 0x50]);
        let packet = Packet::parse(&raw).expect("a good packet");
        assert_eq!(packet.pid, 0x100);
        assert!(packet.unit_start && packet.random_access);
        assert!(!packet.scrambled && !packet.discontinuity);
        assert_eq!(packet.continuity, 7);
        assert_eq!(packet.payload.len(), PACKET_SIZE - 12);
    }

    #[test]
    fn refuses_damaged_heads() {
        assert_eq!(Packet::parse(&raw(&[0x46])), Err(PacketFault::NoSync));
        assert_eq!(Packet::parse(&raw(&[0x47, 0x80])), Err(PacketFault::TransportError));
        let long = raw(&[0x47, 0, 0, 0x30, 184]);
        assert_eq!(Packet::parse(&long), Err(PacketFault::LongAdaptation));
    }

    #[test]
    fn an_adaptation_field_may_fill_the_packet() {
        let full = raw(&[0x47, 0, 0, 0x20, 183, 0]);
        assert!(Packet::parse(&full).expect("only an adaptation field").payload.is_empty());
    }
}
