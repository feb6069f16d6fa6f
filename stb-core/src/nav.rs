//! Pages and focus: at most three levels, one focus, no way in without a way out (invariant 7).

mod draft;
pub(crate) mod focus;
pub(crate) mod page;

pub(crate) use draft::Draft;
pub(crate) use focus::Direction;
pub(crate) use page::{CardDeed, Choice, Command, Page, Setting, Wipe};

/// The open pages, bottom first; empty means live television.
#[derive(Debug, Default)]
pub(crate) struct Navigator {
    stack: Vec<Screen>,
}

/// One open page with the focus it remembers.
#[derive(Debug)]
pub(crate) struct Screen {
    pub(crate) page: Page,
    pub(crate) focus: usize,
}

/// Home, service, confirmation.
pub(crate) const MAX_LEVELS: usize = 3;

impl Navigator {
    pub(crate) fn top(&self) -> Option<&Screen> {
        self.stack.last()
    }

    pub(crate) fn page(&self) -> Option<&Page> {
        self.top().map(|screen| &screen.page)
    }

    /// Whether the page is open, wherever it lies in the stack.
    pub(crate) fn contains(&self, page: Page) -> bool {
        self.stack.iter().any(|screen| screen.page == page)
    }

    pub(crate) fn is_television(&self) -> bool {
        self.stack.is_empty()
    }

    /// Opens a page above the present one; at the deepest level it takes the present one's place.
    pub(crate) fn open(&mut self, page: Page, focus: usize) {
        if self.stack.len() == MAX_LEVELS {
            self.stack.pop();
        }
        self.stack.push(Screen { page, focus });
    }

    /// Puts a page in the place of the present one, so that 戻る skips what is done.
    pub(crate) fn replace(&mut self, page: Page, focus: usize) {
        self.stack.pop();
        self.stack.push(Screen { page, focus });
    }

    /// One step back; false on live television.
    pub(crate) fn back(&mut self) -> bool {
        self.stack.pop().is_some()
    }

    pub(crate) fn leave_to_television(&mut self) {
        self.stack.clear();
    }

    /// Home anew, with the focus on this tile. Only 戻る finds the tile that was left; after a login the
    /// focus would else lie on ログアウト.
    pub(crate) fn go_home(&mut self, focus: usize) {
        self.stack.clear();
        self.stack.push(Screen { page: Page::Home, focus });
    }

    /// The home page below begins anew: what its focus stood on has changed its meaning.
    pub(crate) fn refocus_home(&mut self, focus: usize) {
        for screen in self.stack.iter_mut().filter(|screen| screen.page == Page::Home) {
            screen.focus = focus;
        }
    }

    pub(crate) fn set_focus(&mut self, focus: usize) {
        if let Some(screen) = self.stack.last_mut() {
            screen.focus = focus;
        }
    }

    /// Removes every page that `keep` does not want, wherever it lies in the stack.
    pub(crate) fn retain(&mut self, keep: impl Fn(&Page) -> bool) {
        self.stack.retain(|screen| keep(&screen.page));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_never_deeper_than_three_levels() {
        let mut navigator = Navigator::default();
        navigator.go_home(0);
        for _ in 0..10 {
            navigator.open(Page::Settings, 0);
        }
        assert_eq!(navigator.stack.len(), MAX_LEVELS);
    }

    #[test]
    fn home_anew_begins_at_the_first_tile() {
        let mut navigator = Navigator::default();
        navigator.go_home(0);
        navigator.set_focus(4);
        navigator.open(Page::Settings, 1);
        assert!(navigator.back());
        assert_eq!(navigator.top().map(|screen| screen.focus), Some(4), "戻る finds what was left");
        navigator.go_home(0);
        assert_eq!(navigator.top().map(|screen| screen.focus), Some(0));
    }
}
