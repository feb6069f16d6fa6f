//! What was painted, and what was waiting for it: marks, and the first painting of a takeover.

use stb_core::{
    event::{Event, OrderPath, PlayerState},
    key::RemoteKey,
    view::{PageKind, PageView, View},
};

use crate::marks::{Mark, Marks};

/// More marks than this never wait for one frame.
const WAITING_MAX: usize = 64;

/// What the frames told so far.
#[derive(Debug)]
pub(super) struct Progress {
    marks: Marks,
    waiting: Vec<Waiting>,
    /// The view of each change that is not yet painted, oldest first.
    applied: Vec<(u64, Seen)>,
    painted: Option<Seen>,
}

#[derive(Debug)]
struct Waiting {
    mark: Mark,
    detail: String,
    change: Option<u64>,
}

/// What of a view decides about marks.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    page: Option<PageKind>,
    order_id: Option<String>,
}

/// What a painted frame means.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Painted {
    /// Nothing was painted before.
    pub(super) first: bool,
    /// Another order than before is on the screen.
    pub(super) takeover: bool,
}

impl Progress {
    pub(super) fn new(marks: Marks) -> Self {
        Self { marks, waiting: Vec::new(), applied: Vec::new(), painted: None }
    }

    pub(super) fn event(&mut self, event: &Event) {
        if !self.marks.are_on() {
            return;
        }
        match event {
            Event::Restored(_) => self.marks.record(Mark::Restored, ""),
            Event::OrderArrived { bytes, path } => {
                let order_id = claimed_order_id(bytes).unwrap_or_else(|| "unreadable".to_owned());
                let path = match path {
                    OrderPath::Stream => "stream",
                    OrderPath::Multicast => "multicast",
                    OrderPath::Fetched => "fetched",
                };
                self.marks.record(Mark::OrderArrived, &format!("{order_id} {path}"));
            }
            Event::PlayerChanged { channel_id, state: PlayerState::Tuning } => {
                self.marks.record(Mark::ZapRequested, channel_id);
            }
            Event::PlayerChanged { channel_id, state: PlayerState::FirstPicture } => {
                self.marks.record(Mark::ZapFirstPicture, channel_id);
            }
            _ => {}
        }
    }

    /// During PIN entry the mark does not say which key it was.
    pub(super) fn key(&mut self, key: RemoteKey, at_us: i64, before: &View, after: &View) {
        let kind = |view: &View| view.page.as_ref().map(|page: &PageView| page.kind);
        let at_pin = kind(before) == Some(PageKind::Pin);
        let name = if at_pin { "hidden".to_owned() } else { format!("{key:?}") };
        self.marks.record_at(Mark::KeyReceived, at_us, &name);
        self.wait(Mark::KeyPainted, name);
        if at_pin && kind(after) == Some(PageKind::CardBusy) {
            self.marks.record_at(Mark::PinLastDigit, at_us, "");
        }
    }

    /// This view is on the way to the screen as the change of this number.
    pub(super) fn applied(&mut self, view: &View, change: u64) {
        let seen = Seen {
            page: view.page.as_ref().map(|page| page.kind),
            order_id: view.takeover.as_ref().map(|takeover| takeover.order_id.clone()),
        };
        let is_new = self.applied.last().is_none_or(|(number, _)| *number < change);
        if is_new {
            self.applied.push((change, seen));
        }
        for waiting in &mut self.waiting {
            waiting.change.get_or_insert(change);
        }
        if !is_new {
            return;
        }
        if self.applied.len() > WAITING_MAX {
            self.applied.remove(0);
        }
    }

    /// The frame of this change was painted.
    pub(super) fn painted(&mut self, change: u64) -> Painted {
        for waiting in self.waiting.extract_if(.., |one| one.change.is_some_and(|at| at <= change))
        {
            self.marks.record(waiting.mark, &waiting.detail);
        }
        let newest = self.applied.iter().rposition(|(number, _)| *number <= change);
        let Some((_, seen)) = newest.and_then(|index| self.applied.drain(..=index).next_back())
        else {
            return Painted { first: false, takeover: false };
        };
        let painted = Painted {
            first: self.painted.is_none(),
            takeover: seen.order_id.is_some()
                && self.painted.as_ref().is_none_or(|before| before.order_id != seen.order_id),
        };
        let greets = seen.page == Some(PageKind::Welcome)
            && self.painted.as_ref().is_none_or(|before| before.page != seen.page);
        if greets {
            self.marks.record(Mark::GreetingPainted, "");
        }
        if painted.takeover {
            self.marks.record(Mark::TakeoverPainted, seen.order_id.as_deref().unwrap_or_default());
        }
        self.painted = Some(seen);
        painted
    }

    fn wait(&mut self, mark: Mark, detail: String) {
        if self.waiting.len() < WAITING_MAX {
            self.waiting.push(Waiting { mark, detail, change: None });
        }
    }
}

/// The id that the bytes claim, for the mark only: nothing is verified here.
fn claimed_order_id(bytes: &[u8]) -> Option<String> {
    /// Tag, array, protected header with key id, empty unprotected header.
    const HEAD_BYTES: usize = 17;
    let payload = match bytes.get(HEAD_BYTES..)? {
        [0x58, length, rest @ ..] => rest.get(..usize::from(*length))?,
        [0x59, high, low, rest @ ..] => {
            rest.get(..usize::from(u16::from_be_bytes([*high, *low])))?
        }
        _ => return None,
    };
    let order = evacuation::codec::decode(payload).ok()?;
    Some(order.id.0.iter().map(|byte| format!("{byte:02x}")).collect())
}
