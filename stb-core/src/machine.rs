//! The top loop: one event in, one change of state, effects and one view out.

mod actions;
mod cards;
mod diagnosis;
mod duty;
mod first_start;
mod guide;
mod help;
mod keys;
mod locked;
mod orders;
mod pages;
mod people;
mod plan;
mod reports;
mod services;
mod start_over;
mod takeover_keys;
mod vitals;

use evacuation::book::Standing;
use gateway_api::{provisioning::Provisioning, resident::AccessLog, status::LastOrder};

use crate::{
    Config, Now,
    access::Settings,
    cards::CardMenu,
    check_in::CheckIn,
    context::Context,
    diagnosis::DiagnosisDesk,
    duty::Proof,
    effect::{Effect, SpeechPriority, StoreCommand, Stored},
    emergency::{Emergency, covers_picture},
    event::Event,
    first_start::FirstStart,
    link::{outbox::Outbox, telemetry::Telemetry},
    nav::{Navigator, Page},
    phone::Phone,
    phrase::{Phrase, say},
    profile::{Profile, take_manifest},
    services::ServiceDesk,
    session::CardDesk,
    speech::Voice,
    tv::{LiveTv, Wish, hint::Hint, volume::Volume},
    view::{BannerView, Language, PictureView, TakeoverStage, View},
};
use keys::KeyGate;
use start_over::Refusal;
use vitals::UpdateLine;

/// Changed settings are written after this pause, to spare the flash memory.
const SETTINGS_PAUSE_MS: u64 = 2_000;
/// A toast leaves by itself; nothing essential stands in one.
const TOAST_MS: u64 = 5_000;

/// The stored order book could not be read; counted under this reason.
const DAMAGED_BOOK: &str = "damaged-book";

/// What the machine has to say between two events.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Do this; then poll again.
    Effect(Effect),
    /// Nothing more to do until the next event, or until this moment of the monotonic clock, when
    /// [`Event::DeadlineReached`] is due.
    WaitUntil(Option<u64>),
}

/// The box.
pub struct Machine {
    context: Context,
    keys: KeyGate,
    settings: Settings,
    settings_due: Option<u64>,
    /// Somebody chose something since the start.
    settings_chosen: bool,
    /// The screen is dark until a key, a card or an order wakes it.
    standby: bool,
    profile: Option<Profile>,
    tv: LiveTv,
    hint: Hint,
    nav: Navigator,
    card: CardDesk,
    services: ServiceDesk,
    card_menu: CardMenu,
    diagnosis: DiagnosisDesk,
    check_in: CheckIn,
    access_log: LogState,
    emergency: Emergency,
    outbox: Outbox,
    telemetry: Telemetry,
    voice: Voice,
    arrival: orders::Arrival,
    toast: Option<Toast>,
    welcome_until: Option<u64>,
    link_open: bool,
    /// The gateway does not know this box any more.
    refusal: Option<Refusal>,
    /// When somebody last used the remote or a card.
    touched_at: u64,
    /// When a digit was last typed for a page.
    typed_at: Option<u64>,
    /// The newest order that was believed since the start.
    last_order: Option<LastOrder>,
    /// How often the gateway wanted to hear at once how the box is.
    status_wanted: u32,
    update_line: UpdateLine,
    /// The store was read.
    is_restored: bool,
    proof: Proof,
    /// Until the box belongs to a home.
    first_start: Option<FirstStart>,
    reader_before_enrolment: Option<Event>,
    /// When the first start begins without the store.
    store_due: Option<u64>,
    /// When a wish to start over has failed.
    start_over_due: Option<u64>,
}

/// One sentence for a moment.
#[derive(Debug, Clone, PartialEq)]
struct Toast {
    sentence: Phrase,
    until: u64,
}

/// Who looked at the data of the person at the box.
#[derive(Debug, Default)]
enum LogState {
    #[default]
    Loading,
    Failed,
    Here(AccessLog),
}

