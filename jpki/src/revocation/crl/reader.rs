//! Reading a list in parts: header, entries, tail, and a hash of what is signed.

use super::{
    CrlRefusal, UnverifiedCrl,
    entry::{self, ENTRY_LEN_MAX},
    scope::CrlExtensions,
};
use crate::{
    algorithm::{RunningDigest, SignatureAlgorithm},
    revocation::{
        both::{both, both_if},
        table::TableBuilder,
    },
    shell, time,
    tlv::{self, BIT_STRING, GENERALIZED_TIME, INTEGER, SEQUENCE, TlvError, UTC_TIME, context},
};

/// Most bytes before the first entry and after the last one.
const MARGIN_LEN_MAX: usize = 64 * 1024;
/// Parts of this size are hashed on one core and read on another.
const PART_LEN: usize = 4 * 1024 * 1024;
/// Below this length a second core is not worth its start.
const ALONE_LEN_MAX: usize = 1024 * 1024;
/// Bytes of a usual entry, to guess their number by.
const ENTRY_LEN_USUAL: usize = 33;

/// Limits of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrlLimits {
    /// Most entries. Memory grows with the entries that come, never with a promised length.
    pub entries_max: usize,
    /// Most bytes.
    pub len_max: usize,
}

impl Default for CrlLimits {
    /// Four times the budget of a nation: 20 million entries, 1 GiB.
    fn default() -> Self {
        Self { entries_max: 20_000_000, len_max: 1 << 30 }
    }
}

/// Takes a list in parts of any size.
pub struct CrlReader {
    limits: CrlLimits,
    stage: Stage,
    /// What could not be read yet for want of what follows.
    pending: Vec<u8>,
    taken: usize,
    table: TableBuilder,
}

enum Stage {
    Header,
    Body(Box<Body>),
}

/// What the header promised and how much of it came.
struct Body {
    header: Header,
    digest: RunningDigest,
    signed_left: usize,
    entries_left: usize,
}

struct Header {
    algorithm: SignatureAlgorithm,
    issuer_der: Vec<u8>,
    this_update: i64,
    next_update: i64,
    /// Of the whole list.
    total_len: usize,
    /// Where the signed part begins, where it ends, where its entries begin, how long they are.
    signed: (usize, usize),
    entries_start: usize,
    entries_len: usize,
}

impl CrlReader {
    /// Ready for the first part.
    pub fn new(limits: CrlLimits) -> Self {
        Self {
            limits,
            stage: Stage::Header,
            pending: Vec::new(),
            taken: 0,
            table: TableBuilder::new(limits.entries_max),
        }
    }

    /// Takes the next part.
    pub fn feed(&mut self, mut bytes: &[u8]) -> Result<(), CrlRefusal> {
        while !bytes.is_empty() {
            let length_max = match self.stage {
                Stage::Header => MARGIN_LEN_MAX,
                Stage::Body(_) => PART_LEN,
            };
            let (part, rest) = bytes.split_at(bytes.len().min(length_max));
            bytes = rest;
            self.taken += part.len();
            if self.taken > self.limits.len_max {
                return Err(CrlRefusal::TooLong);
            }
            match self.stage {
                Stage::Header => self.take_header(part)?,
                Stage::Body(_) => self.take_body(part)?,
            }
        }
        Ok(())
    }

    /// Takes all parts that `more` writes into the bytes it is given, until it writes none. The next
    /// one is asked for while the last one is read.
    pub fn feed_from<E: From<CrlRefusal> + Send>(
        &mut self,
        mut more: impl FnMut(&mut [u8]) -> Result<usize, E> + Send,
    ) -> Result<(), E> {
        let (mut part, mut next) = (vec![0; PART_LEN], vec![0; PART_LEN]);
        let mut length = more(&mut part)?;
        while length > 0 {
            let mut asked = Ok(0);
            let bytes = &part[..length.min(PART_LEN)];
            both(|| asked = more(&mut next), || self.feed(bytes))?;
            length = asked?;
            std::mem::swap(&mut part, &mut next);
        }
        Ok(())
    }

