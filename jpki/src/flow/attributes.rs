//! 券面事項入力補助AP: name, address, birth date and sex, to fill in a form at the office desk.
//!
//! These are guarded by the card's own key only, so they prove nothing to a gateway: proof is the
//! signature certificate. EF 0001 of the same application holds the My Number; this conversation has
//! no command for it ([`crate::card`]).

use std::{fmt, mem};

use zeroize::Zeroize;

use super::{
    CardError, CardStep, Dialogue, Step,
    pin_entry::{PinEntry, PinProgress},
};
use crate::{
    apdu::{Response, Turn},
    card::{self, AssistFile, InputAssist, Scoped},
    cert::attributes::{BirthDate, Era, GregorianParts, Sex},
    pin::AssistPin,
};

/// Most bytes of the file.
const FILE_LEN_MAX: usize = 2048;
/// Tag and the longest length.
const HEADER_LEN: u16 = 5;
const BLOCK_LEN: usize = 256;
const READS_MAX: u8 = 32;
/// Most characters of a text.
const CHARS_MAX: usize = 400;

/// Why the text data is read: an officer enrols a resident who is present and has agreed.
///
/// There is no other reason, so there is no other value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StaffEnrolment {
    _private: (),
}

impl StaffEnrolment {
    /// None without the resident's consent on record.
    pub fn with_consent(consent_recorded: bool) -> Option<Self> {
        consent_recorded.then_some(Self { _private: () })
    }
}

/// What the card says about its holder; a prefill, not a proof. Wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct CardAttributes {
    /// 氏名, family and given name separated by an ideographic space.
    pub name: String,
    /// 住所.
    pub address: String,
    /// 生年月日; the card does not say the era.
    pub birth_date: BirthDate,
    /// 性別.
    pub sex: Sex,
}

/// Shows nothing of the holder.
impl fmt::Debug for CardAttributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardAttributes(..)")
    }
}

impl Drop for CardAttributes {
    fn drop(&mut self) {
        self.name.zeroize();
        self.address.zeroize();
    }
}

/// Reads the four attributes after the PIN of this application.
pub struct AttributesFlow {
    stage: Stage,
    dialogue: Dialogue<InputAssist>,
    pin: PinEntry<InputAssist, AssistPin>,
    bytes: Vec<u8>,
    total: usize,
    reads: u8,
}

#[derive(Clone, Copy)]
enum Stage {
    Body,
    Header,
    Over,
    Pin,
    SelectApplication,
    SelectFile,
    Start,
}

type Outcome = Result<Step<CardAttributes>, CardError>;

impl AttributesFlow {
    /// Ready for `next(None)`.
    pub fn new(_reason: StaffEnrolment) -> Self {
        Self {
            stage: Stage::Start,
            dialogue: Dialogue::default(),
            pin: PinEntry::new(AssistFile::Pin, CardError::NotMyNumberCard),
            bytes: Vec::new(),
            total: 0,
            reads: 0,
        }
    }

    /// Takes the answer to the last command (none at the start) and says what to do.
    pub fn next(&mut self, response: Option<&[u8]>) -> Step<CardAttributes> {
        let outcome = match response {
            None => self.begin(),
            Some(bytes) => self.receive(bytes),
        };
        self.settle(outcome)
    }

    /// The holder agreed to use the last try.
    pub fn confirm_last_try(&mut self) -> Step<CardAttributes> {
        let outcome = self.pin.confirm();
        self.settle(outcome)
    }

    /// The holder entered the PIN. It is wiped as soon as its command is made.
    pub fn supply_pin(&mut self, pin: AssistPin) -> Step<CardAttributes> {
        let outcome = self.pin.supply(pin).map(|command| self.go(Stage::Pin, command));
        self.settle(outcome)
    }

    fn settle(&mut self, outcome: Outcome) -> Step<CardAttributes> {
        let ended =
            !matches!(outcome, Ok(Step::Send(_) | Step::NeedPin { .. } | Step::ConfirmLastTry));
        if ended {
            self.stage = Stage::Over;
            self.bytes.zeroize();
        }
        outcome.unwrap_or_else(Step::Failed)
    }

    fn go(&mut self, stage: Stage, command: Scoped<InputAssist>) -> Step<CardAttributes> {
        self.stage = stage;
        self.dialogue.send(command)
    }

    fn begin(&mut self) -> Outcome {
        match self.stage {
            Stage::Start => Ok(self.go(Stage::SelectApplication, card::select_application())),
            _ => Err(CardError::OutOfTurn),
        }
    }

