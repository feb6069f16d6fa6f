//! What a service may know, and how sure it may be: scopes and `acr` values.

use std::collections::BTreeSet;

use gateway_api::{login::AssuranceLevel, service::ServiceAttribute};

use crate::{session::level_number, store::StoreError};

/// All attributes.
pub const ALL: [ServiceAttribute; 4] = [
    ServiceAttribute::Name,
    ServiceAttribute::Kana,
    ServiceAttribute::Municipality,
    ServiceAttribute::District,
];

/// Levels that a service can ask for.
const LEVELS: [AssuranceLevel; 3] = [AssuranceLevel::L1, AssuranceLevel::L2, AssuranceLevel::L3];

/// A set of attributes.
pub type Attributes = BTreeSet<ServiceAttribute>;

/// Stable code of an attribute; also its scope.
pub fn code(attribute: ServiceAttribute) -> &'static str {
    match attribute {
        ServiceAttribute::Name => "name",
        ServiceAttribute::Kana => "kana",
        ServiceAttribute::Municipality => "municipality",
        ServiceAttribute::District => "district",
    }
}

/// The attribute with this code.
pub fn from_code(text: &str) -> Option<ServiceAttribute> {
    ALL.into_iter().find(|attribute| code(*attribute) == text)
}

/// As they are stored, and as a scope: codes with spaces between.
pub fn to_text(attributes: &Attributes) -> String {
    attributes.iter().map(|attribute| code(*attribute)).collect::<Vec<_>>().join(" ")
}

/// Reads what was stored.
pub fn from_text(text: &str) -> Result<Attributes, StoreError> {
    let codes = text.split_whitespace().map(from_code);
    codes.collect::<Option<_>>().ok_or(StoreError::Column { column: "attributes" })
}

/// What a scope asks for; words that nobody knows are ignored (OpenID Connect Core, 3.1.2.1).
pub fn from_scope(scope: &str) -> Attributes {
    scope.split(' ').filter_map(from_code).collect()
}

/// `acr` value of a level.
pub fn acr(level: AssuranceLevel) -> &'static str {
    match level {
        AssuranceLevel::L0 => "urn:hitokoe:acr:l0",
        AssuranceLevel::L1 => "urn:hitokoe:acr:l1",
        AssuranceLevel::L2 => "urn:hitokoe:acr:l2",
        AssuranceLevel::L3 => "urn:hitokoe:acr:l3",
    }
}

/// `amr` values of a level (RFC 8176): a smart card, and a PIN where one was needed.
pub fn amr(level: AssuranceLevel) -> &'static [&'static str] {
    match level {
        AssuranceLevel::L0 => &[],
        AssuranceLevel::L1 => &["sc"],
        AssuranceLevel::L2 | AssuranceLevel::L3 => &["sc", "pin"],
    }
}

/// Every `acr` value, lowest first.
pub fn acr_values() -> Vec<&'static str> {
    LEVELS.map(acr).to_vec()
}

/// The lowest level that `acr_values` of a request allows; none when it names none of ours.
pub fn from_acr_values(text: &str) -> Option<AssuranceLevel> {
    LEVELS.into_iter().find(|level| text.split(' ').any(|value| value == acr(*level)))
}

/// The level with this number.
pub fn level(number: i64) -> Result<AssuranceLevel, StoreError> {
    let levels = [AssuranceLevel::L0, AssuranceLevel::L1, AssuranceLevel::L2, AssuranceLevel::L3];
    let found = levels.into_iter().find(|level| level_number(*level) == number);
    found.ok_or(StoreError::Column { column: "level" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_and_strange_ones_ignored() {
        let asked = from_scope("openid email name  kana");
        assert_eq!(asked, [ServiceAttribute::Name, ServiceAttribute::Kana].into());
        assert_eq!(from_text(&to_text(&asked)), Ok(asked));
        assert!(from_text("name email").is_err());
    }

    #[test]
    fn the_lowest_wanted_level_counts() {
        assert_eq!(
            from_acr_values("urn:hitokoe:acr:l3 urn:hitokoe:acr:l2"),
            Some(AssuranceLevel::L2)
        );
        assert_eq!(from_acr_values("aal3"), None);
    }
}
