//! Looks after the box: tells the operator how it is, and takes new versions of it when the home can spare it.
//!
//! The decision is `stb_core::update`; this thread brings it what it needs and carries out what it says. It may
//! neither write a slot nor restart the machine: it leaves a wish as a file, and a unit of the system with the
//! rights for it takes that up (`hitokoe-update.path`). Where there is no such system, states are told and
//! offers are declined.

mod diagnosis;
mod surroundings;
#[cfg(test)]
mod tests;

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    time::Duration,
};

use gateway_api::{
    diagnosis::{Diagnosis, DiagnosisRequest, Playback, Start},
    status::{BoxStatus, LastOrder, StatusAnswer},
    update::{UpdateOffer, UpdateReport, UpdateState},
};
use serde::{Deserialize, Serialize};
use stb_core::{
    Now,
    event::{Event, UpdateNotice},
    update::{Action, Installer, Kept, Situation, Updater},
    vitals::Vitals,
};
use uuid::Uuid;

use super::{
    Ended, Events,
    clock::Clock,
    file::replace,
    link::{Link, Request},
    supervise,
};
use crate::record::Record;
pub use surroundings::Surroundings;

/// How often everything is looked at.
const TICK: Duration = Duration::from_secs(10);
/// How often it is looked whether an answer came, while one is waited for.
const ANSWER_TICK: Duration = Duration::from_millis(250);
/// Two states are at least so far apart, whatever changed; but for one that the gateway wants at once.
const APART_MS: u64 = 15_000;
/// An answer that did not come within this time will not come.
const ANSWER_MS: u64 = 60_000;
/// A gateway that cannot be reached is told again after this time.
const FAILED_MS: u64 = 60_000;
/// The state is told at least this often, whatever the gateway says.
const AGAIN_MAX_MS: u64 = 3_600_000;
/// What outlives a restart.
const KEPT_FILE: &str = "caretaker.json";
/// A unit of the system wipes the data partition because of it, and starts the box anew.
const START_OVER_FILE: &str = "factory-reset";

/// The caretaker's end of the box.
#[derive(Debug)]
pub struct Caretaker {
    news: Sender<News>,
    last_key_ms: Arc<AtomicU64>,
}

/// What the caretaker hears from the box.
enum News {
    Vitals(Vitals),
    Diagnose(Given),
    StartOver,
}

/// The home said yes to a diagnosis; what the machine adds to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// To which question.
    pub request_id: Uuid,
    /// What became of channels.
    pub playback: Playback,
    /// Picture, gateway and card service were seen since the start.
    pub is_proven: bool,
}

/// What the application knows of itself.
#[derive(Debug, Clone)]
pub struct Application {
    /// Its log.
    pub record: Record,
    /// Television and orders only.
    pub is_safe_mode: bool,
}

impl Caretaker {
    /// Starts with the box as it is.
    pub fn start(
        data_dir: &Path,
        (surroundings, application): (Surroundings, Application),
        clock: Clock,
        link: Link,
        events: Events,
    ) -> io::Result<Self> {
        let (sender, news) = channel();
        let last_key_ms = Arc::new(AtomicU64::new(0));
        let around = (surroundings, application);
        let mut work = Work::new(data_dir, around, link, events, last_key_ms.clone());
        supervise("caretaker", move || work.go_on(&news, &clock))?;
        Ok(Self { news: sender, last_key_ms })
    }

    /// The box is like this now.
    pub fn note(&self, vitals: Vitals) {
        self.pass_on(News::Vitals(vitals));
    }

    /// The home said yes: how the box is goes to whoever asked.
    pub fn diagnose(&self, given: Given) {
        self.pass_on(News::Diagnose(given));
    }

    /// What the home has on this box is to be wiped.
    pub fn start_over(&self) {
        self.pass_on(News::StartOver);
    }

    fn pass_on(&self, news: News) {
        if self.news.send(news).is_err() {
            tracing::error!("the state of the box was lost: its thread is gone");
        }
    }

    /// Somebody pressed a key.
    pub fn key_pressed(&self, monotonic_ms: u64) {
        self.last_key_ms.store(monotonic_ms, Ordering::Relaxed);
    }
}

/// What outlives a restart.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Memory {
    updates: Kept,
    last_order: Option<LastOrder>,
}

/// The way to the gateway.
trait Upward {
    /// Tells how the box is; the answer comes later, none when it was not taken.
    fn tell(&self, status: BoxStatus) -> Receiver<Option<StatusAnswer>>;
    /// Asks for the next device certificate.
    fn renew_certificate(&self);
    /// The present one with its issuer, PEM.
    fn certificate_chain(&self) -> String;
    /// Sends what the home agreed to; whether it was taken comes as an event.
    fn give(&self, request_id: Uuid, diagnosis: Diagnosis);
}

impl Upward for Link {
    fn tell(&self, status: BoxStatus) -> Receiver<Option<StatusAnswer>> {
        let (answers, answer) = channel();
        self.ask(Request::SendStatus { status: Box::new(status), answers });
        answer
    }

    fn renew_certificate(&self) {
        self.ask(Request::RenewCertificate);
    }

