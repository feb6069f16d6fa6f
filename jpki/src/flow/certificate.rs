//! Reading a certificate file: its DER length first, then no byte more than that.
//!
//! The file on the card is padded far beyond the certificate; reading to its end would more than
//! double the time the resident waits.

use super::{CardError, CardStep, Progress};
use crate::{
    apdu::Response,
    card::{self, Jpki, JpkiFile, Scoped},
    status::Status,
};

/// Most bytes a certificate on a card may have; real ones have about 1,600.
pub const CERTIFICATE_LEN_MAX: usize = 4096;

const HEADER_LEN: u16 = 4;
const BLOCK_LEN: usize = 256;
/// A card that hands out fewer bytes per read than this allows is broken.
const READS_MAX: u8 = 64;

pub(super) struct ReadCertificate {
    stage: Stage,
    /// What it means that there is none.
    absent: CardError,
    bytes: Vec<u8>,
    total: usize,
    reads: u8,
}

#[derive(Clone, Copy)]
enum Stage {
    Body,
    Header,
    Select,
}

impl ReadCertificate {
    /// The auth certificate.
    pub(super) fn auth() -> (Self, Scoped<Jpki>) {
        Self::start(JpkiFile::AuthCertificate, CardError::NoCertificate)
    }

    /// The certificate in this file.
    pub(super) fn start(file: JpkiFile, absent: CardError) -> (Self, Scoped<Jpki>) {
        let stage = Stage::Select;
        let read = Self { stage, absent, bytes: Vec::new(), total: 0, reads: 0 };
        (read, card::select_file(file))
    }

    pub(super) fn step(&self) -> CardStep {
        match self.stage {
            Stage::Select => CardStep::SelectCertificate,
            Stage::Header | Stage::Body => CardStep::ReadCertificate,
        }
    }

    pub(super) fn receive(
        &mut self,
        response: &Response,
    ) -> Result<Progress<Vec<u8>, Jpki>, CardError> {
        match self.stage {
            Stage::Select => self.selected(response),
            Stage::Header => self.header(response),
            Stage::Body => self.block(response),
        }
    }

    fn selected(&mut self, response: &Response) -> Result<Progress<Vec<u8>, Jpki>, CardError> {
        if response.status == Status::NOT_FOUND {
            return Err(self.absent);
        }
        CardStep::SelectCertificate.expect_ok(response)?;
        self.stage = Stage::Header;
        Ok(Progress::Send(card::read_binary(0, HEADER_LEN)))
    }

    fn header(&mut self, response: &Response) -> Result<Progress<Vec<u8>, Jpki>, CardError> {
        match response.status {
            Status::SECURITY_NOT_SATISFIED => return Err(CardError::NeedsPin),
            Status::OFFSET_BEYOND_END => return Err(self.absent),
            _ => CardStep::ReadCertificate.expect_ok(response)?,
        }
        self.total = certificate_len(&response.data, self.absent)?;
        self.bytes.reserve_exact(self.total);
        self.bytes.extend_from_slice(&response.data);
        self.stage = Stage::Body;
        Ok(Progress::Send(self.read_next()))
    }

    fn block(&mut self, response: &Response) -> Result<Progress<Vec<u8>, Jpki>, CardError> {
        CardStep::ReadCertificate.expect_ok(response)?;
        let wanted = self.wanted();
        self.reads += 1;
        if response.data.is_empty() || response.data.len() > wanted || self.reads > READS_MAX {
            return Err(CardStep::ReadCertificate.malformed());
        }
        self.bytes.extend_from_slice(&response.data);
        if self.bytes.len() == self.total {
            return Ok(Progress::Done(std::mem::take(&mut self.bytes)));
        }
        Ok(Progress::Send(self.read_next()))
    }

    fn wanted(&self) -> usize {
        (self.total - self.bytes.len()).min(BLOCK_LEN)
    }

    fn read_next(&self) -> Scoped<Jpki> {
        let offset = u16::try_from(self.bytes.len()).expect("at most CERTIFICATE_LEN_MAX");
        let len = u16::try_from(self.wanted()).expect("at most BLOCK_LEN");
        card::read_binary(offset, len)
    }
}

