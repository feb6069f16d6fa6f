//! What a box says of itself, for the operator's fleet page, and what the gateway answers.
//!
//! Nothing of the home has a place here: no channel, no name, no answer. Every field is a number, a word of a
//! fixed list or a version; a test walks over all of them.

use serde::{Deserialize, Serialize};

use crate::{
    diagnosis::DiagnosisRequest,
    update::{UpdateOffer, UpdateReport},
    version::Version,
};

/// The state of a box; sent at the start, when it changes and now and then. Only the latest is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BoxStatus {
    /// Version of the image that runs.
    pub version: Version,
    /// Slot that it runs from; none where there are no slots.
    pub slot: Option<Slot>,
    /// Card reader.
    pub reader: Reader,
    /// The newest order that the box believed, whether it concerned this home or not.
    pub last_order: Option<LastOrder>,
    /// How the channel comes in; never which one.
    pub signal: Signal,
    /// How far an update is.
    pub update: UpdateReport,
    /// Seconds since the machine started.
    pub uptime_seconds: u32,
    /// Main memory.
    pub memory: Option<Memory>,
}

/// One of the two places of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum Slot {
    /// The first.
    A,
    /// The second.
    B,
}

/// State of the card reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Reader {
    /// Not known yet.
    Unknown,
    /// A reader is there and works; whether a card is in it is the home's own business.
    Ready,
    /// No reader is plugged in.
    Missing,
    /// The card service is not running.
    ServiceDown,
}

/// How the channel comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Signal {
    /// Not known yet.
    Unknown,
    /// A picture comes.
    Good,
    /// No packets arrive.
    Missing,
    /// Packets arrive, but no picture.
    Disturbed,
}

/// The newest order that a box believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LastOrder {
    /// Its sequence number.
    pub sequence: u64,
    /// When it came, by the box's clock, Unix milliseconds.
    pub heard_at_ms: i64,
}

/// Main memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// All, KiB.
    pub total_kib: u32,
    /// In no use, not even as a cache, KiB.
    pub free_kib: u32,
}

/// What the gateway answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StatusAnswer {
    /// Seconds after which the box says it again, though nothing changed.
    pub again_in_seconds: u32,
    /// The device certificate has less than a third of its life left: ask for a new one.
    pub renew_certificate: bool,
    /// An image for this box; none when it has the newest that it may have.
    pub offer: Option<UpdateOffer>,
    /// What the operator's support asks this home for; none when nothing is open. A gateway of before
    /// says nothing of it.
    #[serde(default)]
    pub diagnosis: Option<DiagnosisRequest>,
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::update::{UpdateReason, UpdateState};

    pub(crate) fn any_status() -> impl Strategy<Value = BoxStatus> {
        let version = || {
            let text = "(0|[1-9][0-9]{0,8})(\\.(0|[1-9][0-9]{0,8})){0,3}";
            text.prop_map(|text| Version::parse(&text).expect("the pattern of a version"))
        };
        let reader = [Reader::Unknown, Reader::Ready, Reader::Missing, Reader::ServiceDown];
        let signal = [Signal::Unknown, Signal::Good, Signal::Missing, Signal::Disturbed];
        let update = (
            proptest::sample::select(UpdateState::ALL.to_vec()),
            proptest::option::of(proptest::sample::select(UpdateReason::ALL.to_vec())),
            proptest::option::of(version()),
            proptest::option::of(proptest::array::uniform32(any::<u8>())),
        );
        let update = update.prop_map(|(state, reason, version, bundle)| UpdateReport {
            state,
            reason,
            version,
            bundle: bundle.map(crate::update::BundleId),
        });
        let last_order = (any::<u64>(), any::<i64>())
            .prop_map(|(sequence, heard_at_ms)| LastOrder { sequence, heard_at_ms });
        let memory = (any::<u32>(), any::<u32>())
            .prop_map(|(total_kib, free_kib)| Memory { total_kib, free_kib });
        (
            version(),
            proptest::option::of(proptest::sample::select(vec![Slot::A, Slot::B])),
            proptest::sample::select(reader.to_vec()),
            proptest::option::of(last_order),
            proptest::sample::select(signal.to_vec()),
            update,
            any::<u32>(),
            proptest::option::of(memory),
        )
            .prop_map(
                |(version, slot, reader, last_order, signal, update, uptime_seconds, memory)| {
                    BoxStatus {
                        version,
                        slot,
                        reader,
                        last_order,
                        signal,
                        update,
                        uptime_seconds,
                        memory,
                    }
                },
            )
    }

    /// Every text of a JSON value.
    fn texts(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::String(text) => found.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
            Value::Object(fields) => fields.values().for_each(|field| texts(field, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn is_a_word_of_a_list(text: &str) -> bool {
        text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
    }

    fn is_a_digest(text: &str) -> bool {
        text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    }

    proptest! {
        /// No field can carry anything of a resident: nothing but numbers, words of fixed lists, versions and
        /// the digest of an image.
        #[test]
        fn a_status_has_no_place_for_a_text(status in any_status()) {
            let json = serde_json::to_value(&status).expect("plain data");
            let mut found = Vec::new();
            texts(&json, &mut found);
            for text in found {
                let fits = is_a_word_of_a_list(&text)
                    || is_a_digest(&text)
                    || Version::parse(&text).is_ok();
                prop_assert!(fits, "{}", text);
            }
            prop_assert!(json.to_string().len() < 1_024, "small");
            let read: BoxStatus = serde_json::from_value(json).expect("read back");
            prop_assert_eq!(read, status);
        }

        /// Whatever is written in the place of any text is refused, unless it is such a word.
        #[test]
        fn a_name_is_refused_wherever_it_is_put(status in any_status(), name in "[ぁ-ん一-龠 ]{1,12}") {
            let json = serde_json::to_value(&status).expect("plain data");
            let fields = json.as_object().expect("an object").clone();
            for field in fields.keys() {
                let mut forged = fields.clone();
                forged.insert(field.clone(), Value::String(name.clone()));
                prop_assert!(serde_json::from_value::<BoxStatus>(Value::Object(forged)).is_err());
            }
            let mut more = fields;
            more.insert("note".to_owned(), Value::String(name));
            prop_assert!(serde_json::from_value::<BoxStatus>(Value::Object(more)).is_err());
        }
    }
}
