//! What the first start shows.

use crate::{
    nav::{Choice, Command, Draft},
    phone,
    phrase::{Phrase, say},
    view::{Body, Icon, Language, Layout, PageKind, TextScale},
};

use super::{FirstDeed, FirstStart, Obstacle, REFUSALS_TO_CALL, Stage};

impl FirstStart {
    pub(crate) fn draft(&self) -> Draft {
        match self.stage {
            Stage::Language => language_page(),
            Stage::Scale => scale_page(),
            Stage::Code => self.code_page(),
            Stage::Connecting => self.connecting_page(),
        }
    }

    /// A cable that sits well and yet leads nowhere is for the operator.
    fn whom_to_call(&self) -> Option<Phrase> {
        let phone = self.phone.as_ref().filter(|_| self.obstacle == Some(Obstacle::Unreachable))?;
        Some(say::first_unreachable_phone(phone.written(), &phone.reading()))
    }

    fn code_page(&self) -> Draft {
        let title =
            if self.is_refused { say::first_refused_title() } else { say::first_code_title() };
        let pad = |key| Command::FirstStart(FirstDeed::Pad(key));
        self.entry
            .draft(PageKind::EnrolmentCode, title, pad)
            .lead(self.code_lead())
            .detail(self.remark.clone())
            .hint(say::first_code_hint())
    }

    /// The one thing to do: whoever was refused again has done what is written here before.
    fn code_lead(&self) -> Phrase {
        let phone = self.phone.as_ref();
        if !self.is_refused {
            return phone::named(phone, say::first_code_lead, say::first_code_lead_phone);
        }
        if self.refusals < REFUSALS_TO_CALL {
            return say::first_refused_lead();
        }
        let with = say::first_refused_again_lead_phone;
        phone::named(phone, say::first_refused_again_lead, with)
    }

    fn connecting_page(&self) -> Draft {
        let (title, lead, icon) = match self.obstacle {
            None => (say::first_connecting_title(), say::first_connecting_lead(), Icon::Clock),
            Some(Obstacle::Crowded) => {
                (say::first_crowded_title(), say::first_connecting_lead(), Icon::Clock)
            }
            Some(Obstacle::Unreachable) => {
                (say::first_unreachable_title(), say::first_unreachable_lead(), Icon::Warning)
            }
            Some(Obstacle::Faulty) => {
                let phone = self.phone.as_ref();
                let lead = phone::named(phone, say::call_operator, say::call_operator_phone);
                (say::first_faulty_title(), lead, Icon::Phone)
            }
        };
        let retype = Command::FirstStart(FirstDeed::Retype);
        Draft::new(PageKind::Enrolling, title, Layout::Row)
            .lead(lead)
            .detail(self.whom_to_call())
            .body(Body::Picture(icon))
            .hint(say::first_retype_hint())
            .choice(Choice::new(say::first_retype(), None, retype))
    }
}

fn language_page() -> Draft {
    let entry = |(language, label)| {
        Choice::new(label, None, Command::FirstStart(FirstDeed::Language(language)))
    };
    let languages = [
        (Language::Ja, say::language_ja()),
        (Language::JaEasy, say::language_ja_easy()),
        (Language::En, say::language_en()),
    ];
    let mut draft = Draft::new(PageKind::FirstChoice, say::first_language_title(), Layout::Column)
        .lead(say::first_language_lead())
        .hint(say::first_hint());
    draft.choices.extend(languages.map(entry));
    draft
}

fn scale_page() -> Draft {
    let entry =
        |(scale, label)| Choice::new(label, None, Command::FirstStart(FirstDeed::Scale(scale)));
    let scales = [
        (TextScale::Normal, say::scale_normal()),
        (TextScale::Large, say::scale_large()),
        (TextScale::Largest, say::scale_largest()),
    ];
    let mut draft = Draft::new(PageKind::FirstChoice, say::first_scale_title(), Layout::Column)
        .lead(say::first_scale_lead())
        .hint(say::first_scale_hint());
    draft.choices.extend(scales.map(entry));
    draft
}
