//! What was painted, and what was waiting for it: marks, and the first painting of a takeover.

use stb_core::{
    effect::Effect,
    event::{Event, OrderPath, PlayerState},
    key::RemoteKey,
    view::{BannerView, Body, Icon, PageKind, PageView, Reached, TakeoverStage, View},
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
    painted_change: u64,
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
    /// Whether the page shows a table, which may come later than the page.
    has_rows: bool,
    order_id: Option<String>,
    stage: Option<TakeoverStage>,
    /// Which of [`SUBJECTS`] are still going on.
    on_its_way: [bool; SUBJECTS.len()],
}

/// What takes its time: the picture of a channel, a check-in, an answer to an order.
const SUBJECTS: [&str; 3] = ["channel", "check-in", "answer"];

fn on_its_way(view: &View) -> [bool; SUBJECTS.len()] {
    let tunes = matches!(view.banner, Some(BannerView::Channel { state: Some(_), .. }));
    let saves = view.page.as_ref().is_some_and(|page| {
        page.kind == PageKind::CheckInDone && page.body == Body::Picture(Icon::Clock)
    });
    let answered = view.takeover.as_ref().and_then(|takeover| takeover.answered.as_ref());
    let sends = answered.is_some_and(|answered| answered.reached == Reached::NotYet);
    [tunes, saves, sends]
}

/// What a painted frame means.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Painted {
    /// Nothing was painted before.
    pub(super) first: bool,
    /// The order that is on the screen now and was not before.
    pub(super) takeover: Option<String>,
}

impl Progress {
    pub(super) fn new(marks: Marks) -> Self {
        Self { marks, waiting: Vec::new(), applied: Vec::new(), painted: None, painted_change: 0 }
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
            Event::PlayerChanged { channel_id, state: PlayerState::FirstPicture } => {
                self.marks.record(Mark::ZapFirstPicture, channel_id);
            }
            _ => {}
        }
    }

    pub(super) fn effect(&self, effect: &Effect) {
        if let Effect::Tune(channel) = effect {
            self.marks.record(Mark::ZapRequested, &channel.channel_id);
        }
    }

    /// While digits or characters are typed the mark does not say which key it was.
    pub(super) fn key(&mut self, key: RemoteKey, at_us: i64, before: &View, after: &View) {
        let kind = |view: &View| view.page.as_ref().map(|page: &PageView| page.kind);
        let at_pin = kind(before) == Some(PageKind::Pin);
        let name = if kind(before).is_some_and(PageKind::takes_characters) {
            "hidden".to_owned()
        } else {
            format!("{key:?}")
        };
        self.marks.record_at(Mark::KeyReceived, at_us, &name);
        self.wait(Mark::KeyPainted, name);
        if at_pin && kind(after) == Some(PageKind::CardBusy) {
            self.marks.record_at(Mark::PinLastDigit, at_us, "");
        }
    }

    /// This view is on the way to the screen as the change of this number.
    pub(super) fn applied(&mut self, view: &View, change: u64) {
        if change <= self.painted_change {
            // Nothing on the screen changed: no frame will ever show what was waited for.
            self.waiting.retain(|waiting| waiting.change.is_some());
            return;
        }
        for waiting in &mut self.waiting {
            waiting.change.get_or_insert(change);
        }
        if self.applied.last().is_some_and(|(number, _)| *number >= change) {
            return;
        }
        let page = view.page.as_ref().map(|page| page.kind);
        let takeover = view.takeover.as_ref();
        let order_id = takeover.map(|takeover| takeover.order_id.clone());
        let stage = takeover.map(|takeover| takeover.stage);
        let has_rows =
            view.page.as_ref().is_some_and(|page| matches!(page.body, Body::Rows { .. }));
        let on_its_way = on_its_way(view);
        self.applied.push((change, Seen { page, has_rows, order_id, stage, on_its_way }));
        if self.applied.len() > WAITING_MAX {
            self.applied.remove(0);
        }
    }

    /// The frame of this change was painted.
    pub(super) fn painted(&mut self, change: u64) -> Painted {
        self.painted_change = self.painted_change.max(change);
        for waiting in self.waiting.extract_if(.., |one| one.change.is_some_and(|at| at <= change))
        {
            self.marks.record(waiting.mark, &waiting.detail);
        }
        let newest = self.applied.iter().rposition(|(number, _)| *number <= change);
        let Some((_, seen)) = newest.and_then(|index| self.applied.drain(..=index).next_back())
        else {
            return Painted { first: false, takeover: None };
        };
        let painted = Painted {
            first: self.painted.is_none(),
            takeover: seen.order_id.clone().filter(|_| {
                self.painted.as_ref().is_none_or(|before| before.order_id != seen.order_id)
            }),
        };
        self.mark_changes(&seen);
        let greets = seen.page == Some(PageKind::Welcome)
            && self.painted.as_ref().is_none_or(|before| before.page != seen.page);
        if greets {
            self.marks.record(Mark::GreetingPainted, "");
        }
        if let Some(order_id) = &painted.takeover {
            self.marks.record(Mark::TakeoverPainted, order_id);
        }
        self.painted = Some(seen);
        painted
    }

    /// Pages and sizes of an order, for whoever follows the screen by its marks.
    fn mark_changes(&self, seen: &Seen) {
        let before = self.painted.as_ref();
        if let Some(page) =
            seen.page.filter(|page| before.and_then(|seen| seen.page) != Some(*page))
        {
            self.marks.record(Mark::PagePainted, &format!("{page:?}"));
        }
        let nothing = [false; SUBJECTS.len()];
        let were = before.map_or(nothing, |before| before.on_its_way);
        for ((subject, was), is) in SUBJECTS.iter().zip(were).zip(seen.on_its_way) {
            match (was, is) {
                (false, true) => self.marks.record(Mark::OnItsWayPainted, subject),
                (true, false) => self.marks.record(Mark::SettledPainted, subject),
                _ => {}
            }
        }
        if seen.has_rows && !before.is_some_and(|before| before.has_rows) {
            self.marks.record(Mark::RowsPainted, "");
        }
        if let Some(stage) = seen.stage.filter(|_| {
            before.is_none_or(|before| {
                (before.stage, &before.order_id) != (seen.stage, &seen.order_id)
            })
        }) {
            self.marks.record(Mark::TakeoverStagePainted, &format!("{stage:?}"));
        }
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
    Some(evacuation::codec::decode(payload).ok()?.id.to_string())
}

