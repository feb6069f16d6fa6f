//! Commands to the card and its answers, as bytes.
//!
//! A [`Command`] can only be made by the builders in [`crate::card`]; nothing outside this crate
//! can express a command to another application. [`CommandView`] is the reading direction, used by
//! the software card of the tests.

use std::fmt;

use zeroize::Zeroizing;

use crate::status::Status;

/// Most bytes an answer may have, status included.
pub const RESPONSE_LEN_MAX: usize = 65_538;

/// Most continuations of one command: 64 KiB in blocks of 256 bytes.
const CONTINUATIONS_MAX: u16 = 256;

/// One command, wiped when dropped because it may hold a PIN.
#[derive(Clone, PartialEq, Eq)]
pub struct Command {
    bytes: Zeroizing<Vec<u8>>,
    ends_with_le: bool,
}

impl Command {
    /// Case 1: neither data nor answer.
    pub(crate) fn bare(header: [u8; 4]) -> Self {
        Self::assemble(header, &[], None)
    }

    /// Case 2: an answer of up to `le` bytes, 0 for 256.
    pub(crate) fn asking(header: [u8; 4], le: u8) -> Self {
        Self::assemble(header, &[], Some(le))
    }

    /// Case 3: data. An empty slice makes a case 1 command.
    pub(crate) fn with_data(header: [u8; 4], data: &[u8]) -> Self {
        Self::assemble(header, data, None)
    }

    /// Case 4: data and an answer.
    pub(crate) fn with_data_asking(header: [u8; 4], data: &[u8], le: u8) -> Self {
        Self::assemble(header, data, Some(le))
    }

    fn assemble(header: [u8; 4], data: &[u8], le: Option<u8>) -> Self {
        // Room for everything at once: growing would leave a copy of the PIN behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(header.len() + 1 + data.len() + 1));
        bytes.extend_from_slice(&header);
        if !data.is_empty() {
            bytes.push(u8::try_from(data.len()).expect("builders send at most 255 bytes"));
            bytes.extend_from_slice(data);
        }
        bytes.extend(le);
        Self { bytes, ends_with_le: le.is_some() }
    }

    /// Bytes for the reader.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Bytes for the reader, still wiped when dropped.
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.bytes
    }

    fn with_le(mut self, le: u8) -> Self {
        if let Some(last) = self.bytes.last_mut() {
            *last = le;
        }
        self
    }
}

/// Shows the header only: the data may be a PIN.
impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Command({:02X?}..)", &self.bytes[..4])
    }
}

/// One answer of the card.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// Data before the status.
    pub data: Vec<u8>,
    /// Status word.
    pub status: Status,
}

impl Response {
    /// Splits data and status.
    pub fn parse(bytes: &[u8]) -> Result<Self, ApduError> {
        if bytes.len() > RESPONSE_LEN_MAX {
            return Err(ApduError::ResponseTooLong);
        }
        let (data, status) = bytes.split_last_chunk::<2>().ok_or(ApduError::ResponseTooShort)?;
        Ok(Self { data: data.to_vec(), status: Status(u16::from_be_bytes(*status)) })
    }
}

/// Shows no data: certificates are personal.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({} bytes, {})", self.data.len(), self.status)
    }
}

/// Why bytes are no command or answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ApduError {
    /// Lengths inside the command contradict its size.
    #[error("the command's lengths contradict its size")]
    BadCommandLength,
    /// The card continues without end or asks again for another length.
    #[error("the card's answer does not end")]
    EndlessResponse,
    /// More than an answer may have.
    #[error("the answer is too long")]
    ResponseTooLong,
    /// Not even a status word.
    #[error("the answer has no status word")]
    ResponseTooShort,
}

/// What to do after an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    Complete(Response),
    Send(Command),
}

/// One command and its whole answer, `61xx` and `6Cxx` handled.
#[derive(Default)]
pub(crate) struct Exchange {
    /// Kept only for commands with an expected length, so never for a PIN.
    repeatable: Option<Command>,
    collected: Vec<u8>,
    continuations: u16,
}

