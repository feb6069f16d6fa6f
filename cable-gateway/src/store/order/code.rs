//! Codes under which an order's mode, act and shelter states are stored, posted and shown: the one
//! place that knows them.

use evacuation::{
    order::{Act, Mode},
    shelter::ShelterState,
};

/// Code of a mode.
pub fn mode_code(mode: Mode) -> &'static str {
    match mode {
        Mode::Actual => "actual",
        Mode::Drill => "drill",
        Mode::Test => "test",
    }
}

/// Reads a [`mode_code`].
pub fn mode_from_code(code: &str) -> Option<Mode> {
    [Mode::Actual, Mode::Drill, Mode::Test].into_iter().find(|mode| mode_code(*mode) == code)
}

/// Code of what an order does.
pub fn act_code(act: Act) -> &'static str {
    match act {
        Act::Issue => "issue",
        Act::Update => "update",
        Act::Lift => "lift",
        Act::Cancel => "cancel",
    }
}

/// Reads an [`act_code`].
pub fn act_from_code(code: &str) -> Option<Act> {
    [Act::Issue, Act::Update, Act::Lift, Act::Cancel].into_iter().find(|act| act_code(*act) == code)
}

/// Code of a shelter's state.
pub fn state_code(state: ShelterState) -> &'static str {
    match state {
        ShelterState::Open => "open",
        ShelterState::Closed => "closed",
        ShelterState::Full => "full",
    }
}

/// Reads a [`state_code`].
pub fn state_from_code(code: &str) -> Option<ShelterState> {
    let all = [ShelterState::Open, ShelterState::Closed, ShelterState::Full];
    all.into_iter().find(|state| state_code(*state) == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back_and_nothing_else_does() {
        for mode in [Mode::Actual, Mode::Drill, Mode::Test] {
            assert_eq!(mode_from_code(mode_code(mode)), Some(mode));
        }
        for act in [Act::Issue, Act::Update, Act::Lift, Act::Cancel] {
            assert_eq!(act_from_code(act_code(act)), Some(act));
        }
        for state in [ShelterState::Open, ShelterState::Closed, ShelterState::Full] {
            assert_eq!(state_from_code(state_code(state)), Some(state));
        }
        assert_eq!(mode_from_code("Actual"), None);
        assert_eq!(act_from_code(""), None);
        assert_eq!(state_from_code("open "), None);
    }
}