#[cfg(test)]
mod tests {
    use stb_core::view::{Language, PictureView, TextScale};

    use super::*;

    fn view() -> View {
        View {
            scale: TextScale::Normal,
            language: Language::Ja,
            picture: PictureView { notice: None, covered: false },
            hint: None,
            banner: None,
            page: None,
            toast: None,
            takeover: None,
        }
    }

    struct Bench {
        progress: Progress,
        file: tempfile::NamedTempFile,
    }

    fn bench() -> std::io::Result<Bench> {
        let file = tempfile::NamedTempFile::new()?;
        Ok(Bench { progress: Progress::new(Marks::to_file(file.path())?), file })
    }

    impl Bench {
        fn key(&mut self) {
            self.progress.key(RemoteKey::Up, 1, &view(), &view());
        }

        fn marked(&self) -> Vec<String> {
            let text = std::fs::read_to_string(self.file.path()).expect("the marks");
            text.lines()
                .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
                .filter_map(|line| line["mark"].as_str().map(str::to_owned))
                .collect()
        }
    }

    #[test]
    fn a_key_is_painted_with_the_first_frame_that_shows_its_change() -> std::io::Result<()> {
        let mut bench = bench()?;
        bench.progress.applied(&view(), 1);
        assert!(bench.progress.painted(1).first);
        bench.key();
        bench.progress.applied(&view(), 2);
        assert_eq!(bench.marked(), ["key-received"]);
        assert!(!bench.progress.painted(2).first);
        assert_eq!(bench.marked(), ["key-received", "key-painted"]);
        Ok(())
    }

    #[test]
    fn what_takes_its_time_is_marked_when_it_is_seen_to_be_done() -> std::io::Result<()> {
        let mut bench = bench()?;
        let tuning =
            |state| BannerView::Channel { number: "1".into(), name: "美波".into(), state };
        let banners = [
            Some(tuning(Some(stb_core::phrase::say::tuning()))),
            Some(tuning(Some(stb_core::phrase::say::no_signal()))),
            Some(tuning(None)),
            None,
        ];
        for (change, banner) in (1..).zip(banners) {
            bench.progress.applied(&View { banner, ..view() }, change);
            bench.progress.painted(change);
        }
        assert_eq!(bench.marked(), ["on-its-way-painted", "settled-painted"]);
        Ok(())
    }

    #[test]
    fn a_key_that_changes_nothing_is_not_painted_by_a_later_frame() -> std::io::Result<()> {
        let mut bench = bench()?;
        bench.progress.applied(&view(), 1);
        bench.progress.painted(1);
        bench.key();
        bench.progress.applied(&view(), 1);
        bench.progress.applied(&view(), 2);
        bench.progress.painted(2);
        assert_eq!(bench.marked(), ["key-received"]);
        Ok(())
    }
}