impl Exchange {
    pub(crate) fn of(command: &Command) -> Self {
        Self { repeatable: command.ends_with_le.then(|| command.clone()), ..Self::default() }
    }

    pub(crate) fn receive(&mut self, bytes: &[u8]) -> Result<Turn, ApduError> {
        let response = Response::parse(bytes)?;
        if let Some(le) = response.status.right_length()
            && response.data.is_empty()
            && let Some(command) = self.repeatable.take()
        {
            return Ok(Turn::Send(command.with_le(le)));
        }
        if self.collected.len() + response.data.len() > RESPONSE_LEN_MAX {
            return Err(ApduError::ResponseTooLong);
        }
        self.collected.extend(response.data);
        if let Some(waiting) = response.status.bytes_waiting() {
            return self.ask_for_more(waiting);
        }
        Ok(Turn::Complete(Response {
            data: std::mem::take(&mut self.collected),
            status: response.status,
        }))
    }

    fn ask_for_more(&mut self, waiting: u8) -> Result<Turn, ApduError> {
        self.continuations += 1;
        if self.continuations > CONTINUATIONS_MAX {
            return Err(ApduError::EndlessResponse);
        }
        Ok(Turn::Send(Command::asking([0x00, 0xC0, 0x00, 0x00], waiting)))
    }
}

/// A command as the card reads it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CommandView<'a> {
    /// Class.
    pub class: u8,
    /// Instruction.
    pub instruction: u8,
    /// First parameter.
    pub p1: u8,
    /// Second parameter.
    pub p2: u8,
    /// Data.
    pub data: &'a [u8],
    /// Most bytes the sender takes back; none when it expects no data.
    pub expected_len: Option<usize>,
}

impl<'a> CommandView<'a> {
    /// Reads a short or extended command.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ApduError> {
        let (&[class, instruction, p1, p2], body) =
            bytes.split_first_chunk::<4>().ok_or(ApduError::BadCommandLength)?;
        let (data, expected_len) = split_body(body)?;
        Ok(Self { class, instruction, p1, p2, data, expected_len })
    }
}

/// Data and expected length of the seven forms of ISO 7816-3, 12.1.3.
fn split_body(body: &[u8]) -> Result<(&[u8], Option<usize>), ApduError> {
    match body {
        [] => Ok((&[], None)),
        [le] => Ok((&[], Some(short_le(*le)))),
        [0, high, low] => Ok((&[], Some(extended_le(*high, *low)))),
        [0, high, low, rest @ ..] => {
            split_data(rest, usize::from(u16::from_be_bytes([*high, *low])), 2)
        }
        [lc, rest @ ..] => split_data(rest, usize::from(*lc), 1),
    }
}

fn split_data(rest: &[u8], lc: usize, le_len: usize) -> Result<(&[u8], Option<usize>), ApduError> {
    if lc == 0 || rest.len() < lc {
        return Err(ApduError::BadCommandLength);
    }
    let (data, le) = rest.split_at(lc);
    match le {
        [] => Ok((data, None)),
        [le] if le_len == 1 => Ok((data, Some(short_le(*le)))),
        [high, low] if le_len == 2 => Ok((data, Some(extended_le(*high, *low)))),
        _ => Err(ApduError::BadCommandLength),
    }
}

fn short_le(le: u8) -> usize {
    if le == 0 { 256 } else { usize::from(le) }
}