/// Whole length of a certificate from its first four bytes, `30 82 hh ll`.
fn certificate_len(header: &[u8], absent: CardError) -> Result<usize, CardError> {
    match *header {
        [0x30, 0x82, high, low] => {
            let total = usize::from(HEADER_LEN) + usize::from(u16::from_be_bytes([high, low]));
            if total <= usize::from(HEADER_LEN) || total > CERTIFICATE_LEN_MAX {
                return Err(CardStep::ReadCertificate.malformed());
            }
            Ok(total)
        }
        [0x30, ..] => Err(CardStep::ReadCertificate.malformed()),
        _ => Err(absent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads from a card that answers SELECT well and then with these answers, the last for ever.
    fn read(answers: &[&[u8]]) -> Result<usize, CardError> {
        let (mut read, _) = ReadCertificate::auth();
        read.receive(&Response { data: Vec::new(), status: Status::OK })?;
        for turn in 0..10_000 {
            let answer = answers[turn.min(answers.len() - 1)];
            match read.receive(&Response::parse(answer).expect("with status"))? {
                Progress::Done(certificate) => return Ok(certificate.len()),
                Progress::Send(_) => {}
            }
        }
        panic!("the reading does not end");
    }

    fn block(len: usize) -> Vec<u8> {
        [vec![0xAA; len], vec![0x90, 0x00]].concat()
    }

    #[test]
    fn the_header_says_how_much_is_read() {
        let one_more_block = block(256);
        assert_eq!(read(&[b"\x30\x82\x01\x00\x90\x00", &one_more_block]), Ok(260));
        let last = block(1);
        assert_eq!(read(&[b"\x30\x82\x01\x01\x90\x00", &one_more_block, &last]), Ok(261));
        assert_eq!(read(&[b"\x30\x82\x0F\xFC\x90\x00", &block(66)]), Ok(4096));
    }

    #[test]
    fn no_certificate_is_told_from_a_broken_one() {
        let malformed = Err(CardStep::ReadCertificate.malformed());
        let check = |first: &[u8], expected| assert_eq!(read(&[first, &block(1)]), expected);
        check(b"\xFF\xFF\xFF\xFF\x90\x00", Err(CardError::NoCertificate));
        check(b"\x90\x00", Err(CardError::NoCertificate));
        check(b"\x6B\x00", Err(CardError::NoCertificate));
        check(b"\x69\x82", Err(CardError::NeedsPin));
        check(b"\x30\x82\x01\x90\x00", malformed);
        check(b"\x30\x81\xFF\x00\x90\x00", malformed);
        check(b"\x30\x82\x00\x00\x90\x00", malformed);
    }

    #[test]
    fn nothing_larger_than_a_certificate_is_begun() {
        let malformed = Err(CardStep::ReadCertificate.malformed());
        let certificate_len = |header: &[u8]| certificate_len(header, CardError::NoCertificate);
        assert_eq!(certificate_len(b"\x30\x82\x0F\xFC"), Ok(CERTIFICATE_LEN_MAX));
        assert_eq!(certificate_len(b"\x30\x82\x0F\xFD"), malformed);
        assert_eq!(certificate_len(b"\x30\x82\xFF\xFF"), malformed);
    }

    #[test]
    fn a_card_that_gives_too_much_or_too_little_is_broken() {
        let malformed = Err(CardStep::ReadCertificate.malformed());
        let header = b"\x30\x82\x01\x00\x90\x00";
        assert_eq!(read(&[header, &block(257)]), malformed);
        assert_eq!(read(&[header, &block(0)]), malformed);
        // One byte per read would take 256 turns.
        assert_eq!(read(&[header, &block(1)]), malformed);
        let past_the_end = CardError::Unexpected {
            step: CardStep::ReadCertificate,
            status: Status::OFFSET_BEYOND_END,
        };
        assert_eq!(read(&[header, b"\x6B\x00"]), Err(past_the_end));
    }
}