    fn certificate_chain(&self) -> String {
        Self::certificate_chain(self)
    }

    fn give(&self, request_id: Uuid, diagnosis: Diagnosis) {
        self.ask(Request::GiveDiagnosis { request_id, diagnosis: Box::new(diagnosis) });
    }
}

struct Work<U> {
    file: PathBuf,
    /// As it lies in the file.
    kept: Memory,
    last_order: Option<LastOrder>,
    surroundings: Surroundings,
    application: Application,
    gateway: U,
    events: Events,
    last_key_ms: Arc<AtomicU64>,
    updater: Updater,
    vitals: Option<Vitals>,
    offer: Option<UpdateOffer>,
    notice: Option<UpdateNotice>,
    /// How far an update was when it was last looked at.
    report: UpdateReport,
    /// The support waits for an answer of this home.
    diagnosis: Option<DiagnosisRequest>,
    told: Told,
}

/// What was told last.
#[derive(Default)]
struct Told {
    status: Option<BoxStatus>,
    /// [`Vitals::wanted`] of then.
    wanted: u32,
    at_ms: u64,
    next_ms: u64,
    answer: Option<Receiver<Option<StatusAnswer>>>,
}

impl<U: Upward> Work<U> {
    fn new(
        data_dir: &Path,
        (surroundings, application): (Surroundings, Application),
        gateway: U,
        events: Events,
        last_key_ms: Arc<AtomicU64>,
    ) -> Self {
        let file = data_dir.join(KEPT_FILE);
        let kept = read(&file);
        let updater = Updater::new(kept.updates.clone());
        Self {
            file,
            last_order: kept.last_order,
            kept,
            surroundings,
            application,
            gateway,
            events,
            last_key_ms,
            updater,
            vitals: None,
            offer: None,
            notice: None,
            report: UpdateReport::current(),
            diagnosis: None,
            told: Told::default(),
        }
    }

