//! What is written when an order goes out, all of it in one transaction.

use axum::body::Bytes;
use evacuation::order::{Order, OrderId};

use super::{Authority, OrderDraft, OrderError, PublishedOrder, coverage, preparation::Prepared};
use crate::{
    audit::{self, Viewer},
    store::{
        Sql, StoreError,
        order::{
            self, OrderEvent, OrderRecord,
            code::{act_code, mode_code, state_code},
        },
    },
};

pub(super) fn keep(
    sql: &mut dyn Sql,
    draft: &OrderDraft,
    prepared: &Prepared,
    authority: &Authority,
    signed: Vec<u8>,
) -> Result<PublishedOrder, OrderError> {
    let record = record(&prepared.order, authority, &signed);
    let beside = beside(&draft.beside);
    order::insert(sql, &record)?;
    log(sql, &record.order_id, "published", &record, authority.author())?;
    for earlier in &prepared.referenced {
        let later = order::areas_of_references_to(sql, &earlier.order_id)?;
        if coverage::is_taken_over(&earlier.area_ids, &later, &prepared.town.areas) {
            order::supersede(sql, &earlier.order_id, &record.order_id)?;
            log(sql, &earlier.order_id, "superseded", &record, authority.author())?;
        }
    }
    audit_publication(sql, &record, &beside, authority)?;
    Ok(PublishedOrder {
        id: prepared.order.id,
        sequence: prepared.order.sequence,
        issued_at_ms: prepared.order.issued_at.0,
        expires_at_ms: prepared.order.expires_at.0,
        signed: Bytes::from(signed),
    })
}

fn record(order: &Order, authority: &Authority, signed: &[u8]) -> OrderRecord {
    let shelters = order.shelters.iter();
    OrderRecord {
        order_id: order.id.to_string(),
        sequence: order.sequence,
        issued_at_ms: order.issued_at.0,
        expires_at_ms: order.expires_at.0,
        mode: mode_code(order.mode).to_owned(),
        act: act_code(order.act).to_owned(),
        hazard: order.hazard.code().to_owned(),
        level: order.level.map(|level| level.number().into()),
        area_ids: order.areas.iter().map(ToString::to_string).collect(),
        shelters: shelters
            .map(|(id, state)| (id.to_string(), state_code(*state).to_owned()))
            .collect(),
        reference_ids: order.references.iter().map(ToString::to_string).collect(),
        reason: order.reason.clone(),
        authority: authority.code().to_owned(),
        author: authority.author().to_owned(),
        confirmer: authority.confirmer().map(str::to_owned),
        superseded_by: None,
        signed: signed.to_vec(),
        disbelieved: false,
    }
}

fn log(
    sql: &mut dyn Sql,
    order_id: &str,
    kind: &str,
    cause: &OrderRecord,
    actor: &str,
) -> Result<(), StoreError> {
    let event = OrderEvent {
        at_ms: cause.issued_at_ms,
        kind: kind.to_owned(),
        household_id: None,
        actor: Some(actor.to_owned()),
        detail: Some(format!("{} {}", cause.act, cause.order_id)),
    };
    order::log(sql, order_id, &event)
}

/// What the officers knew of and let stand.
fn beside(ids: &[OrderId]) -> String {
    ids.iter().flat_map(|id| [" beside ".to_owned(), id.to_string()]).collect()
}

/// One entry for each person responsible; the emergency path is named as such.
fn audit_publication(
    sql: &mut dyn Sql,
    record: &OrderRecord,
    beside: &str,
    authority: &Authority,
) -> Result<(), StoreError> {
    let entry = |actor: &str| Viewer {
        actor: actor.to_owned(),
        office: String::new(),
        purpose: format!("{} {} order {}{beside}", record.mode, record.act, record.order_id),
    };
    let action = match authority {
        Authority::Emergency { .. } => "order-published-in-emergency",
        _ => "order-published",
    };
    audit::act(sql, &entry(authority.author()), record.issued_at_ms, action, &[])?;
    match authority.confirmer() {
        Some(second) => {
            audit::act(sql, &entry(second), record.issued_at_ms, "order-confirmed", &[])
        }
        None => Ok(()),
    }
}