impl Machine {
    /// A box that has not read its store yet: television without channels.
    pub fn new(config: Config) -> Self {
        let settings = Settings::default();
        Self {
            context: Context::new(config),
            keys: KeyGate::default(),
            tv: LiveTv::new(Volume::new(settings.volume_percent, settings.muted)),
            hint: Hint::default(),
            settings,
            settings_due: None,
            settings_chosen: false,
            standby: false,
            profile: None,
            nav: Navigator::default(),
            card: CardDesk::default(),
            services: ServiceDesk::default(),
            card_menu: CardMenu::default(),
            diagnosis: DiagnosisDesk::default(),
            check_in: CheckIn::default(),
            access_log: LogState::default(),
            emergency: Emergency::new(),
            outbox: Outbox::default(),
            telemetry: Telemetry::default(),
            voice: Voice::default(),
            arrival: orders::Arrival::default(),
            toast: None,
            welcome_until: None,
            link_open: false,
            refusal: None,
            touched_at: 0,
            typed_at: None,
            last_order: None,
            status_wanted: 0,
            update_line: UpdateLine::default(),
            is_restored: false,
            proof: Proof::default(),
            first_start: None,
            reader_before_enrolment: None,
            store_due: None,
            start_over_due: None,
        }
    }

    /// Changes the state once. Afterwards [`Self::poll`] until it says to wait.
    pub fn handle(&mut self, now: Now, event: Event) {
        let monotonic_ms = now.monotonic_ms.max(self.context.now_ms());
        self.context.now = Now { monotonic_ms, ..now };
        self.reach_deadlines();
        self.prove(&event);
        self.note_touch(&event);
        self.take(event);
        self.settle();
    }

    /// The next thing to do, or until when there is nothing to do.
    pub fn poll(&mut self) -> Output {
        match self.context.next_effect() {
            Some(effect) => Output::Effect(effect),
            None => Output::WaitUntil(self.next_deadline()),
        }
    }

    /// When [`Event::DeadlineReached`] is due on the monotonic clock.
    pub fn next_deadline(&self) -> Option<u64> {
        let now_ms = self.context.now_ms();
        let deadlines = [
            self.tv.deadline(),
            self.hint.deadline(),
            self.settings_due,
            self.card.deadline(),
            self.services.deadline(),
            self.card_menu.deadline(),
            self.diagnosis_deadline(),
            self.check_in.deadline(),
            self.emergency.takeover_deadline(now_ms),
            self.emergency.next_end(self.context.now),
            self.outbox.deadline(),
            self.telemetry.deadline(),
            self.voice.deadline(),
            self.toast.as_ref().map(|toast| toast.until),
            self.welcome_until,
            self.update_line.deadline(),
            self.conversation_end(),
            self.first_start_deadline(),
            self.start_over_due,
        ];
        deadlines.into_iter().flatten().min()
    }

    /// The whole screen as it shall be now.
    pub fn view(&self) -> View {
        if self.standby {
            return self.dark();
        }
        let takeover = self.takeover_view();
        let stage = takeover.as_ref().map(|takeover| takeover.stage);
        let is_over_pages = stage.is_some_and(|stage| stage > TakeoverStage::Notice);
        let page = if is_over_pages { None } else { self.page_view() };
        let banner = self
            .tv
            .banner()
            .filter(|banner| page.is_none() || matches!(banner, BannerView::Volume { .. }));
        let is_bare = takeover.is_none() && page.is_none() && banner.is_none();
        View {
            scale: self.shown_scale(),
            language: self.shown_language(),
            picture: PictureView {
                notice: self.tv.notice(),
                covered: stage.is_some_and(covers_picture),
            },
            hint: if is_bare { self.line_over_television() } else { None },
            banner,
            page,
            toast: self.toast.as_ref().map(|toast| toast.sentence.clone()),
            takeover,
        }
    }

    fn line_over_television(&self) -> Option<Phrase> {
        let update = || self.update_hint();
        let begin = || {
            let is_shown = self.hint.is_shown() && self.has_menu_keys();
            is_shown.then(|| self.refused_line().unwrap_or_else(say::hint_begin))
        };
        self.call_hint().or_else(update).or_else(begin)
    }

