//! A box with its shell played by the test: a clock, a store, a card, a gateway that answers when
//! it is asked to.

use std::fmt::Write;

use gateway_api::{
    card::CardLinkState,
    login::{AssuranceLevel, LoginChallenge, Session},
    provisioning::Provisioning,
    report::{Report, ReportContent},
    service::{ConsentKind, ServiceAttribute, ServiceConsent, ServiceConsents, ServiceRequest},
};
use stb_core::{
    Config, Machine, Now, Output,
    config::{NewBox, Standing},
    effect::{Effect, StoreCommand, Stored},
    event::{CardIo, Event, OrderPath, ReaderState},
    key::{KeyAction, RemoteKey},
    service::{ServiceAnswer, ServiceCall},
    view::{Body, PageKind, PageView, TakeoverStage, TakeoverView, View},
};

use crate::{
    card::Card,
    town::{EVENING, Town},
};

/// The box and everything around it.
pub struct Television {
    pub town: Town,
    pub machine: Machine,
    pub now: Now,
    pub disk: Stored,
    pub disk_works: bool,
    pub card: Option<Card>,
    /// Whether the gateway answers logins, touches and reports by itself.
    pub gateway_answers: bool,
    /// Whether the day's answer stands already, given at another box.
    pub answered_elsewhere: bool,
    /// What the gateway says to questions about services and cards; none: what is good.
    pub service_says: Option<ServiceAnswer>,
    /// What a service asks.
    pub request: ServiceRequest,
    /// Level of the sessions that proofs open.
    pub proven_level: AssuranceLevel,
    /// Reports that the gateway took, in their order.
    pub delivered: Vec<Report>,
    /// Effects since the last look.
    pub effects: Vec<Effect>,
    /// Everything that was ever said to the outside, as a log would show it.
    pub log: String,
}

impl Television {
    /// An evening at home: provisioned, connected, channel 1, no card.
    pub fn at_home() -> Self {
        let mut television = Self::cold();
        television.disk.provisioning = Some(television.town.provisioning());
        television.start();
        television.happens(Event::LinkOpened);
        television.happens(Event::ReaderChanged(ReaderState::Empty));
        television.happens(Event::PlayerChanged {
            channel_id: "ch1".to_owned(),
            state: stb_core::event::PlayerState::Playing,
        });
        television
    }

    /// A box that was never provisioned and has not started.
    pub fn cold() -> Self {
        let town = Town::new();
        let now = Now { monotonic_ms: 1_000, wall_ms: EVENING, wall_trusted: true };
        Self {
            machine: Machine::new(config(&town, 7)),
            town,
            now,
            disk: Stored::default(),
            disk_works: true,
            card: None,
            gateway_answers: true,
            answered_elsewhere: false,
            service_says: None,
            request: sign_in_request(now.wall_ms),
            proven_level: AssuranceLevel::L2,
            delivered: Vec::new(),
            effects: Vec::new(),
            log: String::new(),
        }
    }

    /// Out of the carton, its store read, nobody connected.
    pub fn unpacked(new: NewBox) -> Self {
        let mut television = Self::boxed(new);
        television.start();
        television
    }

    /// The same, but nothing has come from its store so far.
    pub fn boxed(new: NewBox) -> Self {
        let mut television = Self::cold();
        let mut config = Config::of(Standing::New(new), 7);
        config.operator_phone = Some(OPERATOR_PHONE.to_owned());
        television.machine = Machine::new(config);
        television
    }

    pub fn start(&mut self) {
        let stored = self.disk.clone();
        self.happens(Event::Restored(Box::new(stored)));
    }

    /// Power off and on: only the disk remains. The box knows nothing of the gateway yet.
    pub fn restart(&mut self) {
        let seed = self.now.monotonic_ms;
        self.machine = Machine::new(config(&self.town, seed));
        self.now.monotonic_ms = 1_000;
        self.effects.clear();
        self.start();
    }

    pub fn press(&mut self, key: RemoteKey) {
        self.wait(200);
        self.happens(Event::Key { key, action: KeyAction::Pressed });
    }

    pub fn press_all(&mut self, keys: &[RemoteKey]) {
        for key in keys {
            self.press(*key);
        }
    }

    /// Reads the page, then types.
    pub fn type_pin(&mut self, pin: &[u8]) {
        self.wait(700);
        for digit in pin {
            self.press(RemoteKey::Digit(digit - b'0'));
        }
    }

