//! Long lists, a hundred rows on a page.

/// Rows on one page.
pub(super) const ROWS: usize = 100;

/// Where a page stands among all.
pub(super) struct Pages {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) all: usize,
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
}

impl Pages {
    /// Page `number` of `all` rows; `address` leads to another page.
    pub(super) fn of(all: usize, number: usize, address: impl Fn(usize) -> String) -> Self {
        let first = (number - 1) * ROWS;
        Self {
            first: first + 1,
            last: (first + ROWS).min(all),
            all,
            previous: (number > 1).then(|| address(number - 1)),
            next: (number < last_page(all)).then(|| address(number + 1)),
        }
    }

    pub(super) const fn has_others(&self) -> bool {
        self.previous.is_some() || self.next.is_some()
    }
}

/// Number of the last page.
pub(super) fn last_page(all: usize) -> usize {
    all.div_ceil(ROWS).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lead_to_their_neighbours_and_no_further() {
        let at = |all, number| {
            let pages = Pages::of(all, number, |page| page.to_string());
            (pages.first, pages.last, pages.previous, pages.next)
        };
        let page = |number: &str| Some(number.to_owned());
        assert_eq!(at(100, 1), (1, 100, None, None));
        assert_eq!(at(250, 1), (1, 100, None, page("2")));
        assert_eq!(at(250, 3), (201, 250, page("2"), None));
        assert_eq!((last_page(0), last_page(100), last_page(101)), (1, 1, 2));
    }
}
