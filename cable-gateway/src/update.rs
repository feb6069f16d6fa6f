//! Images for boxes: which there are, who is offered one, and when it stops by itself.

pub mod bundle;
pub mod intake;
pub mod rollout;
pub mod shelf;
pub mod signature;
pub mod verity;