    fn go_on(&mut self, news: &Receiver<News>, clock: &Clock) -> Ended {
        loop {
            match news.recv_timeout(self.patience()) {
                Ok(first) => {
                    for news in std::iter::once(first).chain(news.try_iter()) {
                        self.hear(&news, clock.now());
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ended::Finished,
            }
            self.look(clock.now());
        }
    }

    /// Until when there is nothing to do but for news: an answer may hold what somebody waits for.
    const fn patience(&self) -> Duration {
        if self.told.answer.is_some() { ANSWER_TICK } else { TICK }
    }

    fn hear(&mut self, news: &News, now: Now) {
        match news {
            News::Vitals(vitals) => self.vitals = Some(*vitals),
            News::Diagnose(given) => self.diagnose(*given, now),
            News::StartOver => self.wish_to_start_over(),
        }
    }

    fn wish_to_start_over(&self) {
        tracing::warn!("the home wants to start over: what it has on this box will be wiped");
        if let Err(error) = std::fs::write(self.file.with_file_name(START_OVER_FILE), b"") {
            tracing::error!(%error, "the wish to start over was not written");
            // Nobody listens any more when the box ends.
            let _ = self.events.send_blocking(Event::StartOverFailed);
        }
    }

    /// Only after the home said yes.
    fn diagnose(&self, given: Given, now: Now) {
        let Some(vitals) = self.vitals else { return };
        tracing::info!("the home agreed to a diagnosis; it is sent");
        let diagnosis = Diagnosis {
            collected_at_ms: now.wall_ms,
            clock_trusted: now.wall_trusted,
            status: self.status(vitals, self.report.clone(), now.monotonic_ms),
            start: Start {
                is_proven: given.is_proven,
                is_safe_mode: self.application.is_safe_mode,
                has_installer: self.surroundings.installer() != Installer::Missing,
            },
            process: diagnosis::process(),
            temperature_millicelsius: diagnosis::temperature(&self.surroundings.devices("thermal")),
            interfaces: diagnosis::interfaces(&self.surroundings.devices("net")),
            is_linked: vitals.is_linked,
            playback: given.playback,
            log: self.application.record.log(),
        };
        self.gateway.give(given.request_id, diagnosis);
    }

    /// Looks at everything once.
    fn look(&mut self, now: Now) {
        let Some(vitals) = self.vitals else { return };
        self.last_order = vitals.last_order.or(self.last_order);
        self.hear_answer(now.monotonic_ms);
        let report = self.update(now);
        self.report = report.clone();
        self.tell(vitals, report, now.monotonic_ms);
    }

    fn update(&mut self, now: Now) -> UpdateReport {
        let last_key_ms = self.last_key_ms.load(Ordering::Relaxed);
        let (action, report) = self.updater.step(&Situation {
            now,
            running: self.surroundings.version(),
            boot: self.surroundings.boot(),
            offer: self.offer.as_ref(),
            installer: self.surroundings.installer(),
            is_busy: self.surroundings.is_busy(),
            is_proven: self.surroundings.is_proven(),
            is_provable: self.vitals.is_some_and(|vitals| vitals.is_provable()),
            idle_ms: now.monotonic_ms.saturating_sub(last_key_ms),
            spread: self.surroundings.spread(),
        });
        if self.keep() {
            self.carry_out(&action);
        }
        self.tell_home(&report);
        report
    }

    /// On the disk before anything is done that only makes sense when it is remembered; false where it is not.
    fn keep(&mut self) -> bool {
        let kept = Memory { updates: self.updater.kept().clone(), last_order: self.last_order };
        if kept == self.kept && self.file.exists() {
            return true;
        }
        if let Err(error) = write(&self.file, &kept) {
            tracing::error!(%error, file = %self.file.display(), "not remembered");
            return false;
        }
        self.kept = kept;
        true
    }

    fn carry_out(&self, action: &Action) {
        let done = match action {
            Action::Nothing => return,
            Action::Install(offer) => {
                tracing::info!(version = %offer.version, bundle = %offer.bundle, "update begins");
                self.surroundings.wish_installation(offer, &self.gateway.certificate_chain())
            }
            Action::Restart => {
                tracing::info!("restart for an update");
                self.surroundings.wish_restart()
            }
        };
        if let Err(error) = done {
            tracing::error!(%error, "the wish was not left");
        }
    }

    /// One line on the screen, when there is something new to say.
    fn tell_home(&mut self, report: &UpdateReport) {
        let notice = match report.state {
            UpdateState::Written => Some(UpdateNotice::Tonight),
            UpdateState::FellBack => Some(UpdateNotice::WentBack),
            UpdateState::Current if report.bundle.is_some() => Some(UpdateNotice::Renewed),
            _ => None,
        };
        if self.notice != notice {
            self.notice = notice;
            // Fails only when the box is stopping.
            let _ = self.events.send_blocking(Event::UpdateChanged(notice));
        }
    }

    fn status(&self, vitals: Vitals, update: UpdateReport, now_ms: u64) -> BoxStatus {
        BoxStatus {
            version: self.surroundings.version().clone(),
            slot: self.surroundings.slot(),
            reader: vitals.reader,
            last_order: self.last_order,
            signal: vitals.signal,
            update,
            uptime_seconds: u32::try_from(now_ms / 1_000).unwrap_or(u32::MAX),
            memory: Some(surroundings::memory()),
        }
    }

    fn tell(&mut self, vitals: Vitals, update: UpdateReport, now_ms: u64) {
        let status = self.status(vitals, update, now_ms);
        let is_news = self.told.status.as_ref().is_none_or(|told| differs(told, &status));
        let is_due = now_ms >= self.told.next_ms || is_news;
        let is_apart = self.told.at_ms == 0 || now_ms >= self.told.at_ms + APART_MS;
        let is_wanted = vitals.wanted != self.told.wanted;
        if !(is_wanted || is_due && is_apart) || self.told.answer.is_some() {
            return;
        }
        let answer = Some(self.gateway.tell(status.clone()));
        let (wanted, next_ms) = (vitals.wanted, now_ms + ANSWER_MS);
        self.told = Told { status: Some(status), wanted, at_ms: now_ms, next_ms, answer };
    }

    /// As often as the gateway says that it is open: an answer may have been lost.
    fn tell_question(&mut self, request: Option<DiagnosisRequest>) {
        if request.is_some() || self.diagnosis.is_some() {
            self.diagnosis.clone_from(&request);
            // Fails only when the box is stopping.
            let _ = self.events.send_blocking(Event::DiagnosisAsked(request));
        }
    }

    fn hear_answer(&mut self, now_ms: u64) {
        let Some(waiting) = &self.told.answer else { return };
        match waiting.try_recv() {
            Ok(Some(answer)) => {
                let again_ms = u64::from(answer.again_in_seconds) * 1_000;
                self.told.next_ms = self.told.at_ms + again_ms.clamp(APART_MS, AGAIN_MAX_MS);
                self.told.answer = None;
                self.offer = answer.offer;
                self.tell_question(answer.diagnosis);
                if answer.renew_certificate {
                    self.gateway.renew_certificate();
                }
            }
            Err(std::sync::mpsc::TryRecvError::Empty) if now_ms < self.told.at_ms + ANSWER_MS => {}
            _ => {
                // Nobody has it: it is told again, changed or not.
                self.told.next_ms = now_ms + FAILED_MS;
                self.told.answer = None;
            }
        }
    }
}

/// Whether the operator should hear of it at once; time and memory change always.
fn differs(told: &BoxStatus, now: &BoxStatus) -> bool {
    let still =
        BoxStatus { uptime_seconds: told.uptime_seconds, memory: told.memory, ..now.clone() };
    *told != still
}

/// What was kept; a damaged file is begun anew, at worst an update that did not work is tried once more.
fn read(file: &Path) -> Memory {
    let Ok(text) = std::fs::read_to_string(file) else { return Memory::default() };
    serde_json::from_str(&text).unwrap_or_else(|error| {
        tracing::error!(%error, file = %file.display(), "what was remembered of updates is lost");
        Memory::default()
    })
}

fn write(file: &Path, kept: &Memory) -> io::Result<()> {
    let text = serde_json::to_string(kept).map_err(io::Error::other)?;
    replace(file, text.as_bytes())
}
