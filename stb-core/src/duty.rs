//! What the system below must know before it restarts the box or keeps a new version of it.

/// Why the box must not be taken away now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Busy {
    /// The store has not been read: nobody knows yet what was on the screen before a power cut.
    Starting,
    /// An order waits for an answer, is in force here, or its end waits to be read.
    Order,
    /// Somebody is known or about to be, or is asked how they are.
    Conversation,
    /// What somebody answered is still on its way to the town.
    Report,
}

/// What was seen to work since the start; a version of the box is kept once all of it was.
#[derive(Debug, Default)]
pub(crate) struct Proof {
    pub(crate) picture: bool,
    pub(crate) gateway: bool,
    /// The card service answered, with a reader or without: a home may have unplugged its own.
    pub(crate) reader: bool,
}
