//! What homes answer to orders, and how far orders came.

use evacuation::order::OrderId;
use gateway_api::report::{Answer, ReceiptStage};

use super::{Arrival, ReportError};
use crate::{
    store::{
        Sql,
        help::{self, Said},
        order::{self, OrderEvent},
    },
    values,
};

/// Keeps the last word of the home. The answers of one box come in the order in which they were
/// given, and its clock may have been set back between them; those of two boxes are told apart by
/// when they happened, and a call for help gives way to what happened later only.
pub(super) fn answer(
    sql: &mut dyn Sql,
    arrival: &Arrival<'_>,
    order_id: &str,
    answer: Answer,
) -> Result<(), ReportError> {
    let order_id = checked(order_id)?;
    let household_id = &arrival.device.household_id;
    let is_last_word = sql.execute(
        "INSERT INTO order_answer (order_id, household_id, answer, happened_at_ms, \
         received_at_ms, report_id, device_id) VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (order_id, household_id) DO UPDATE SET answer = $3, happened_at_ms = $4, \
         received_at_ms = $5, report_id = $6, device_id = $7 \
         WHERE order_answer.device_id = $7 OR order_answer.happened_at_ms < $4 \
         OR (order_answer.happened_at_ms = $4 AND order_answer.answer <> 'need-help')",
        values![
            &order_id,
            household_id,
            code(answer),
            arrival.happened_at_ms,
            arrival.received_at_ms,
            &arrival.report_id,
            &arrival.device.device_id
        ],
    )?;
    let said = Said {
        report_id: &arrival.report_id,
        order_id: &order_id,
        household_id,
        device_id: &arrival.device.device_id,
        at_ms: arrival.happened_at_ms,
    };
    match (answer, is_last_word > 0) {
        (Answer::NeedHelp, true) => help::open(sql, &said)?,
        (Answer::NeedHelp, false) => help::note(sql, &said)?,
        (Answer::Leaving | Answer::Staying, true) => help::take_back(sql, &said)?,
        (Answer::Leaving | Answer::Staying, false) => {}
    }
    let event = OrderEvent {
        at_ms: arrival.happened_at_ms,
        kind: "answered".to_owned(),
        household_id: Some(household_id.clone()),
        actor: None,
        detail: Some(code(answer).to_owned()),
    };
    Ok(order::log(sql, &order_id, &event)?)
}

/// Keeps the first time of each stage; an order that is shown was received.
pub(super) fn receipt(
    sql: &mut dyn Sql,
    arrival: &Arrival<'_>,
    order_id: &str,
    stage: ReceiptStage,
) -> Result<(), ReportError> {
    let shown = (stage == ReceiptStage::Shown).then_some(arrival.happened_at_ms);
    sql.execute(
        "INSERT INTO order_receipt (order_id, device_id, received_at_ms, shown_at_ms) \
         VALUES ($1, $2, $3, $4) \
         ON CONFLICT (order_id, device_id) DO UPDATE SET \
         shown_at_ms = COALESCE(order_receipt.shown_at_ms, $4)",
        values![checked(order_id)?, &arrival.device.device_id, arrival.happened_at_ms, shown],
    )?;
    Ok(())
}

/// The id in its one spelling. Whether the gateway knows the order is not asked: the box verified
/// its signature, and a call for help must not be lost because a backup was restored here.
fn checked(order_id: &str) -> Result<String, ReportError> {
    let id = order_id.parse::<OrderId>();
    id.map(|id| id.to_string())
        .map_err(|_| ReportError::BadRequest("an order id has 32 hexadecimal digits"))
}

fn code(answer: Answer) -> &'static str {
    match answer {
        Answer::Leaving => "leaving",
        Answer::NeedHelp => "need-help",
        Answer::Staying => "staying",
    }
}
