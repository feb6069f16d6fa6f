//! MPEG transport streams, as far as changing channels needs them: which packets belong to the
//! picture, and at which of them a decoder may start.
//!
//! Pure: bytes in, packets and marks out. Does not decode, does not demultiplex, keeps no clock.
//! Every buffer is bounded, whatever the network sends.

mod access;
mod packet;
mod psi;
#[cfg(test)]
pub(crate) mod sample;
mod splitter;

pub use packet::{Packet, PacketFault};
pub use psi::{
    Program, SectionAssembler, StreamInfo, VideoCodec, checksum, packetise, parse_pat, parse_pmt,
};
pub use splitter::{Counters, Mark, Splitter};

/// Bytes of one transport packet (ISO/IEC 13818-1, 2.4.3.2).
pub const PACKET_SIZE: usize = 188;

/// One transport packet as it travels.
pub type RawPacket = [u8; PACKET_SIZE];
