//! What a person does about cards and permissions without an office: see and take back what
//! services may know, link a card at home, stop a lost one.

mod pages;
mod stop;

use gateway_api::{
    card::CardLinkState,
    household::Resident,
    problem::ProblemCode,
    service::{ServiceConsent, ServiceConsents},
};

use self::stop::{LateStops, StopResult};
use crate::{
    context::Context,
    entry::{DigitEntry, PadKey},
    phrase::{Phrase, say},
    service::{LetterCode, ServiceAnswer, ServiceCall, ServiceFault},
    session::{
        SILENCE_MS, STRAY_PRESS_MS,
        purpose::{LINK_CONSENT_VERSION, LinkWish},
    },
};

/// Digits of a letter's code.
const CODE_DIGITS: usize = 12;
/// Nobody types for this long: the digits are wiped.
const ENTRY_MS: u64 = 3 * 60_000;

/// The pages of the menu 「カードと許可」.
#[derive(Default)]
pub(crate) struct CardMenu {
    stage: Stage,
    page_since: u64,
    deadline: Option<u64>,
    /// Who lives here; taken when the linking begins.
    residents: Vec<Resident>,
    consents: Vec<ServiceConsent>,
    /// Whether the menu lies below the page, or the page was opened from a card's trouble.
    has_menu: bool,
    late_stops: LateStops,
}

#[derive(Default)]
enum Stage {
    #[default]
    Closed,
    Menu,
    /// The card page stands above: the list needs a person.
    Knowing,
    Loading {
        call_id: u64,
    },
    List {
        page: usize,
    },
    Consent {
        place: usize,
    },
    Withdraw {
        place: usize,
    },
    Withdrawing {
        place: usize,
        call_id: u64,
    },
    LinkConsent,
    LinkWho,
    LinkLetter {
        resident: usize,
    },
    LinkCode {
        resident: usize,
        entry: DigitEntry,
        remark: Option<Phrase>,
    },
    /// The card page stands above.
    Linking {
        resident: usize,
    },
    StopQuestion,
    StopCode {
        entry: DigitEntry,
        remark: Option<Phrase>,
    },
    Stopping {
        call_id: u64,
    },
    /// Something is done, or could not be.
    Told(Told),
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    ListFailed,
    Withdrawn,
    NotWithdrawn,
    Linked,
    WaitsForTown,
    Stopped,
    /// Of the stop that went out under this number.
    StopUnknown {
        call_id: u64,
    },
}

/// What 決定 does on these pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CardMenuDeed {
    OpenConsents,
    ShowConsents { page: usize },
    OpenConsent { place: usize },
    AskWithdrawal,
    Withdraw,
    OpenLink,
    AgreeToLink,
    LinkFor { resident: usize },
    TypeCode,
    LinkWithoutCode,
    OpenStop,
    TypeStopCode,
    Pad(PadKey),
    Back,
}

/// What the machine has to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CardMenuOutcome {
    /// It does not count here.
    Refused,
    /// It does not count yet: the page tells what is missing.
    Incomplete,
    /// Nothing beyond showing the page anew.
    Same,
    /// Another page: the focus starts anew.
    PageChanged,
    /// The list needs to know who is there.
    Know,
    /// The card has to sign that it is to be linked.
    Link(LinkWish),
    /// The pages are over; one step back.
    Leave,
}

impl CardMenu {
    pub(crate) fn open(&mut self, context: &Context) {
        self.has_menu = true;
        self.enter(context, Stage::Menu);
    }

    /// From the page about a card that nobody knows: straight to the question.
    pub(crate) fn open_link(&mut self, context: &Context, residents: Vec<Resident>) {
        self.has_menu = false;
        self.residents = residents;
        self.enter(context, Stage::LinkConsent);
    }

    pub(crate) const fn is_open(&self) -> bool {
        !matches!(self.stage, Stage::Closed)
    }

    /// Whether the menu lies behind the page.
    pub(crate) const fn has_menu(&self) -> bool {
        self.has_menu
    }

    /// Whether the card page stands above.
    pub(crate) const fn is_waiting_for_card(&self) -> bool {
        matches!(self.stage, Stage::Knowing | Stage::Linking { .. })
    }

    pub(crate) const fn is_too_fresh(&self, now_ms: u64) -> bool {
        now_ms < self.page_since + STRAY_PRESS_MS
    }

