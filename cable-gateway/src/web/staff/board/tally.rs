//! Figures of a board and the bar that shows them.

use crate::store::board::Counts;

const KEPT_BACK: &str = "fill-kept-back";

/// Figures for the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web::staff) struct Tally {
    pub(in crate::web::staff) homes: u32,
    pub(in crate::web::staff) reached: u32,
    pub(in crate::web::staff) answered: u32,
    pub(in crate::web::staff) need_help: u32,
    /// Called for help, dealt with.
    pub(in crate::web::staff) helped: u32,
    pub(in crate::web::staff) leaving: u32,
    pub(in crate::web::staff) staying: u32,
    /// Reached, without an answer.
    pub(in crate::web::staff) silent: u32,
    /// Not even reached, although nothing keeps it back.
    pub(in crate::web::staff) unreached: u32,
    /// Homes that show an actual order instead of this drill: as it should be, so they are counted apart.
    pub(in crate::web::staff) kept_back: u32,
    /// Homes that answered before another order changed.
    pub(in crate::web::staff) before_change: u32,
    pub(in crate::web::staff) bar: Bar,
}

/// A bar in thousandths of its width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web::staff) struct Bar {
    pub(in crate::web::staff) label: String,
    pub(in crate::web::staff) parts: Vec<Part>,
}

/// One part of the bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web::staff) struct Part {
    pub(in crate::web::staff) class: &'static str,
    pub(in crate::web::staff) x: u32,
    pub(in crate::web::staff) width: u32,
}

impl Tally {
    /// From the counts of the store.
    pub(in crate::web::staff) fn of(counts: &Counts) -> Self {
        let answered = counts.need_help + counts.helped + counts.leaving + counts.staying;
        // An answer proves reception, even when the receipt is still on its way.
        let reached = counts.reached.max(answered);
        // A home that answers was reached, whatever it said before.
        let kept_back = counts.kept_back.min(counts.homes.saturating_sub(reached));
        let unreached = counts.homes.saturating_sub(reached + kept_back);
        let silent = reached - answered;
        let shares = [
            ("fill-help", "助けが必要", counts.need_help),
            ("fill-helped", "対応済み", counts.helped),
            ("fill-silent", "未回答", silent),
            ("fill-staying", "家にいます", counts.staying),
            ("fill-leaving", "避難します", counts.leaving),
            (KEPT_BACK, "訓練を出していません", kept_back),
            ("fill-unreached", "届いていない", unreached),
        ];
        Self {
            homes: counts.homes,
            reached,
            answered,
            need_help: counts.need_help,
            helped: counts.helped,
            leaving: counts.leaving,
            staying: counts.staying,
            silent,
            unreached,
            kept_back: counts.kept_back,
            before_change: counts.before_change,
            bar: bar(counts.homes, &shares),
        }
    }
}

fn bar(homes: u32, shares: &[(&'static str, &str, u32)]) -> Bar {
    // Most orders are no drills: nothing is said of what cannot be.
    let told = shares.iter().filter(|(class, _, count)| *class != KEPT_BACK || *count > 0);
    let words: Vec<_> = told.map(|(_, word, count)| format!("{word} {count}世帯")).collect();
    let mut parts = Vec::new();
    let mut before = 0;
    for (class, _, count) in shares {
        let (from, to) = (thousandths(before, homes), thousandths(before + count, homes));
        before += count;
        if to > from {
            // A hair of space keeps neighbours apart without relying on their colours.
            let gap = if to < 1000 && to - from > 6 { 3 } else { 0 };
            parts.push(Part { class, x: from, width: to - from - gap });
        }
    }
    Bar { label: format!("対象 {homes}世帯。{}", words.join("、")), parts }
}

fn thousandths(count: u32, of: u32) -> u32 {
    let share = (u64::from(count) * 1000).checked_div(u64::from(of)).unwrap_or(0);
    u32::try_from(share.min(1000)).unwrap_or(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_home_is_counted_once_and_fills_the_bar() {
        let counts = Counts {
            homes: 12,
            received: 9,
            shown: 8,
            reached: 9,
            kept_back: 1,
            before_change: 1,
            leaving: 3,
            helped: 1,
            need_help: 1,
            staying: 2,
            unanswered: 5,
        };
        let tally = Tally::of(&counts);
        assert_eq!((tally.answered, tally.reached, tally.silent), (7, 9, 2));
        assert_eq!((tally.unreached, tally.kept_back), (2, 1), "a drill kept back is not lost");
        let last = tally.bar.parts.last().expect("a part");
        assert_eq!(last.x + last.width, 1000);
        assert_eq!(tally.bar.parts.len(), 7);
    }

    #[test]
    fn an_answer_without_a_receipt_still_counts_as_reached() {
        let counts = Counts { homes: 3, leaving: 1, unanswered: 2, ..Counts::default() };
        let tally = Tally::of(&counts);
        assert_eq!((tally.reached, tally.silent, tally.unreached), (1, 0, 2));
        assert!(!tally.bar.label.contains("訓練"), "{}", tally.bar.label);
        assert_eq!(Tally::of(&Counts::default()).bar.parts, Vec::new());
    }
}