    /// The step whose answer is awaited.
    pub fn step(&self) -> Option<CardStep> {
        match self.stage {
            Stage::Body | Stage::Header => Some(CardStep::ReadAttributes),
            Stage::Pin => self.pin.step(),
            Stage::SelectApplication => Some(CardStep::SelectApplication),
            Stage::SelectFile => Some(CardStep::SelectAttributes),
            Stage::Start | Stage::Over => None,
        }
    }

    fn receive(&mut self, bytes: &[u8]) -> Outcome {
        let step = self.step().ok_or(CardError::OutOfTurn)?;
        match self.dialogue.receive(bytes, step)? {
            Turn::Send(command) => Ok(Step::Send(command)),
            Turn::Complete(response) => self.advance(&response),
        }
    }

    fn advance(&mut self, response: &Response) -> Outcome {
        match mem::replace(&mut self.stage, Stage::Over) {
            Stage::SelectApplication if response.status.is_application_absent() => {
                Err(CardError::NotMyNumberCard)
            }
            Stage::SelectApplication => {
                CardStep::SelectApplication.expect_ok(response)?;
                let command = self.pin.begin();
                Ok(self.go(Stage::Pin, command))
            }
            Stage::Pin => self.pin_answered(response),
            Stage::SelectFile => {
                CardStep::SelectAttributes.expect_ok(response)?;
                Ok(self.go(Stage::Header, card::read_binary(0, HEADER_LEN)))
            }
            Stage::Header => self.header(response),
            Stage::Body => self.block(response),
            Stage::Start | Stage::Over => Err(CardError::OutOfTurn),
        }
    }

    fn pin_answered(&mut self, response: &Response) -> Outcome {
        self.stage = Stage::Pin;
        match self.pin.receive(response)? {
            PinProgress::Send(command) => Ok(self.go(Stage::Pin, command)),
            PinProgress::TriesTold | PinProgress::Ask => Ok(self.pin.ask()),
            PinProgress::Verified => {
                let command = card::select_file(AssistFile::BasicAttributes);
                Ok(self.go(Stage::SelectFile, command))
            }
        }
    }

    fn header(&mut self, response: &Response) -> Outcome {
        CardStep::ReadAttributes.expect_ok(response)?;
        let malformed = CardStep::ReadAttributes.malformed();
        let (tag, header_len, value_len) = header(&response.data).ok_or(malformed)?;
        self.total = header_len + value_len;
        if tag != FILE || self.total > FILE_LEN_MAX || response.data.len() > self.total {
            return Err(malformed);
        }
        self.bytes.reserve_exact(self.total);
        self.bytes.extend_from_slice(&response.data);
        self.go_on()
    }

    fn block(&mut self, response: &Response) -> Outcome {
        CardStep::ReadAttributes.expect_ok(response)?;
        self.reads += 1;
        if response.data.is_empty() || response.data.len() > self.wanted() || self.reads > READS_MAX
        {
            return Err(CardStep::ReadAttributes.malformed());
        }
        self.bytes.extend_from_slice(&response.data);
        self.go_on()
    }

    fn go_on(&mut self) -> Outcome {
        if self.bytes.len() == self.total {
            let found = parse(&self.bytes).ok_or(CardStep::ReadAttributes.malformed())?;
            return Ok(Step::Done(found));
        }
        let offset = u16::try_from(self.bytes.len()).expect("at most FILE_LEN_MAX");
        let len = u16::try_from(self.wanted()).expect("at most BLOCK_LEN");
        Ok(self.go(Stage::Body, card::read_binary(offset, len)))
    }

    fn wanted(&self) -> usize {
        (self.total - self.bytes.len()).min(BLOCK_LEN)
    }
}

/// Shows the step only.
impl fmt::Debug for AttributesFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AttributesFlow({:?})", self.step())
    }
}

/// Tags of two bytes.
const FILE: [u8; 2] = [0xFF, 0x20];
const NAME: [u8; 2] = [0xDF, 0x22];
const ADDRESS: [u8; 2] = [0xDF, 0x23];
const BIRTH_DATE: [u8; 2] = [0xDF, 0x24];
const SEX: [u8; 2] = [0xDF, 0x25];

