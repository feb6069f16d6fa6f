//! What every page shares: the frame, notices, errors, rendering.

use askama::Template;
use axum::response::Html;

use super::{Console, context::Person, fault::Fault, order_view, wording};
use crate::{
    staff::{Role, StaffMember, draft},
    store::{Sql, StoreError, order, town},
};

/// Masthead, navigation and the band that tells what is in force.
pub(super) struct Frame {
    pub(super) title: String,
    pub(super) town: String,
    pub(super) member: Option<StaffMember>,
    pub(super) form_token: String,
    pub(super) current: &'static str,
    pub(super) waiting: usize,
    pub(super) band: Option<Band>,
    pub(super) narrow: bool,
}

/// What is in force, on every page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Band {
    pub(super) class: &'static str,
    pub(super) text: String,
    /// Where to see more; none for those who may not.
    pub(super) href: Option<String>,
}

/// A sentence on top of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Notice {
    pub(super) text: String,
    pub(super) warns: bool,
}

impl Notice {
    pub(super) fn calm(text: impl Into<String>) -> Self {
        Self { text: text.into(), warns: false }
    }

    pub(super) fn warning(text: impl Into<String>) -> Self {
        Self { text: text.into(), warns: true }
    }
}

/// What is wrong with a field, and where to go to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldError {
    /// Id of the field in the page.
    pub(super) field: &'static str,
    pub(super) text: String,
}

impl FieldError {
    pub(super) fn new(field: &'static str, text: impl Into<String>) -> Self {
        Self { field, text: text.into() }
    }
}

impl Frame {
    /// A frame for a page that nobody is signed in to.
    pub(super) fn bare(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            town: String::new(),
            member: None,
            form_token: String::new(),
            current: "",
            waiting: 0,
            band: None,
            narrow: true,
        }
    }

    /// The frame for a person's page.
    pub(super) fn of(sql: &mut dyn Sql, person: &Person, now_ms: i64) -> Result<Self, Fault> {
        let town = town::load(sql)?.ok_or(Fault::NoTown)?;
        let officer = person.member.role == Role::DisasterOfficer;
        let waiting = if officer {
            draft::waiting_for(sql, &person.member.staff_id, now_ms)?.len()
        } else {
            0
        };
        Ok(Self {
            title: String::new(),
            town: town.name.clone(),
            member: Some(person.member.clone()),
            form_token: person.form_token.clone(),
            current: "",
            waiting,
            band: band(sql, &town, officer, now_ms)?,
            narrow: false,
        })
    }

    /// With a title, and the entry of the navigation it belongs to.
    pub(super) fn titled(mut self, title: impl Into<String>, current: &'static str) -> Self {
        self.title = title.into();
        self.current = current;
        self
    }

    /// Whether the person looks after boxes.
    pub(super) fn is_operator(&self) -> bool {
        self.member.as_ref().is_some_and(|member| member.role == Role::FleetOperator)
    }

    /// Whether the person looks after residents' cards.
    pub(super) fn is_clerk(&self) -> bool {
        self.member.as_ref().is_some_and(|member| member.role == Role::RegistryClerk)
    }

    /// Whether the person issues orders.
    pub(super) fn is_officer(&self) -> bool {
        self.member.as_ref().is_some_and(|member| member.role == Role::DisasterOfficer)
    }
}

/// What has to be issued anew, or the gravest order in force: meant before drill, tsunami and high levels before low ones.
fn band(
    sql: &mut dyn Sql,
    town: &town::Town,
    officer: bool,
    now_ms: i64,
) -> Result<Option<Band>, StoreError> {
    let orders = order::in_force(sql, now_ms)?;
    let ordering = orders.iter().filter(|order| order.orders_something());
    let (lost, mut ordering): (Vec<_>, Vec<_>) = ordering.partition(|order| order.disbelieved);
    if officer && !lost.is_empty() {
        return Ok(Some(Band {
            class: "in-force-lost",
            text: format!(
                "{}件の避難情報がテレビから消えています。出し直してください。",
                lost.len()
            ),
            href: Some("/orders".to_owned()),
        }));
    }
    ordering.sort_by_key(|order| order_view::gravity(order));
    let Some(gravest) = ordering.last() else { return Ok(None) };
    let drill = gravest.mode != "actual";
    let class = match (drill, gravest.level) {
        (true, _) => "in-force-drill",
        (false, None) => "in-force-tsunami",
        (false, Some(3)) => "in-force-level-3",
        (false, Some(5)) => "in-force-level-5",
        (false, _) => "in-force-actual",
    };
    // Drills beside what is meant are seen by nobody, and counting them would make it look worse.
    let more = match ordering.iter().filter(|order| order.mode == gravest.mode).count() {
        1 => String::new(),
        count => format!("（ほか{}件）", count - 1),
    };
    let mark = if drill { "訓練中：" } else { "発令中：" };
    let view = order_view::OrderView::of(gravest, town, now_ms);
    Ok(Some(Band {
        class,
        text: format!("{mark}{}　{}{more}", view.title, view.areas),
        href: officer.then(|| format!("/orders/{}", gravest.order_id)),
    }))
}

/// Renders a page.
pub(super) fn html(page: &impl Template) -> Result<Html<String>, Fault> {
    Ok(Html(page.render()?))
}

/// A page with one message and one way on.
#[derive(Template)]
#[template(path = "staff/message.html")]
pub(super) struct MessagePage {
    pub(super) frame: Frame,
    pub(super) heading: &'static str,
    pub(super) text: &'static str,
    pub(super) href: &'static str,
    pub(super) link: &'static str,
}

/// `now` for a page.
pub(super) fn now_text(console: &Console) -> String {
    wording::clock(console.now_ms())
}
