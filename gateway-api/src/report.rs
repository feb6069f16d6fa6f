//! Everything a box sends up by itself goes through its outbox as one report (invariant 6).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One message of the outbox. Sending it twice has the effect of sending it once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Idempotency key, made by the box (UUID version 7).
    pub report_id: Uuid,
    /// When it happened by the box's clock, Unix milliseconds; not when it was sent.
    pub happened_at_ms: i64,
    /// Whether the box held its clock for trustworthy at that time.
    pub clock_trusted: bool,
    /// What happened.
    pub content: ReportContent,
}

/// What happened at home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ReportContent {
    /// A resident answered the daily question.
    CheckIn {
        /// Session in which it was answered (L1 or higher).
        session_id: String,
        /// How the person is.
        condition: Condition,
        /// The person wants to be called.
        contact_wanted: bool,
    },
    /// A resident took an answer back.
    CheckInWithdrawal {
        /// Report id of the check-in.
        check_in: Uuid,
        /// Session in which it was answered.
        session_id: String,
    },
    /// The home answered an order.
    OrderAnswer {
        /// Order id, 32 hexadecimal digits.
        order_id: String,
        /// What the home says.
        answer: Answer,
    },
    /// The box received or showed an order.
    OrderReceipt {
        /// Order id, 32 hexadecimal digits.
        order_id: String,
        /// How far it came.
        stage: ReceiptStage,
    },
    /// Counters since the last telemetry report, without personal data.
    Telemetry {
        /// Orders refused, by reason.
        refused_orders: Vec<RefusedOrders>,
        /// Reports that the gateway refused for good, by its code.
        #[serde(default)]
        refused_reports: Vec<RefusedReports>,
    },
}

/// How a person is today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// 元気です
    Good,
    /// ふつうです
    Normal,
    /// よくないです
    Bad,
}

/// Answer of a home to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// 避難します
    Leaving,
    /// 助けが必要
    NeedHelp,
    /// 家にいます
    Staying,
}

/// How far an order came at a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ReceiptStage {
    /// Verified and stored.
    Received,
    /// Painted on the television.
    Shown,
}

/// Orders refused for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefusedOrders {
    /// Reason code, e.g. `bad-signature`, `replayed`, `expired`, `other-area`, `wrong-key-usage`.
    pub reason: String,
    /// How many.
    pub count: u32,
}

/// Reports refused with one code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefusedReports {
    /// The gateway's code.
    pub code: crate::problem::ProblemCode,
    /// How many.
    pub count: u32,
}