    /// Nothing to be seen, and nothing that has focus.
    fn dark(&self) -> View {
        View {
            scale: self.settings.scale,
            language: self.language(),
            picture: PictureView { notice: None, covered: true },
            hint: None,
            banner: None,
            page: None,
            toast: None,
            takeover: None,
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Key { key, action } => self.key(key, action),
            Event::DeadlineReached => {}
            Event::Restored(stored) => self.restored(*stored),
            Event::ReportStored(report) => self.report_stored(report),
            Event::ReportNotStored(report) => self.report_not_stored(report),
            Event::ReportDelivered(report) => self.report_delivered(report),
            Event::ReportRefused { report_id, code } => self.report_refused(report_id, code),
            Event::ReportNotSent(report) => {
                let now_ms = self.context.now_ms();
                self.outbox.not_sent(report, now_ms, &mut self.context.random);
            }
            Event::LinkOpened => {
                self.link_open = true;
                self.refusal = None;
                self.outbox.link_opened();
                self.context.push(Effect::FetchProvisioning);
            }
            Event::LinkLost => self.link_open = false,
            Event::DeviceRefused { is_stopped } => self.device_refused(is_stopped),
            Event::ProvisioningChanged => self.context.push(Effect::FetchProvisioning),
            Event::StatusWanted => self.status_wanted = self.status_wanted.wrapping_add(1),
            Event::Provisioned(provisioning) => self.provisioned(*provisioning),
            Event::OrderArrived { bytes, .. } => self.order_arrived(&bytes),
            Event::HeartbeatArrived(bytes) => self.heartbeat_arrived(&bytes),
            Event::TakeoverPainted { order_id } => self.takeover_painted(&order_id),
            Event::AccessLogArrived(log) => {
                self.access_log = log.map_or(LogState::Failed, LogState::Here);
            }
            Event::PlayerChanged { channel_id, state } => {
                self.tv.player_changed(&channel_id, state);
            }
            Event::SoundChosen { channel_id, number, count } => {
                self.sound_chosen(&channel_id, number, count);
            }
            Event::ServiceAnswered { call_id, answer } => self.service_answered(call_id, &answer),
            Event::SpeechEnded(speech_id) => self.voice.ended(speech_id),
            Event::UpdateChanged(notice) => self.update_changed(notice),
            Event::DiagnosisAsked(request) => self.diagnosis_asked(request),
            Event::DiagnosisSettled { request_id, outcome } => {
                self.diagnosis_settled(request_id, outcome);
            }
            Event::EnrolmentTold(news) => self.enrolment_told(news),
            Event::StartOverFailed => self.start_over_failed(),
            reader @ Event::ReaderChanged(_) if self.first_start.is_some() => {
                self.note_reader_before_enrolment(reader);
            }
            card_or_login => self.card_event(card_or_login),
        }
    }

    /// A slow disk tells late: what came from the gateway, by key or by multicast meanwhile is
    /// newer and stays.
    fn restored(&mut self, stored: Stored) {
        if let Some(bytes) = stored.settings.filter(|_| !self.settings_chosen) {
            self.settings = Settings::from_bytes(&bytes);
            self.tv.volume.set(self.settings.volume_percent, self.settings.muted);
        }
        self.outbox.restore(stored.outbox);
        // A box that lost its identity can believe no order: those of the store stay there as they are.
        if self.context.config.enrolled().is_some() {
            self.restore_orders(stored.orders, stored.provisioning);
        }
        self.begin_first_start();
        self.is_restored = true;
    }

    fn restore_orders(&mut self, orders: Option<Vec<u8>>, provisioning: Option<Provisioning>) {
        if let Some(bytes) = orders
            && !self.emergency.restore(&bytes, self.context.now)
        {
            self.telemetry.refused_order(DAMAGED_BOOK, self.context.now_ms());
        }
        self.send_what_was_lost();
        let newer = self.profile.as_ref().map(|profile| profile.provisioning.clone());
        if let Some(provisioning) = newer.or(provisioning) {
            self.adopt(provisioning);
        }
        if let Some(profile) = &self.profile {
            self.emergency.catch_up(profile, self.context.now);
            self.save_orders();
        }
        self.refresh_orders();
    }

    /// Fresh provisioning. A key manifest that is older than the one in use, or not signed by the
    /// root, does not replace it, neither here nor in the store.
    fn provisioned(&mut self, mut provisioning: Provisioning) {
        let is_taken = self.take_manifest(&provisioning.key_manifest);
        let before = self.profile.as_ref().map(|profile| &profile.provisioning);
        if let (false, Some(before)) = (is_taken, before) {
            provisioning.key_manifest.clone_from(&before.key_manifest);
        }
        if before == Some(&provisioning) {
            return;
        }
        let save = StoreCommand::SaveProvisioning(Box::new(provisioning.clone()));
        self.context.push(Effect::Store(save));
        self.adopt(provisioning);
        self.refresh_orders();
    }