    pub(crate) const fn deadline(&self) -> Option<u64> {
        self.deadline
    }

    pub(crate) fn digit(&mut self, context: &mut Context, digit: u8) -> CardMenuOutcome {
        self.pad(context, PadKey::Digit(digit))
    }

    pub(crate) fn perform(
        &mut self,
        context: &mut Context,
        deed: CardMenuDeed,
        token: Option<&str>,
        residents: &[Resident],
    ) -> CardMenuOutcome {
        match deed {
            CardMenuDeed::OpenConsents => {
                self.enter_and(context, Stage::Knowing, CardMenuOutcome::Know)
            }
            CardMenuDeed::ShowConsents { page } => self.enter(context, Stage::List { page }),
            CardMenuDeed::OpenConsent { place } => self.enter(context, Stage::Consent { place }),
            CardMenuDeed::AskWithdrawal => self.ask_withdrawal(context),
            CardMenuDeed::Withdraw => self.withdraw(context, token),
            CardMenuDeed::OpenLink => {
                self.residents = residents.to_vec();
                self.enter(context, Stage::LinkConsent)
            }
            CardMenuDeed::AgreeToLink => self.agree(context),
            CardMenuDeed::LinkFor { resident } => {
                self.enter(context, Stage::LinkLetter { resident })
            }
            CardMenuDeed::TypeCode => self.type_code(context),
            CardMenuDeed::LinkWithoutCode => self.link(context, None),
            CardMenuDeed::OpenStop => self.enter(context, Stage::StopQuestion),
            CardMenuDeed::TypeStopCode => {
                let entry = DigitEntry::new(CODE_DIGITS);
                self.enter(context, Stage::StopCode { entry, remark: None })
            }
            CardMenuDeed::Pad(key) => self.pad(context, key),
            CardMenuDeed::Back => self.back(context),
        }
    }

    /// 戻る: one page back, else out.
    pub(crate) fn back(&mut self, context: &Context) -> CardMenuOutcome {
        let before = match &self.stage {
            Stage::Consent { place } => Stage::List { page: place / pages::LIST_ROWS },
            Stage::Withdraw { place } => Stage::Consent { place: *place },
            Stage::Told(Told::Withdrawn | Told::NotWithdrawn) if !self.consents.is_empty() => {
                Stage::List { page: 0 }
            }
            Stage::LinkLetter { .. } if self.residents.len() > 1 => Stage::LinkWho,
            Stage::LinkWho | Stage::LinkLetter { .. } => Stage::LinkConsent,
            Stage::LinkCode { resident, .. } | Stage::Linking { resident } => {
                Stage::LinkLetter { resident: *resident }
            }
            Stage::StopCode { .. } => Stage::StopQuestion,
            // It is on its way, and nothing takes it back.
            Stage::Stopping { call_id } => {
                let call_id = *call_id;
                self.late_stops.wait_for(call_id);
                Stage::Told(Told::StopUnknown { call_id })
            }
            Stage::Closed | Stage::Menu => return CardMenuOutcome::Leave,
            _ if self.has_menu => Stage::Menu,
            _ => return CardMenuOutcome::Leave,
        };
        self.enter(context, before)
    }

    /// The person is known: the list comes from the gateway.
    pub(crate) fn load(&mut self, context: &mut Context, token: &str) -> CardMenuOutcome {
        let call_id = context.call(ServiceCall::ListConsents { token: token.to_owned() });
        self.enter(context, Stage::Loading { call_id })
    }

    fn ask_withdrawal(&mut self, context: &Context) -> CardMenuOutcome {
        let Stage::Consent { place } = self.stage else { return CardMenuOutcome::Refused };
        self.enter(context, Stage::Withdraw { place })
    }

    fn withdraw(&mut self, context: &mut Context, token: Option<&str>) -> CardMenuOutcome {
        let Stage::Withdraw { place } = self.stage else { return CardMenuOutcome::Refused };
        let (Some(consent), Some(token)) = (self.consents.get(place), token) else {
            return self.enter(context, Stage::Told(Told::NotWithdrawn));
        };
        let consent_id = consent.consent_id.clone();
        let call_id =
            context.call(ServiceCall::WithdrawConsent { token: token.to_owned(), consent_id });
        self.enter(context, Stage::Withdrawing { place, call_id })
    }