fn extended_le(high: u8, low: u8) -> usize {
    match u16::from_be_bytes([high, low]) {
        0 => 65_536,
        le => usize::from(le),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const READ: [u8; 4] = [0x00, 0xB0, 0x00, 0x00];

    fn complete(data: &[u8], status: u16) -> Turn {
        Turn::Complete(Response { data: data.to_vec(), status: Status(status) })
    }

    #[test]
    fn commands_have_the_four_short_forms() {
        let header = [0x00, 0x20, 0x00, 0x80];
        let check = |command: Command, expected: &[u8]| assert_eq!(command.as_bytes(), expected);
        check(Command::bare(header), &[0x00, 0x20, 0x00, 0x80]);
        check(Command::asking(header, 0), &[0x00, 0x20, 0x00, 0x80, 0x00]);
        check(Command::with_data(header, &[1, 2]), &[0x00, 0x20, 0x00, 0x80, 2, 1, 2]);
        check(Command::with_data_asking(header, &[9], 0), &[0x00, 0x20, 0x00, 0x80, 1, 9, 0]);
    }

    #[test]
    fn a_command_never_shows_its_data() {
        let command = Command::with_data([0x00, 0x20, 0x00, 0x80], b"1234");
        assert_eq!(format!("{command:?}"), "Command([00, 20, 00, 80]..)");
    }

    #[test]
    fn waiting_bytes_are_fetched_and_joined() {
        let mut exchange = Exchange::of(&Command::asking(READ, 0));
        let first = exchange.receive(&[0xAA, 0x61, 0x02]);
        assert_eq!(first, Ok(Turn::Send(Command::asking([0x00, 0xC0, 0, 0], 2))));
        let second = exchange.receive(&[0xBB, 0xCC, 0x90, 0x00]);
        assert_eq!(second, Ok(complete(&[0xAA, 0xBB, 0xCC], 0x9000)));
    }

    #[test]
    fn a_wrong_length_is_corrected_once() {
        let mut exchange = Exchange::of(&Command::asking(READ, 0));
        let corrected = exchange.receive(&[0x6C, 0x10]);
        assert_eq!(corrected, Ok(Turn::Send(Command::asking(READ, 0x10))));
        assert_eq!(exchange.receive(&[0x6C, 0x10]), Ok(complete(&[], 0x6C10)));
    }

    #[test]
    fn a_pin_is_never_repeated() {
        let mut exchange = Exchange::of(&Command::with_data([0, 0x20, 0, 0x80], b"1234"));
        assert_eq!(exchange.receive(&[0x6C, 0x04]), Ok(complete(&[], 0x6C04)));
    }

    #[test]
    fn an_endless_answer_is_given_up() {
        let mut exchange = Exchange::of(&Command::asking(READ, 0));
        let end = (0..1000).find_map(|_| exchange.receive(&[0x61, 0x00]).err());
        assert_eq!(end, Some(ApduError::EndlessResponse));
    }

    #[test]
    fn the_card_side_reads_every_form() {
        fn check(bytes: &[u8], data: &[u8], expected_len: Option<usize>) {
            let view = CommandView::parse(bytes).expect("valid command");
            assert_eq!((view.data, view.expected_len), (data, expected_len));
        }
        check(&[0, 0x20, 0, 0x80], &[], None);
        check(&[0, 0xB0, 0, 0, 4], &[], Some(4));
        check(&[0, 0xB0, 0, 0, 0], &[], Some(256));
        check(&[0, 0x20, 0, 0x80, 1, 9], &[9], None);
        check(&[0, 0x20, 0, 0x80, 1, 9, 0], &[9], Some(256));
        check(&[0, 0xB0, 0, 0, 0, 0x10, 0], &[], Some(4096));
        check(&[0, 0xB0, 0, 0, 0, 0, 0], &[], Some(65_536));
        check(&[0, 0x20, 0, 0x80, 0, 0, 1, 9], &[9], None);
        check(&[0, 0x20, 0, 0x80, 0, 0, 1, 9, 0, 0], &[9], Some(65_536));
    }

    proptest! {
        #[test]
        fn no_command_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(view) = CommandView::parse(&bytes) {
                prop_assert!(view.data.len() < bytes.len());
            }
        }

        #[test]
        fn no_answer_makes_it_panic(answers in proptest::collection::vec(
            proptest::collection::vec(any::<u8>(), 0..40), 0..40)) {
            let mut exchange = Exchange::of(&Command::asking(READ, 0));
            for answer in answers {
                match exchange.receive(&answer) {
                    Ok(Turn::Send(_)) => {}
                    Ok(Turn::Complete(response)) => {
                        prop_assert!(response.data.len() <= RESPONSE_LEN_MAX);
                        break;
                    }
                    Err(_) => break,
                }
            }
        }
    }
}
