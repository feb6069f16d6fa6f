//! A service outside the television asks who somebody is: a number is typed, the screen shows who
//! asks and for what, and the person answers with the card.

use serde::{Deserialize, Serialize};

use crate::login::AssuranceLevel;

/// The number that the phone or the web page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ServiceRequestLookup {
    /// Eight decimal digits, without spaces.
    pub user_code: String,
}

/// What a service may get to know of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ServiceAttribute {
    /// The name as registered.
    Name,
    /// Its reading in katakana.
    Kana,
    /// The town.
    Municipality,
    /// The district of the home.
    District,
}

/// A request that waits for an answer; this box has taken it and no other can answer it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ServiceRequest {
    /// Id of the request.
    pub request_id: String,
    /// Who asks, as the screen shows it.
    pub service_name: String,
    /// Reading of that name in katakana, for speech.
    pub service_kana: String,
    /// What for, one sentence.
    pub purpose: String,
    /// What the service would get to know.
    pub attributes: Vec<ServiceAttribute>,
    /// Level that the session must have.
    pub level: AssuranceLevel,
    /// `relying_party` of the login by which the person answers.
    pub login_relying_party: String,
    /// `purpose` of that login: the card signs this very request.
    pub login_purpose: String,
    /// Questions whose answers the service gets in a signed statement; none at a plain sign-in.
    pub form: Option<StatementForm>,
    /// End of validity, Unix milliseconds.
    pub expires_at_ms: i64,
}

/// Questions of a service, answered on the television.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StatementForm {
    /// What is stated, e.g. `living-status-confirmation`.
    pub purpose: String,
    /// Id of the form at the service.
    pub form_id: String,
    /// Version of its wording.
    pub form_version: String,
    /// Heading on the screen.
    pub title: String,
    /// Questions, in order.
    pub questions: Vec<StatementQuestion>,
}

/// One question with its choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StatementQuestion {
    /// Id within the form.
    pub question_id: String,
    /// The question, one sentence.
    pub text: String,
    /// What can be answered.
    pub choices: Vec<StatementChoice>,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StatementChoice {
    /// Stable code, as the service gets it.
    pub code: String,
    /// Words on the screen.
    pub text: String,
}

/// The person says yes. The session in the `Authorization` header is one that was opened for this
/// request, with `login_relying_party` and `login_purpose`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ServiceApproval {
    /// One answer for each question of the form.
    #[serde(default)]
    pub answers: Vec<StatementAnswer>,
}

/// One answered question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StatementAnswer {
    /// The question.
    pub question_id: String,
    /// Code of the choice.
    pub code: String,
}

/// What this person allows to services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ServiceConsents {
    /// Consents in force, newest first.
    pub consents: Vec<ServiceConsent>,
}

/// What a consent is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ConsentKind {
    /// The service may know who signs in.
    SignIn,
    /// The service gets answers, signed.
    Statement,
}

/// One consent in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ServiceConsent {
    /// Id of the consent.
    pub consent_id: String,
    /// What it is for.
    pub kind: ConsentKind,
    /// The service.
    pub service_name: String,
    /// Its reading, for speech.
    pub service_kana: String,
    /// What for.
    pub purpose: String,
    /// What the service may know.
    pub attributes: Vec<ServiceAttribute>,
    /// When it was given, Unix milliseconds.
    pub given_at_ms: i64,
    /// When the service last asked, Unix milliseconds.
    pub last_used_at_ms: i64,
}