    /// Opens the home page and presses the tile with this message id.
    pub fn choose(&mut self, tile: &str) {
        self.press(RemoteKey::Home);
        self.choose_here(tile);
    }

    /// Walks the focus to the item with this message id, and presses 決定.
    pub fn choose_here(&mut self, label: &str) {
        let page = self.page();
        let wanted = page.items.iter().position(|item| item.label.id == label);
        let wanted = wanted.unwrap_or_else(|| panic!("no item {label} on {:?}", page.title));
        for _ in 0..20 {
            let page = self.page();
            if page.focus == wanted {
                break;
            }
            let columns = match page.layout {
                stb_core::view::Layout::Tiles { columns } => columns,
                stb_core::view::Layout::KeyPad => 3,
                stb_core::view::Layout::Keyboard => 10,
                stb_core::view::Layout::Column => 1,
                stb_core::view::Layout::Row => page.items.len(),
            };
            let key = if page.focus / columns < wanted / columns {
                RemoteKey::Down
            } else if page.focus / columns > wanted / columns {
                RemoteKey::Up
            } else if page.focus < wanted {
                RemoteKey::Right
            } else {
                RemoteKey::Left
            };
            self.press(key);
        }
        // A hand does not press on what it has not seen yet.
        self.wait(700);
        self.press(RemoteKey::Confirm);
    }

    pub fn insert(&mut self, card: Card) {
        self.card = Some(card);
        self.happens(Event::ReaderChanged(ReaderState::CardPresent));
    }

    pub fn pull_card(&mut self) -> Option<Card> {
        let card = self.card.take();
        self.happens(Event::ReaderChanged(ReaderState::Empty));
        card
    }

    pub fn receive(&mut self, bytes: Vec<u8>) {
        self.happens(Event::OrderArrived { bytes, path: OrderPath::Stream });
    }

    /// Lets the time pass, with every deadline on the way.
    pub fn wait(&mut self, ms: u64) {
        let end = self.now.monotonic_ms + ms;
        while let Some(due) = self.machine.next_deadline().filter(|due| *due <= end) {
            self.advance_to(due.max(self.now.monotonic_ms));
            self.happens(Event::DeadlineReached);
        }
        self.advance_to(end);
    }

    fn advance_to(&mut self, monotonic_ms: u64) {
        let passed = monotonic_ms - self.now.monotonic_ms;
        self.now.monotonic_ms = monotonic_ms;
        self.now.wall_ms += i64::try_from(passed).expect("an evening is short");
    }

    /// One event, and everything that the shell does because of it.
    pub fn happens(&mut self, event: Event) {
        let mut waiting = vec![event];
        let mut rounds = 0;
        while !waiting.is_empty() {
            rounds += 1;
            assert!(rounds < 500, "the machine and the shell never come to rest");
            let event = waiting.remove(0);
            self.machine.handle(self.now, event);
            while let Output::Effect(effect) = self.machine.poll() {
                waiting.extend(self.perform(effect));
            }
            check_view(&self.machine.view());
            let due = self.machine.next_deadline();
            assert!(due.is_none_or(|due| due > self.now.monotonic_ms), "time stands still");
            self.note(&self.machine.view());
        }
    }

    fn note(&mut self, what: &impl std::fmt::Debug) {
        writeln!(self.log, "{what:?}").expect("a string takes everything");
    }

    fn perform(&mut self, effect: Effect) -> Vec<Event> {
        self.note(&effect);
        self.effects.push(effect.clone());
        match effect {
            Effect::Store(command) => self.store(command).into_iter().collect(),
            Effect::TransmitToCard(command) => vec![self.transmit(&command.0)],
            Effect::ResetCard => {
                if let Some(card) = &mut self.card {
                    card.reset();
                }
                Vec::new()
            }
            other if self.gateway_answers => self.gateway(other),
            Effect::SendReport(report) => vec![Event::ReportNotSent(report.report_id)],
            _ => Vec::new(),
        }
    }