    fn take_header(&mut self, part: &[u8]) -> Result<(), CrlRefusal> {
        self.pending.extend_from_slice(part);
        let header = match Header::parse(&self.pending)? {
            Some(header) => header,
            None if self.pending.len() > MARGIN_LEN_MAX => return Err(CrlRefusal::Malformed),
            None => return Ok(()),
        };
        let bytes = std::mem::take(&mut self.pending);
        let (start, end) = header.signed;
        let mut digest = RunningDigest::new(header.algorithm);
        digest.update(&bytes[start..header.entries_start]);
        self.table.expect_entries(bytes.len() / ENTRY_LEN_USUAL);
        let body = Body {
            signed_left: end - header.entries_start,
            entries_left: header.entries_len,
            digest,
            header,
        };
        let rest = bytes[body.header.entries_start..].to_vec();
        self.stage = Stage::Body(Box::new(body));
        self.take_body(&rest)
    }

    fn take_body(&mut self, part: &[u8]) -> Result<(), CrlRefusal> {
        let Stage::Body(body) = &mut self.stage else {
            return Err(CrlRefusal::Malformed);
        };
        let Body { digest, signed_left, entries_left, .. } = &mut **body;
        let signed = &part[..part.len().min(*signed_left)];
        *signed_left -= signed.len();
        let hash = || digest.update(signed);
        let read = || match *entries_left {
            0 => Ok(part),
            _ => take_entries(part, &mut self.pending, entries_left, &mut self.table),
        };
        let rest = both_if(signed.len() > ALONE_LEN_MAX, hash, read)?;
        if body.entries_left > 0 {
            return Ok(());
        }
        self.pending.extend_from_slice(rest);
        if self.pending.len() > MARGIN_LEN_MAX {
            return Err(CrlRefusal::Malformed);
        }
        Ok(())
    }

    /// The whole list came.
    pub fn finish(self) -> Result<UnverifiedCrl, CrlRefusal> {
        let Stage::Body(body) = self.stage else {
            return Err(CrlRefusal::Malformed);
        };
        let header = body.header;
        if body.entries_left > 0 || body.signed_left > 0 || self.taken != header.total_len {
            return Err(CrlRefusal::Malformed);
        }
        let extensions_len = header.signed.1 - header.entries_start - header.entries_len;
        let (extensions, rest) =
            self.pending.split_at_checked(extensions_len).ok_or(CrlRefusal::Malformed)?;
        let extensions = read_extensions(extensions)?;
        let signature = read_signature(rest, header.algorithm)?;
        Ok(UnverifiedCrl {
            issuer_der: header.issuer_der,
            this_update: header.this_update,
            next_update: header.next_update,
            number: extensions.number.ok_or(CrlRefusal::NoNumber)?,
            authority_key_id: extensions.authority_key_id,
            scope: extensions.scope,
            table: self.table.finish()?,
            digest: body.digest.finish(),
            signature: signature.to_vec(),
        })
    }
}

/// Takes all whole entries and keeps the one that is cut off at the end; returns what follows the
/// last entry.
fn take_entries<'a>(
    part: &'a [u8],
    pending: &mut Vec<u8>,
    left: &mut usize,
    table: &mut TableBuilder,
) -> Result<&'a [u8], CrlRefusal> {
    let mut rest = part;
    if !pending.is_empty() {
        let held = pending.len();
        pending.extend_from_slice(&rest[..rest.len().min(ENTRY_LEN_MAX)]);
        let within = pending.len().min(*left);
        match entry::take(&pending[..within], table)? {
            None if within == *left => return Err(CrlRefusal::Malformed),
            None => return Ok(&[]),
            Some(length) => {
                *left -= length;
                rest = &rest[length - held..];
                pending.clear();
            }
        }
    }
    while *left > 0 {
        let within = &rest[..rest.len().min(*left)];
        match entry::take(within, table)? {
            None if within.len() == *left => return Err(CrlRefusal::Malformed),
            None => {
                pending.extend_from_slice(rest);
                return Ok(&[]);
            }
            Some(length) => {
                *left -= length;
                rest = &rest[length..];
            }
        }
    }
    Ok(rest)
}