/// Tag, length of the header, length of the value (BER, minimal, at most two bytes).
fn header(input: &[u8]) -> Option<([u8; 2], usize, usize)> {
    match *input {
        [a, b, short @ 0..=0x7F, ..] => Some(([a, b], 3, usize::from(short))),
        [a, b, 0x81, len @ 0x80..=0xFF, ..] => Some(([a, b], 4, usize::from(len))),
        [a, b, 0x82, high @ 1..=0xFF, low, ..] => {
            Some(([a, b], 5, usize::from(u16::from_be_bytes([high, low]))))
        }
        _ => None,
    }
}

/// Reads the whole file by its tags; the table of offsets in it is not looked at.
fn parse(file: &[u8]) -> Option<CardAttributes> {
    let (tag, start, len) = header(file)?;
    if tag != FILE || file.len() != start + len {
        return None;
    }
    let text = |bytes: &[u8]| {
        let text = std::str::from_utf8(bytes).ok()?;
        let fits = !text.is_empty() && text.chars().count() <= CHARS_MAX;
        (fits && !text.chars().any(char::is_control)).then(|| text.to_owned())
    };
    let (mut name, mut address, mut birth_date, mut sex) = (None, None, None, None);
    let mut rest = &file[start..];
    while !rest.is_empty() {
        let (tag, start, len) = header(rest)?;
        let value = rest.get(start..start + len)?;
        rest = &rest[start + len..];
        let is_twice = match tag {
            NAME => name.replace(text(value)?).is_some(),
            ADDRESS => address.replace(text(value)?).is_some(),
            BIRTH_DATE => birth_date.replace(birth(value)?).is_some(),
            SEX => sex.replace(read_sex(value)?).is_some(),
            _ => false,
        };
        if is_twice {
            return None;
        }
    }
    Some(CardAttributes { name: name?, address: address?, birth_date: birth_date?, sex: sex? })
}

fn birth(value: &[u8]) -> Option<BirthDate> {
    let date = GregorianParts::parse(std::str::from_utf8(value).ok()?)?;
    Some(BirthDate { era: Era::Unknown, year: date.year, month: date.month, day: date.day })
}

fn read_sex(value: &[u8]) -> Option<Sex> {
    match value {
        b"1" => Some(Sex::Male),
        b"2" => Some(Sex::Female),
        [_] => Some(Sex::NotApplicable),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn element(tag: [u8; 2], value: &[u8]) -> Vec<u8> {
        // A short element of our own reader, its one-byte tag replaced.
        let encoded = crate::tlv::encode(0x04, value);
        [&tag[..], &encoded[1..]].concat()
    }

    fn file(elements: &[Vec<u8>]) -> Vec<u8> {
        element(FILE, &elements.concat())
    }

    fn good() -> Vec<Vec<u8>> {
        vec![
            element([0xDF, 0x21], &[0, 14, 0, 32, 0, 89, 0, 100]),
            element(NAME, "試験　花".as_bytes()),
            element(ADDRESS, "徳島県海部郡美波町奥河内字本村１".as_bytes()),
            element(BIRTH_DATE, b"19410315"),
            element(SEX, b"2"),
        ]
    }

    #[test]
    fn four_attributes_are_read_by_their_tags() {
        let found = parse(&file(&good())).expect("well formed");
        assert_eq!((found.name.as_str(), found.sex), ("試験　花", Sex::Female));
        assert_eq!(found.birth_date.digits(), "19410315");
        assert_eq!(format!("{found:?}"), "CardAttributes(..)");
        let mut turned = good();
        turned.reverse();
        assert_eq!(parse(&file(&turned)), Some(found));
    }

    #[test]
    fn what_is_missing_double_or_malformed_is_refused() {
        for left_out in 1..5 {
            let mut elements = good();
            elements.remove(left_out);
            assert_eq!(parse(&file(&elements)), None, "{left_out}");
        }
        let replaced = |at: usize, with: Vec<u8>| {
            let mut elements = good();
            elements[at] = with;
            parse(&file(&elements))
        };
        assert_eq!(replaced(0, element(NAME, b"x")), None);
        assert_eq!(replaced(1, element(NAME, &[0xFF])), None);
        assert_eq!(replaced(1, element(NAME, b"")), None);
        assert_eq!(replaced(3, element(BIRTH_DATE, b"19411315")), None);
        assert_eq!(replaced(4, element(SEX, b"12")), None);
        assert_eq!(parse(&[file(&good()), vec![0]].concat()), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            drop(parse(&bytes));
            drop(parse(&element(FILE, &bytes)));
        }
    }
}