    fn gateway(&mut self, effect: Effect) -> Vec<Event> {
        match effect {
            Effect::SendReport(report) => {
                let id = report.report_id;
                if !self.delivered.iter().any(|known| known.report_id == id) {
                    self.delivered.push(report);
                }
                vec![Event::ReportDelivered(id)]
            }
            Effect::OpenLogin(_) => vec![Event::LoginOpened(challenge(self.now.wall_ms))],
            Effect::SendProof { .. } | Effect::SendSignature { .. } => {
                vec![self.session(self.proven_level)]
            }
            Effect::Service { call_id, call } => {
                let answer = self.service_says.clone().unwrap_or_else(|| self.good_answer(&call));
                vec![Event::ServiceAnswered { call_id, answer }]
            }
            Effect::SendTouch(_) => vec![self.session(AssuranceLevel::L1)],
            _ => Vec::new(),
        }
    }

    fn good_answer(&self, call: &ServiceCall) -> ServiceAnswer {
        match call {
            ServiceCall::TakeRequest { .. } => {
                ServiceAnswer::Request(Box::new(self.request.clone()))
            }
            ServiceCall::ListConsents { .. } => ServiceAnswer::Consents(consents()),
            ServiceCall::LinkCard(link) if link.code.is_some() => {
                ServiceAnswer::Linked(CardLinkState::Linked)
            }
            ServiceCall::LinkCard(_) => ServiceAnswer::Linked(CardLinkState::WaitsForTown),
            ServiceCall::Approve { .. }
            | ServiceCall::Refuse { .. }
            | ServiceCall::WithdrawConsent { .. }
            | ServiceCall::StopCards { .. } => ServiceAnswer::Done,
        }
    }

    /// Questions about services and cards since the last look.
    pub fn calls(&self) -> Vec<ServiceCall> {
        let calls = self.effects.iter().filter_map(|effect| match effect {
            Effect::Service { call, .. } => Some(call.clone()),
            _ => None,
        });
        calls.collect()
    }

    /// Number of the last of them, for an answer that comes late.
    pub fn last_call_id(&self) -> u64 {
        let mut ids = self.effects.iter().filter_map(|effect| match effect {
            Effect::Service { call_id, .. } => Some(*call_id),
            _ => None,
        });
        ids.next_back().expect("something was asked")
    }

    /// Types digits on the remote.
    pub fn type_digits(&mut self, digits: &str) {
        self.wait(700);
        for digit in digits.bytes() {
            self.press(RemoteKey::Digit(digit - b'0'));
        }
    }

    pub fn session(&self, level: AssuranceLevel) -> Event {
        Event::SessionOpened(Box::new(Session {
            token: "secret-token".to_owned(),
            session_id: format!("session-{level:?}"),
            level,
            display_name: "中村 ハナ".to_owned(),
            display_kana: "ナカムラ ハナ".to_owned(),
            resident_id: Some("hana".to_owned()),
            expires_at_ms: self.now.wall_ms + 20 * 60_000,
            answered_today: self.answered_elsewhere,
        }))
    }

    fn store(&mut self, command: StoreCommand) -> Option<Event> {
        if !self.disk_works {
            return match command {
                StoreCommand::AddReport(report) => Some(Event::ReportNotStored(report.report_id)),
                _ => None,
            };
        }
        match command {
            StoreCommand::AddReport(report) => {
                let id = report.report_id;
                self.disk.outbox.push(report);
                return Some(Event::ReportStored(id));
            }
            StoreCommand::RemoveReport(id) => {
                self.disk.outbox.retain(|report| report.report_id != id);
            }
            StoreCommand::SaveProvisioning(provisioning) => {
                self.disk.provisioning = Some(Provisioning::clone(&provisioning));
            }
            StoreCommand::SaveOrders(bytes) => self.disk.orders = Some(bytes),
            StoreCommand::SaveSettings(bytes) => self.disk.settings = Some(bytes),
        }
        None
    }

    fn transmit(&mut self, command: &[u8]) -> Event {
        let answer = self.card.as_mut().and_then(|card| card.answer(command));
        answer.map_or(Event::CardFailed(CardIo::Removed), Event::CardAnswered)
    }

    pub fn view(&self) -> View {
        self.machine.view()
    }

    #[track_caller]
    pub fn page(&self) -> PageView {
        self.view().page.expect("a page is open")
    }

    pub fn takeover(&self) -> Option<TakeoverView> {
        self.view().takeover
    }

    pub fn stage(&self) -> Option<TakeoverStage> {
        self.takeover().map(|takeover| takeover.stage)
    }

    #[track_caller]
    pub fn sees(&self, kind: PageKind) {
        let view = self.view();
        let page = view.page.as_ref();
        assert_eq!(page.map(|page| page.kind), Some(kind), "on the screen: {view:?}");
    }

