//! In which order a nurse looks at today's answers. Pure: time comes in.

/// How a person stands in today's check-in; the first is looked at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Not well, or wants to be called.
    Urgent,
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
}

impl Standing {
    /// All, in the order of the list.
    pub const ALL: [Self; 6] =
        [Self::Urgent, Self::Missed, Self::Late, Self::NotYet, Self::Done, Self::Withdrawn];

    /// Code in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::Missed => "missed",
            Self::Late => "late",
            Self::NotYet => "not-yet",
            Self::Done => "done",
            Self::Withdrawn => "withdrawn",
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
    /// The newest answer that was not taken back.
    pub answer: Option<Answer>,
    /// Whether an answer was taken back today.
    pub withdrawn: bool,
}

/// One answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Not well, or wants to be called.
    pub urgent: bool,
    /// Minutes after local midnight at which it was given.
    pub minute: u32,
}

/// How the person stands at `now_minute` after local midnight.
pub fn standing(today: Today, now_minute: u32, hours: Hours) -> Standing {
    match today.answer {
        Some(answer) if answer.urgent => Standing::Urgent,
        Some(answer) if answer.minute >= hours.late_from => Standing::Late,
        Some(_) => Standing::Done,
        None if today.withdrawn => Standing::Withdrawn,
        None if now_minute >= hours.missed_from => Standing::Missed,
        None => Standing::NotYet,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(answer: Option<(bool, u32)>, withdrawn: bool, now: u32, expected: Standing) {
        let answer = answer.map(|(urgent, minute)| Answer { urgent, minute });
        let found = standing(Today { answer, withdrawn }, now, Hours::default());
        assert_eq!(found, expected, "{answer:?} withdrawn {withdrawn} at {now}");
    }

    #[test]
    fn the_day_of_one_person() {
        check(None, false, 11 * 60 + 59, Standing::NotYet);
        check(None, false, 12 * 60, Standing::Missed);
        check(Some((false, 9 * 60 + 59)), false, 720, Standing::Done);
        check(Some((false, 10 * 60)), false, 720, Standing::Late);
        check(Some((true, 10 * 60)), false, 720, Standing::Urgent);
        check(None, true, 720, Standing::Withdrawn);
        check(Some((false, 9 * 60)), true, 720, Standing::Done);
    }

    #[test]
    fn the_list_begins_with_those_who_need_somebody() {
        let mut all = Standing::ALL;
        all.sort();
        assert_eq!(all, Standing::ALL);
        assert_eq!(Standing::ALL[0], Standing::Urgent);
    }
}
