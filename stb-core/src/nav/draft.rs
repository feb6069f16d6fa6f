//! A page as it is written, before focus and connection state are known.

use crate::{
    phrase::{Phrase, say},
    view::{Body, ColourKey, Icon, Item, Layout, PageKind},
};

use super::{Choice, Command};

/// A page in the making.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    pub(crate) kind: PageKind,
    pub(crate) title: Phrase,
    pub(crate) lead: Option<Phrase>,
    pub(crate) detail: Option<Phrase>,
    pub(crate) body: Body,
    pub(crate) layout: Layout,
    pub(crate) choices: Vec<Choice>,
    pub(crate) hint: Phrase,
}

impl Draft {
    pub(crate) fn new(kind: PageKind, title: Phrase, layout: Layout) -> Self {
        Self {
            kind,
            title,
            lead: None,
            detail: None,
            body: Body::Empty,
            layout,
            choices: Vec::new(),
            hint: say::hint_choose(),
        }
    }

    pub(crate) fn lead(mut self, lead: Phrase) -> Self {
        self.lead = Some(lead);
        self
    }

    pub(crate) fn detail(mut self, detail: Option<Phrase>) -> Self {
        self.detail = detail;
        self
    }

    pub(crate) fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    pub(crate) fn hint(mut self, hint: Phrase) -> Self {
        self.hint = hint;
        self
    }

    pub(crate) fn choice(mut self, choice: Choice) -> Self {
        self.choices.push(choice);
        self
    }
}

impl Choice {
    pub(crate) const fn new(label: Phrase, icon: Option<Icon>, command: Command) -> Self {
        Self { item: Item { label, note: None, icon, shortcut: None }, command }
    }

    pub(crate) fn note(mut self, note: Phrase) -> Self {
        self.item.note = Some(note);
        self
    }

    pub(crate) const fn shortcut(mut self, key: ColourKey) -> Self {
        self.item.shortcut = Some(key);
        self
    }
}