    /// A box that belongs to no town believes nobody.
    fn take_manifest(&mut self, encoded: &str) -> bool {
        let Some(enrolled) = self.context.config.enrolled() else { return false };
        take_manifest(self.emergency.trust_mut(), encoded, enrolled.manifest_root_key)
    }

    fn adopt(&mut self, provisioning: Provisioning) {
        self.take_manifest(&provisioning.key_manifest);
        let channels = provisioning.channels.clone();
        self.context.town_phone = provisioning.phone.as_deref().and_then(Phone::new);
        let profile = self.profile.insert(Profile::new(provisioning));
        let adoption = self.emergency.adopt(profile);
        for reason in adoption.refused {
            self.telemetry.refused_order(reason, self.context.now_ms());
        }
        let dealt_with = &profile.provisioning.help_dealt_with;
        let is_news = self.emergency.set_dealt_with(dealt_with);
        if adoption.is_changed || is_news {
            self.save_orders();
        }
        let wanted = self.settings.last_channel.clone();
        let wish = self.tv.set_channels(self.context.now_ms(), channels, wanted.as_deref());
        self.fulfil(wish);
        self.hint.begin(self.context.now_ms());
    }

    fn reach_deadlines(&mut self) {
        let now_ms = self.context.now_ms();
        let wish = self.tv.reach(now_ms);
        self.fulfil(wish);
        self.hint.reach(now_ms);
        self.update_line.reach(now_ms);
        self.voice.reach(now_ms);
        self.toast.take_if(|toast| toast.until <= now_ms);
        self.reach_people();
        self.reach_services();
        self.diagnosis.reach(now_ms);
        self.reach_orders();
        self.reach_start_over();
        self.reach_reports();
        if self.settings_due.take_if(|due| *due <= now_ms).is_some() {
            let bytes = self.settings.to_bytes();
            self.context.push(Effect::Store(StoreCommand::SaveSettings(bytes)));
        }
    }

    /// What follows from the new state, whatever the event was.
    fn settle(&mut self) {
        self.settle_first_start();
        self.settle_people();
        self.settle_services();
        self.settle_diagnosis();
        self.send_next_report();
        self.speak_page();
        self.say_arrival();
        let now_ms = self.context.now_ms();
        self.tv.volume.ducked = self.voice.is_speaking();
        let is_covered = self.emergency.is_alerting()
            && self.emergency.stage(now_ms).is_some_and(covers_picture);
        self.tv.volume.silenced = self.standby || is_covered;
        if let Some(effect) = self.tv.volume.changed() {
            self.context.push(effect);
        }
    }

    fn speak_page(&mut self) {
        let page = if self.settings.speech { self.page_view() } else { None };
        if let Some(effect) = self.voice.follow(self.context.now_ms(), page.as_ref()) {
            self.context.push(effect);
        }
    }

    fn say(&mut self, sentences: Vec<Phrase>, priority: SpeechPriority) {
        if let Some(effect) = self.voice.say(self.context.now_ms(), sentences, priority) {
            self.context.push(effect);
        }
    }

    fn show_toast(&mut self, sentence: Phrase) {
        let until = self.context.now_ms() + TOAST_MS;
        self.toast = Some(Toast { sentence, until });
    }

    fn fulfil(&mut self, wish: Wish) {
        let Wish::Tune { channel, neighbours } = wish else { return };
        self.settings.last_channel = Some(channel.channel_id.clone());
        self.settings_changed();
        self.context.push(Effect::Tune(channel));
        self.context.push(Effect::Prefetch(neighbours));
    }

    fn settings_changed(&mut self) {
        self.settings_due = Some(self.context.now_ms() + SETTINGS_PAUSE_MS);
    }

    fn language(&self) -> Language {
        let provisioned = || {
            let profile = self.profile.as_ref()?;
            Language::from_tag(&profile.provisioning.household.language)
        };
        self.settings.language.or_else(provisioned).unwrap_or_default()
    }

    fn is_order_in_force(&self) -> bool {
        self.emergency.is_in_force()
    }

    fn is_on(&self, page: Page) -> bool {
        self.nav.page() == Some(&page)
    }
}