    /// Straight on where only one person lives here; without anybody the town has to help.
    fn agree(&mut self, context: &Context) -> CardMenuOutcome {
        match self.residents.len() {
            0 => CardMenuOutcome::Refused,
            1 => self.enter(context, Stage::LinkLetter { resident: 0 }),
            _ => self.enter(context, Stage::LinkWho),
        }
    }

    fn type_code(&mut self, context: &Context) -> CardMenuOutcome {
        let Stage::LinkLetter { resident } = self.stage else { return CardMenuOutcome::Refused };
        let entry = DigitEntry::new(CODE_DIGITS);
        self.enter(context, Stage::LinkCode { resident, entry, remark: None })
    }

    fn link(&mut self, context: &Context, code: Option<LetterCode>) -> CardMenuOutcome {
        let resident = match &self.stage {
            Stage::LinkLetter { resident } | Stage::LinkCode { resident, .. } => *resident,
            _ => return CardMenuOutcome::Refused,
        };
        let Some(person) = self.residents.get(resident) else { return CardMenuOutcome::Refused };
        let resident_id = person.resident_id.clone();
        let wish = LinkWish { resident_id, code, consent_version: LINK_CONSENT_VERSION };
        self.enter_and(context, Stage::Linking { resident }, CardMenuOutcome::Link(wish))
    }

    /// The card page is gone without a result: back to where it was opened.
    pub(crate) fn card_left(&mut self, context: &Context) -> CardMenuOutcome {
        self.back(context)
    }

    /// The town does not know the letter's code: the digits once more.
    pub(crate) fn code_refused(&mut self, context: &Context) -> CardMenuOutcome {
        let Stage::Linking { resident } = self.stage else { return CardMenuOutcome::Refused };
        let entry = DigitEntry::new(CODE_DIGITS);
        let remark = Some(say::letter_code_refused());
        self.enter(context, Stage::LinkCode { resident, entry, remark })
    }

    pub(crate) fn linked(&mut self, context: &Context, state: CardLinkState) -> CardMenuOutcome {
        let told = match state {
            CardLinkState::Linked => Told::Linked,
            CardLinkState::WaitsForTown => Told::WaitsForTown,
        };
        self.enter(context, Stage::Told(told))
    }

    fn pad(&mut self, context: &mut Context, key: PadKey) -> CardMenuOutcome {
        let (Stage::LinkCode { entry, remark, .. } | Stage::StopCode { entry, remark }) =
            &mut self.stage
        else {
            return CardMenuOutcome::Refused;
        };
        let is_taken = match key {
            PadKey::Digit(digit) => entry.push(digit),
            PadKey::Delete => entry.delete(),
            PadKey::Submit if entry.is_complete() => return self.submit(context),
            PadKey::Submit => {
                *remark = Some(entry.missing());
                return CardMenuOutcome::Incomplete;
            }
        };
        if !is_taken {
            return CardMenuOutcome::Refused;
        }
        *remark = None;
        self.deadline = Some(context.now_ms() + ENTRY_MS);
        CardMenuOutcome::Same
    }

    fn submit(&mut self, context: &mut Context) -> CardMenuOutcome {
        match &self.stage {
            Stage::LinkCode { entry, .. } => {
                let code = LetterCode::new(entry.digits());
                self.link(context, Some(code))
            }
            Stage::StopCode { entry, .. } => {
                let code = LetterCode::new(entry.digits());
                let call_id = context.call(ServiceCall::StopCards { code });
                self.enter(context, Stage::Stopping { call_id })
            }
            _ => CardMenuOutcome::Refused,
        }
    }

    /// The gateway answered one of the calls of these pages; none when it is somebody else's.
    pub(crate) fn answered(
        &mut self,
        context: &Context,
        call_id: u64,
        answer: &ServiceAnswer,
    ) -> Option<CardMenuOutcome> {
        match self.stage {
            Stage::Loading { call_id: waited } if waited == call_id => {
                Some(self.loaded(context, answer))
            }
            Stage::Withdrawing { place, call_id: waited } if waited == call_id => {
                let told = match answer {
                    // Gone already is as good.
                    ServiceAnswer::Done
                    | ServiceAnswer::Failed(ServiceFault::Refused(ProblemCode::Unknown)) => {
                        if place < self.consents.len() {
                            self.consents.remove(place);
                        }
                        Told::Withdrawn
                    }
                    _ => Told::NotWithdrawn,
                };
                Some(self.enter(context, Stage::Told(told)))
            }
            Stage::Stopping { call_id: waited } if waited == call_id => {
                Some(self.stopped(context, call_id, answer))
            }
            _ if self.late_stops.answers(call_id) => {
                Some(self.stopped_late(context, call_id, answer))
            }
            _ => None,
        }
    }

