//! Which channels are joined: the tuned one, those that may come next, and for a while those that
//! were just left.
//!
//! Pure: ids and times in, what to join and to leave out.

use std::time::Duration;

/// Joined channels and since when they are not wanted any more.
#[derive(Debug)]
pub(crate) struct Joins {
    joined: Vec<(String, Option<Duration>)>,
    /// Most channels at the same time.
    limit: usize,
    /// How long an unwanted channel stays joined.
    linger: Duration,
}

/// What to do on the network.
#[derive(Debug, PartialEq, Eq, Default)]
pub(crate) struct Moves {
    /// Channels to join.
    pub(crate) join: Vec<String>,
    /// Channels to leave.
    pub(crate) leave: Vec<String>,
}

impl Joins {
    /// No channel joined yet.
    pub(crate) fn new(limit: usize, linger: Duration) -> Self {
        Self { joined: Vec::new(), limit: limit.max(1), linger }
    }

    /// The wanted channels, most important first; those beyond the limit are not joined.
    pub(crate) fn want<'a>(
        &mut self,
        now: Duration,
        wanted: impl IntoIterator<Item = &'a str>,
    ) -> Moves {
        let mut kept: Vec<&str> = Vec::new();
        for id in wanted {
            if kept.len() < self.limit && !kept.contains(&id) {
                kept.push(id);
            }
        }
        for (id, unwanted) in &mut self.joined {
            *unwanted =
                if kept.contains(&id.as_str()) { None } else { Some(unwanted.unwrap_or(now)) };
        }
        let joined = |id: &str| self.joined.iter().any(|(known, _)| known == id);
        let join: Vec<String> =
            kept.into_iter().filter(|id| !joined(id)).map(str::to_owned).collect();
        self.joined.extend(join.iter().map(|id| (id.clone(), None)));
        Moves { join, leave: self.leave_late(now) }
    }

    /// Channels whose time has come.
    pub(crate) fn leave_late(&mut self, now: Duration) -> Vec<String> {
        let mut excess = self.joined.len().saturating_sub(self.limit);
        // Those unwanted for longest go first.
        self.joined.sort_by_key(|(_, unwanted)| unwanted.unwrap_or(Duration::MAX));
        let mut leave = Vec::new();
        self.joined.retain(|(id, unwanted)| {
            let late = unwanted.is_some_and(|since| now.saturating_sub(since) >= self.linger);
            let surplus = unwanted.is_some() && excess > 0;
            if late || surplus {
                excess = excess.saturating_sub(1);
                leave.push(id.clone());
            }
            !(late || surplus)
        });
        leave
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn moves(join: &[&str], leave: &[&str]) -> Moves {
        let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        Moves { join: owned(join), leave: owned(leave) }
    }

    #[test]
    fn a_channel_left_for_a_moment_stays_joined() {
        let mut joins = Joins::new(4, SECOND * 5);
        assert_eq!(joins.want(SECOND, ["one", "two"]), moves(&["one", "two"], &[]));
        assert_eq!(joins.want(SECOND * 2, ["two", "three"]), moves(&["three"], &[]));
        assert_eq!(joins.want(SECOND * 6, ["one", "two"]), moves(&[], &[]));
        assert_eq!(joins.leave_late(SECOND * 10), Vec::<String>::new());
        assert_eq!(joins.leave_late(SECOND * 11), ["three"]);
    }

    #[test]
    fn the_limit_counts_lingering_channels_too() {
        let mut joins = Joins::new(2, SECOND * 5);
        assert_eq!(joins.want(SECOND, ["one", "two", "three"]), moves(&["one", "two"], &[]));
        assert_eq!(joins.want(SECOND * 2, ["three"]), moves(&["three"], &["one"]));
    }

    proptest! {
        #[test]
        fn joined_is_what_was_joined_and_not_left(wishes in prop::collection::vec((0_u32..4, prop::collection::vec(0_usize..6, 0..6)), 0..40)) {
            let names = ["a", "b", "c", "d", "e", "f"];
            let mut joins = Joins::new(3, SECOND * 5);
            let mut joined: Vec<String> = Vec::new();
            let mut now = Duration::ZERO;
            for (pause, wish) in wishes {
                now += SECOND * pause;
                let moves = joins.want(now, wish.iter().map(|index| names[*index]));
                joined.extend(moves.join);
                joined.retain(|id| !moves.leave.contains(id));
                prop_assert!(joined.len() <= 3);
                if let Some(first) = wish.first() {
                    prop_assert!(joined.iter().any(|id| id == names[*first]));
                }
                let mut known: Vec<&String> = joins.joined.iter().map(|(id, _)| id).collect();
                known.sort();
                joined.sort();
                prop_assert_eq!(known, joined.iter().collect::<Vec<_>>());
            }
        }
    }
}
