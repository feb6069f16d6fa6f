//! How to begin, told on live television: when it starts, and again after a long time without a key.

/// It stands this long.
const SHOWN_MS: u64 = 15_000;
/// So long after the last key, or after it was shown last, it comes again.
const AGAIN_MS: u64 = 30 * 60_000;

/// The hint at the lower edge of live television.
#[derive(Debug, Default)]
pub(crate) struct Hint {
    until: Option<u64>,
    next: Option<u64>,
}

impl Hint {
    /// Television begins.
    pub(crate) fn begin(&mut self, now_ms: u64) {
        if self.until.is_none() && self.next.is_none() {
            self.until = Some(now_ms + SHOWN_MS);
        }
    }

    /// A key was pressed: somebody knows how.
    pub(crate) fn put_away(&mut self, now_ms: u64) {
        if self.until.is_some() || self.next.is_some() {
            self.until = None;
            self.next = Some(now_ms + AGAIN_MS);
        }
    }

    pub(crate) fn deadline(&self) -> Option<u64> {
        self.until.or(self.next)
    }

    pub(crate) fn reach(&mut self, now_ms: u64) {
        if self.until.take_if(|until| *until <= now_ms).is_some() {
            self.next = Some(now_ms + AGAIN_MS);
        } else if self.next.take_if(|next| *next <= now_ms).is_some() {
            self.until = Some(now_ms + SHOWN_MS);
        }
    }

    pub(crate) const fn is_shown(&self) -> bool {
        self.until.is_some()
    }
}