    #[track_caller]
    pub fn sees_sentence(&self, id: &str) {
        let page = self.page();
        let ids = [Some(&page.title), page.lead.as_ref(), page.detail.as_ref()];
        let found = ids.iter().flatten().any(|phrase| phrase.id == id);
        assert!(found, "no {id} among {ids:?}");
    }

    #[track_caller]
    pub fn is_live_television(&self) {
        let view = self.view();
        assert!(view.page.is_none(), "a page is open: {:?}", view.page);
        let covers = view.takeover.is_some_and(|takeover| takeover.stage > TakeoverStage::Notice);
        assert!(!covers, "an order covers the picture");
    }

    /// Message id of the item with the focus.
    #[track_caller]
    pub fn focused(&self) -> &'static str {
        let page = self.page();
        page.items[page.focus].label.id
    }

    pub fn has_item(&self, label: &str) -> bool {
        self.page().items.iter().any(|item| item.label.id == label)
    }

    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    pub fn spoken(&self) -> Vec<&'static str> {
        let speeches = self.effects.iter().filter_map(|effect| match effect {
            Effect::Speak { sentences, .. } => Some(sentences),
            _ => None,
        });
        speeches.flatten().map(|sentence| sentence.id).collect()
    }

    pub fn delivered_contents(&self) -> Vec<ReportContent> {
        self.delivered.iter().map(|report| report.content.clone()).collect()
    }
}

/// The library asks who is there.
pub fn sign_in_request(wall_ms: i64) -> ServiceRequest {
    ServiceRequest {
        request_id: "request-1".to_owned(),
        service_name: "町立図書館".to_owned(),
        service_kana: "チョウリツトショカン".to_owned(),
        purpose: "本の予約のため".to_owned(),
        attributes: vec![ServiceAttribute::Name, ServiceAttribute::District],
        level: AssuranceLevel::L2,
        login_relying_party: "service:library".to_owned(),
        login_purpose: "request:request-1".to_owned(),
        form: None,
        expires_at_ms: wall_ms + 5 * 60_000,
    }
}

/// Four services, so that the list has two pages.
pub fn consents() -> ServiceConsents {
    let consent = |(number, name): (i64, &str)| ServiceConsent {
        consent_id: format!("consent-{number}"),
        kind: ConsentKind::SignIn,
        service_name: name.to_owned(),
        service_kana: String::new(),
        purpose: "本の予約のため".to_owned(),
        attributes: vec![ServiceAttribute::Name],
        given_at_ms: EVENING - 40 * 86_400_000,
        last_used_at_ms: EVENING - number * 86_400_000,
    };
    let names = [(1, "町立図書館"), (2, "年金の窓口"), (3, "診療所の予約"), (4, "スポーツ広場")];
    ServiceConsents { consents: names.map(consent).to_vec() }
}

/// Nobody's number.
pub const OPERATOR_PHONE: &str = "0884-00-0000";

fn config(town: &Town, seed: u64) -> Config {
    let mut config = Config::new("box-1", "gateway.minami", town.root_key(), seed);
    config.receipt_window_ms = 0;
    config.operator_phone = Some(OPERATOR_PHONE.to_owned());
    config
}

pub fn challenge(wall_ms: i64) -> LoginChallenge {
    LoginChallenge {
        login_id: "login-1".to_owned(),
        nonce: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".to_owned(),
        issued_at_ms: wall_ms,
        expires_at_ms: wall_ms + 120_000,
    }
}

/// Invariant 7 on every screen that ever is: exactly one element has focus.
#[track_caller]
pub fn check_view(view: &View) {
    if let Some(page) = &view.page {
        assert!(page.focus < page.items.len(), "focus nowhere: {page:?}");
        if let Body::Rows { rows, page: number, pages } = &page.body {
            assert!(rows.len() <= 5 && (1..=*pages).contains(number));
        }
        let is_question = page.kind == PageKind::Diagnosis;
        assert!(!is_question || view.takeover.is_none(), "the support asks beside an order");
    }
    if let Some(takeover) = &view.takeover {
        if takeover.stage == TakeoverStage::Notice {
            assert!(takeover.answers.is_empty());
        } else {
            assert!(takeover.focus < takeover.answers.len(), "focus nowhere: {takeover:?}");
            assert!(view.page.is_none(), "two things would have focus");
        }
    }
}
