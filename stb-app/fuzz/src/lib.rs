//! The pure part of the player, compiled without window and pipelines, and a real stream.

#[path = "../../src/player"]
pub mod player {
    //! As in the box.
    pub mod feed;
    pub mod gop;
    pub mod ts;
}

/// The beginning of a test programme: tables, a start, and pictures after it.
pub const STREAM: &[u8] = include_bytes!("../seeds/programme.ts");

/// A valid record with some bytes replaced: three bytes of `edits` are one edit.
pub fn edited(valid: &[u8], edits: &[u8]) -> Vec<u8> {
    let mut bytes = valid.to_vec();
    for edit in edits.chunks_exact(3) {
        let at = usize::from(u16::from_be_bytes([edit[0], edit[1]])) % bytes.len();
        bytes[at] = edit[2];
    }
    bytes
}