fn read_extensions(der: &[u8]) -> Result<CrlExtensions, CrlRefusal> {
    if der.is_empty() {
        return Ok(CrlExtensions::default());
    }
    let explicit = tlv::read_only(der, context(0)).map_err(|_| CrlRefusal::Malformed)?;
    CrlExtensions::parse(explicit.value)
}

fn read_signature(der: &[u8], algorithm: SignatureAlgorithm) -> Result<&[u8], CrlRefusal> {
    let malformed = |_| CrlRefusal::Malformed;
    let (outer, rest) = tlv::read_tagged(der, SEQUENCE).map_err(malformed)?;
    if outer.raw != algorithm.identifier() {
        return Err(CrlRefusal::UnsupportedAlgorithm);
    }
    let signature = tlv::read_only(rest, BIT_STRING).map_err(malformed)?;
    shell::whole_bytes(signature.value).ok_or(CrlRefusal::Malformed)
}

impl Header {
    /// Reads everything before the first entry; none when the input ends before that.
    fn parse(input: &[u8]) -> Result<Option<Self>, CrlRefusal> {
        match Self::read(input) {
            Ok(header) => header.map(Some),
            Err(TlvError::Truncated) => Ok(None),
            Err(_) => Err(CrlRefusal::Malformed),
        }
    }

    fn read(input: &[u8]) -> Result<Result<Self, CrlRefusal>, TlvError> {
        let (start, total_len) = enter(input, 0)?;
        let (content, signed_end) = enter(input, start)?;
        let rest = &input[content..];
        let (version, rest) = tlv::read_optional(rest, INTEGER)?;
        let (algorithm, rest) = tlv::read_tagged(rest, SEQUENCE)?;
        let (issuer, rest) = tlv::read_tagged(rest, SEQUENCE)?;
        let (this_update, rest) = tlv::read(rest)?;
        let (next_update, rest) = read_time(rest)?;
        let at = input.len() - rest.len();
        let (entries_start, entries_len) = entries(input, at, signed_end)?;
        let is_within = signed_end <= total_len && entries_start + entries_len <= signed_end;
        if !is_within || version.is_none_or(|version| version.value != [1]) {
            return Ok(Err(CrlRefusal::Malformed));
        }
        let Some(algorithm) = SignatureAlgorithm::from_identifier(algorithm.raw) else {
            return Ok(Err(CrlRefusal::UnsupportedAlgorithm));
        };
        let Some(next_update) = next_update else { return Ok(Err(CrlRefusal::NoNextUpdate)) };
        let times = (time::parse(&this_update), time::parse(&next_update));
        let (Some(this_update), Some(next_update)) = times else {
            return Ok(Err(CrlRefusal::Malformed));
        };
        Ok(Ok(Self {
            algorithm,
            issuer_der: issuer.raw.to_vec(),
            this_update,
            next_update,
            total_len,
            signed: (start, signed_end),
            entries_start,
            entries_len,
        }))
    }
}

fn read_time(input: &[u8]) -> Result<(Option<tlv::Element<'_>>, &[u8]), TlvError> {
    match input.first() {
        None => Err(TlvError::Truncated),
        Some(&tag @ (UTC_TIME | GENERALIZED_TIME)) => tlv::read_optional(input, tag),
        Some(_) => Ok((None, input)),
    }
}

/// Start of the content and end of the SEQUENCE that begins here; its content need not be there.
fn enter(input: &[u8], at: usize) -> Result<(usize, usize), TlvError> {
    let (tag, header_len, length) = tlv::header(&input[at..])?;
    if tag != SEQUENCE {
        return Err(TlvError::WrongTag { expected: SEQUENCE, found: tag });
    }
    let content = at + header_len;
    Ok((content, content.checked_add(length).ok_or(TlvError::BadLength)?))
}

/// Start and length of the entries; a list without any has none.
fn entries(input: &[u8], at: usize, signed_end: usize) -> Result<(usize, usize), TlvError> {
    if at >= signed_end {
        return Ok((at, 0));
    }
    match input.get(at) {
        None => Err(TlvError::Truncated),
        Some(&SEQUENCE) => enter(input, at).map(|(content, end)| (content, end - content)),
        Some(_) => Ok((at, 0)),
    }
}