    /// Told where the question stands, else in one line.
    fn stopped_late(
        &mut self,
        context: &Context,
        call_id: u64,
        answer: &ServiceAnswer,
    ) -> CardMenuOutcome {
        if matches!(self.stage, Stage::Told(Told::StopUnknown { call_id: asked }) if asked == call_id)
        {
            return self.stopped(context, call_id, answer);
        }
        self.late_stops.owe(answer, context.town_phone.as_ref());
        CardMenuOutcome::Same
    }

    /// What is still to be told, once.
    pub(crate) fn take_owed(&mut self) -> Option<Phrase> {
        self.late_stops.take_owed()
    }

    fn loaded(&mut self, context: &Context, answer: &ServiceAnswer) -> CardMenuOutcome {
        let ServiceAnswer::Consents(ServiceConsents { consents }) = answer else {
            return self.enter(context, Stage::Told(Told::ListFailed));
        };
        self.consents.clone_from(consents);
        self.enter(context, Stage::List { page: 0 })
    }

    fn stopped(
        &mut self,
        context: &Context,
        call_id: u64,
        answer: &ServiceAnswer,
    ) -> CardMenuOutcome {
        let again =
            |remark| Stage::StopCode { entry: DigitEntry::new(CODE_DIGITS), remark: Some(remark) };
        let next = match StopResult::of(answer) {
            StopResult::Stopped => Stage::Told(Told::Stopped),
            StopResult::TooMany => again(say::letter_code_too_many()),
            StopResult::Refused => again(say::letter_code_refused()),
            StopResult::Unknown => Stage::Told(Told::StopUnknown { call_id }),
        };
        self.enter(context, next)
    }

    /// The person is not known any more: what only they may see goes.
    pub(crate) fn person_gone(&mut self, context: &Context) -> CardMenuOutcome {
        let is_theirs = matches!(
            self.stage,
            Stage::Loading { .. }
                | Stage::List { .. }
                | Stage::Consent { .. }
                | Stage::Withdraw { .. }
                | Stage::Withdrawing { .. }
                | Stage::Told(Told::ListFailed | Told::Withdrawn | Told::NotWithdrawn)
        );
        self.consents.clear();
        if is_theirs { self.enter(context, Stage::Menu) } else { CardMenuOutcome::Same }
    }

    /// The pages are gone, by whatever key or order.
    pub(crate) fn close(&mut self) {
        if let Stage::Stopping { call_id } = self.stage {
            self.late_stops.wait_for(call_id);
        }
        let late_stops = std::mem::take(&mut self.late_stops);
        *self = Self { late_stops, ..Self::default() };
    }

    /// A time ran out.
    pub(crate) fn reach(&mut self, context: &Context) -> CardMenuOutcome {
        if self.deadline.is_none_or(|deadline| context.now_ms() < deadline) {
            return CardMenuOutcome::Same;
        }
        self.deadline = None;
        match &self.stage {
            Stage::Loading { .. } => self.enter(context, Stage::Told(Told::ListFailed)),
            Stage::Withdrawing { .. } => self.enter(context, Stage::Told(Told::NotWithdrawn)),
            // The time of a stop, too: its answer is told whenever it comes.
            _ => self.back(context),
        }
    }

    fn enter(&mut self, context: &Context, stage: Stage) -> CardMenuOutcome {
        self.enter_and(context, stage, CardMenuOutcome::PageChanged)
    }

    fn enter_and(
        &mut self,
        context: &Context,
        stage: Stage,
        outcome: CardMenuOutcome,
    ) -> CardMenuOutcome {
        let lasts_ms = match &stage {
            Stage::Loading { .. } | Stage::Withdrawing { .. } | Stage::Stopping { .. } => {
                Some(SILENCE_MS)
            }
            Stage::LinkCode { .. } | Stage::StopCode { .. } => Some(ENTRY_MS),
            _ => None,
        };
        self.stage = stage;
        self.page_since = context.now_ms();
        self.deadline = lasts_ms.map(|lasts_ms| context.now_ms() + lasts_ms);
        outcome
    }
}
