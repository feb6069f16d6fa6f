//! Any section with a checksum that fits, so that it gets past it: parsing ends, and a section
//! that is read as a table is read the same after a journey in packets.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stb_app_fuzz::player::ts::{
    Packet, SectionAssembler, checksum, packetise, parse_pat, parse_pmt,
};

fuzz_target!(|data: &[u8]| {
    let [table, body @ ..] = data else { return };
    let body = &body[..body.len().min(1012)];
    let length = u16::try_from(body.len() + 9).expect("cut above");
    let mut section = vec![table % 4, 0xb0 | (length >> 8) as u8, (length & 0xff) as u8];
    section.extend([0, 1, 0xc1, 0, 0]);
    section.extend(body);
    section.extend(checksum(&section).to_be_bytes());

    let mut assembler = SectionAssembler::default();
    let mut arrived = Vec::new();
    for raw in packetise(0x1000, &section) {
        let packet = Packet::parse(&raw).expect("our own packet");
        assembler.push(packet.payload, packet.unit_start, false, |s| arrived.push(s.to_vec()));
    }
    assert_eq!(arrived, [section.clone()]);
    let _tables = (parse_pat(&section), parse_pmt(&section));
});
