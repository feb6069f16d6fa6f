//! In which order a nurse looks at today's answers. Pure: time comes in.
//!
//! "No answer" and "the box does not answer" are different things with different things to do: the
//! second may be a power cut, a pulled plug, or a fault of the line, and the answer may still lie in
//! the box.

/// How a person stands in today's check-in; the first is looked at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// No answer for three days or more, whatever the reason.
    MissedThree,
    /// Not well, or wants to be called.
    Urgent,
    /// No answer for two days.
    MissedTwo,
    /// No answer today, and nothing is heard of the home's box.
    Silent,
    /// No answer although the day's last hour for it has passed.
    Missed,
    /// Answered after the window.
    Late,
    /// Still has time to answer.
    NotYet,
    /// Answered in the window.
    Done,
    /// Took the answer back.
    Withdrawn,
    /// The home has no box.
    NoBox,
}

impl Standing {
    /// All, in the order of the list.
    pub const ALL: [Self; 10] = [
        Self::MissedThree,
        Self::Urgent,
        Self::MissedTwo,
        Self::Silent,
        Self::Missed,
        Self::Late,
        Self::NotYet,
        Self::Done,
        Self::Withdrawn,
        Self::NoBox,
    ];

    /// Code in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Self::MissedThree => "missed-three",
            Self::Urgent => "urgent",
            Self::MissedTwo => "missed-two",
            Self::Silent => "silent",
            Self::Missed => "missed",
            Self::Late => "late",
            Self::NotYet => "not-yet",
            Self::Done => "done",
            Self::Withdrawn => "withdrawn",
            Self::NoBox => "no-box",
        }
    }

    /// Reads a [`code`](Self::code).
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.code() == code)
    }
}

/// The day's hours, in minutes after local midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// From here on an answer is late.
    pub late_from: u32,
    /// From here on a missing answer is missed.
    pub missed_from: u32,
}

impl Default for Hours {
    fn default() -> Self {
        Self { late_from: 10 * 60, missed_from: 12 * 60 }
    }
}

/// What is known of one person today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Today {
    /// Today's newest answer that was not taken back.
    pub answer: Option<Answer>,
    /// Whether an answer was taken back today.
    pub withdrawn: bool,
    /// Days, today included, since the day of the newest answer, or of the box's enrolment when
    /// there is none.
    pub days_since: u32,
    /// The box of the home.
    pub home: Home,
}

/// What is heard of a home's box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// It is connected, or was a moment ago.
    Heard,
    /// Nothing is heard of it.
    Silent,
    /// There is none.
    None,
}

/// One answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Not well, or wants to be called.
    pub urgent: bool,
    /// Minutes after local midnight at which it was given.
    pub minute: u32,
}

/// Days without an answer that are over at `now_minute`: today counts from its last hour on.
pub fn missed_days(today: Today, now_minute: u32, hours: Hours) -> u32 {
    match today.answer {
        Some(_) => 0,
        None if now_minute >= hours.missed_from => today.days_since,
        None => today.days_since.saturating_sub(1),
    }
}

/// How the person stands at `now_minute` after local midnight.
pub fn standing(today: Today, now_minute: u32, hours: Hours) -> Standing {
    match today.answer {
        Some(answer) if answer.urgent => return Standing::Urgent,
        Some(answer) if answer.minute >= hours.late_from => return Standing::Late,
        Some(_) => return Standing::Done,
        None => {}
    }
    if today.withdrawn {
        return Standing::Withdrawn;
    }
    match (today.home, missed_days(today, now_minute, hours)) {
        (Home::None, _) => Standing::NoBox,
        (_, 3..) => Standing::MissedThree,
        (_, 2) => Standing::MissedTwo,
        (Home::Silent, _) => Standing::Silent,
        (Home::Heard, _) if now_minute >= hours.missed_from => Standing::Missed,
        (Home::Heard, _) => Standing::NotYet,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MORNING: u32 = 11 * 60 + 59;
    const NOON: u32 = 12 * 60;

    #[track_caller]
    fn check(answer: Option<(bool, u32)>, withdrawn: bool, now: u32, expected: Standing) {
        let answer = answer.map(|(urgent, minute)| Answer { urgent, minute });
        let today = Today { answer, withdrawn, days_since: 1, home: Home::Heard };
        assert_eq!(standing(today, now, Hours::default()), expected, "{today:?} at {now}");
    }

    #[test]
    fn the_day_of_one_person() {
        check(None, false, MORNING, Standing::NotYet);
        check(None, false, NOON, Standing::Missed);
        check(Some((false, 9 * 60 + 59)), false, NOON, Standing::Done);
        check(Some((false, 10 * 60)), false, NOON, Standing::Late);
        check(Some((true, 10 * 60)), false, NOON, Standing::Urgent);
        check(None, true, NOON, Standing::Withdrawn);
        check(Some((false, 9 * 60)), true, NOON, Standing::Done);
    }

    #[track_caller]
    fn check_days(days_since: u32, home: Home, now: u32, expected: Standing) {
        let today = Today { answer: None, withdrawn: false, days_since, home };
        assert_eq!(standing(today, now, Hours::default()), expected, "{today:?} at {now}");
    }

    #[test]
    fn days_without_an_answer_add_up_at_noon() {
        check_days(2, Home::Heard, MORNING, Standing::NotYet);
        check_days(2, Home::Heard, NOON, Standing::MissedTwo);
        check_days(3, Home::Heard, MORNING, Standing::MissedTwo);
        check_days(3, Home::Heard, NOON, Standing::MissedThree);
        check_days(40, Home::Heard, MORNING, Standing::MissedThree);
    }

    #[test]
    fn a_silent_box_is_not_a_missing_answer_until_it_lasts() {
        check_days(1, Home::Silent, MORNING, Standing::Silent);
        check_days(1, Home::Silent, NOON, Standing::Silent);
        check_days(2, Home::Silent, NOON, Standing::MissedTwo);
        check_days(3, Home::Silent, NOON, Standing::MissedThree);
        check_days(40, Home::None, NOON, Standing::NoBox);
    }

    #[test]
    fn an_answer_ends_every_count() {
        let answer = Some(Answer { urgent: false, minute: 9 * 60 });
        let today = Today { answer, withdrawn: false, days_since: 9, home: Home::Silent };
        assert_eq!(missed_days(today, NOON, Hours::default()), 0);
        assert_eq!(standing(today, NOON, Hours::default()), Standing::Done);
    }

    #[test]
    fn the_list_begins_with_those_who_need_somebody() {
        let mut all = Standing::ALL;
        all.sort();
        assert_eq!(all, Standing::ALL);
        assert!(Standing::ALL.iter().all(|s| Standing::from_code(s.code()) == Some(*s)));
    }
}
