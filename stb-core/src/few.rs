//! A few things that wait, oldest first; what is too many pushes out the oldest.

use std::collections::VecDeque;

/// So many wait at most: nobody leaves more pages while their answers are on the way.
const MOST: usize = 8;

/// What waits.
pub(crate) struct Few<T>(VecDeque<T>);

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T> Few<T> {
    pub(crate) fn push(&mut self, one: T) {
        if self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back(one);
    }

    /// The oldest of all.
    pub(crate) fn take(&mut self) -> Option<T> {
        self.0.pop_front()
    }

    /// The oldest that is meant.
    pub(crate) fn take_if(&mut self, is_meant: impl Fn(&T) -> bool) -> Option<T> {
        let place = self.0.iter().position(is_meant)?;
        self.0.remove(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_first_and_is_pushed_out_first() {
        let mut few = Few::default();
        (0..=MOST).for_each(|one| few.push(one));
        assert_eq!(few.take_if(|one| *one == 3), Some(3));
        assert_eq!(few.take_if(|one| *one == 0), None, "pushed out");
        assert_eq!(few.take(), Some(1));
        assert_eq!(std::iter::from_fn(|| few.take()).count(), MOST - 2);
    }
}
