//! Updates of the box's image: what is offered, and how far a box is with it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::version::Version;

/// SHA-256 of a whole bundle; on the wire 64 hexadecimal digits in small letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, pattern = r"^[0-9a-f]{64}$"))]
#[serde(try_from = "String", into = "String")]
pub struct BundleId(pub [u8; 32]);

/// The text is no id of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoBundleId;

impl fmt::Display for NoBundleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the id of a bundle has 64 hexadecimal digits in small letters")
    }
}

impl std::error::Error for NoBundleId {}

impl BundleId {
    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, NoBundleId> {
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != 64 || !text.bytes().all(is_hex) {
            return Err(NoBundleId);
        }
        let mut id = [0; 32];
        for (place, byte) in id.iter_mut().enumerate() {
            let digits = &text[place * 2..place * 2 + 2];
            *byte = u8::from_str_radix(digits, 16).map_err(|_| NoBundleId)?;
        }
        Ok(Self(id))
    }
}

impl fmt::Display for BundleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BundleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for BundleId {
    type Error = NoBundleId;

    fn try_from(text: String) -> Result<Self, NoBundleId> {
        Self::parse(&text)
    }
}

impl From<BundleId> for String {
    fn from(id: BundleId) -> Self {
        id.to_string()
    }
}

/// An image that a box may take; it decides when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct UpdateOffer {
    /// Its version, newer than what the box runs.
    pub version: Version,
    /// Which bundle; also the last part of its address, `/box/v1/updates/{bundle}`.
    pub bundle: BundleId,
    /// Size in bytes.
    pub size_bytes: u64,
}

/// How far a box is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateReport {
    /// How far.
    pub state: UpdateState,
    /// Why it does not go on.
    pub reason: Option<UpdateReason>,
    /// Version that this is about; none when nothing is going on.
    pub version: Option<Version>,
    /// Bundle that this is about.
    pub bundle: Option<BundleId>,
}

impl UpdateReport {
    /// Nothing is going on.
    pub const fn current() -> Self {
        Self { state: UpdateState::Current, reason: None, version: None, bundle: None }
    }
}

/// Writes a list of codes once: the variants, all of them, and their words on the wire.
macro_rules! codes {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $code:tt,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        pub enum $name { $($(#[$doc])* #[serde(rename = $code)] $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word on the wire and in stores.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Reads a [`code`](Self::code).
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }
        }
    };
}

codes! {
    /// How far a box is with an update.
    UpdateState {
        /// Nothing newer is offered, or the offered version runs and was found good.
        Current = "current",
        /// Something is offered and will be taken later.
        Waiting = "waiting",
        /// It is being written.
        Writing = "writing",
        /// It is written and waits for a restart at night.
        Written = "written",
        /// It runs and was not yet found good.
        OnTrial = "on-trial",
        /// It was not taken; the reason says whether it is tried again.
        Refused = "refused",
        /// It was started and did not work: the box went back to the version before.
        FellBack = "fell-back",
    }
}

codes! {
    /// Why an update does not go on.
    UpdateReason {
        /// An order, a check-in or a card is in use; later.
        Busy = "busy",
        /// The version is not newer than the one that runs; never.
        NotNewer = "not-newer",
        /// The bundle is not signed by the operator, damaged, or made for another machine; never.
        Untrusted = "untrusted",
        /// The bundle could not be fetched; later.
        Unreachable = "unreachable",
        /// It could not be written; later.
        NotWritten = "not-written",
        /// This box has no updater, or one that cannot fetch from here; never.
        NoUpdater = "no-updater",
        /// No picture, gateway or reader was seen after the restart; never.
        NotWorking = "not-working",
    }
}

impl UpdateReason {
    /// Whether the bundle itself is at fault: reasons that many boxes tell when an image is bad.
    pub const fn speaks_against_the_bundle(self) -> bool {
        matches!(self, Self::Untrusted | Self::NotWritten | Self::NotWorking | Self::NotNewer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_codes_are_read_as_they_are_written() {
        let id = BundleId([0xa7; 32]);
        assert_eq!(BundleId::parse(&id.to_string()), Ok(id));
        for wrong in
            ["", "A7", &"g".repeat(64), &"A".repeat(64), &"a".repeat(65), "é".repeat(32).as_str()]
        {
            assert_eq!(BundleId::parse(wrong), Err(NoBundleId), "{wrong}");
        }
        for state in UpdateState::ALL {
            assert_eq!(serde_json::to_value(state).expect("a word"), state.code());
            assert_eq!(UpdateState::from_code(state.code()), Some(*state));
        }
        assert_eq!(UpdateReason::from_code("such"), None);
    }
}
