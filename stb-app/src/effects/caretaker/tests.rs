mod question;
mod wish;

use std::{cell::RefCell, fs, rc::Rc};

use gateway_api::{
    status::{Reader, Signal, Slot},
    update::{BundleId, UpdateReason},
    version::Version,
};

use super::*;

/// 3:59 in the night in Japan: every box may start again by then.
const NIGHT_MS: i64 = 1_795_028_340_000;

/// A gateway that takes everything and answers what it is told to.
#[derive(Default)]
struct Office {
    told: RefCell<Vec<BoxStatus>>,
    renewals: RefCell<u32>,
    answer: RefCell<Option<StatusAnswer>>,
    given: RefCell<Vec<(Uuid, Diagnosis)>>,
}

/// Nothing to do.
fn calm() -> StatusAnswer {
    StatusAnswer { again_in_seconds: 900, renew_certificate: false, offer: None, diagnosis: None }
}

impl Upward for Rc<Office> {
    fn tell(&self, status: BoxStatus) -> Receiver<Option<StatusAnswer>> {
        self.told.borrow_mut().push(status);
        let (answers, answer) = channel();
        answers.send(self.answer.borrow().clone()).expect("the caretaker waits");
        answer
    }

    fn renew_certificate(&self) {
        *self.renewals.borrow_mut() += 1;
    }

    fn certificate_chain(&self) -> String {
        "-----BEGIN CERTIFICATE-----\n".to_owned()
    }

    fn give(&self, request_id: Uuid, diagnosis: Diagnosis) {
        self.given.borrow_mut().push((request_id, diagnosis));
    }
}

/// A machine with two slots and its caretaker.
struct Machine {
    root: tempfile::TempDir,
    office: Rc<Office>,
    work: Work<Rc<Office>>,
    happened: async_channel::Receiver<Event>,
    now_ms: u64,
}

impl Machine {
    fn new() -> Self {
        let root = tempfile::tempdir().expect("a folder");
        for folder in ["etc/hitokoe", "run/hitokoe", "run/hitokoe-update", "run/stb", "data"] {
            fs::create_dir_all(root.path().join(folder)).expect("a folder");
        }
        run(root.path(), "1.0.0", "first");
        let office = Rc::new(Office::default());
        let (work, happened) = caretaker(root.path(), &office);
        Self { root, office, work, happened, now_ms: 7_200_000 }
    }

    fn restarts_with(&mut self, version: &str, boot: &str) {
        run(self.root.path(), version, boot);
        (self.work, self.happened) = caretaker(self.root.path(), &self.office);
        self.now_ms = 60_000;
    }

    fn put(&self, path: &str, text: &str) {
        fs::write(self.root.path().join(path), text).expect("written");
    }

    fn offers(&self, offer: Option<UpdateOffer>) {
        let answer = StatusAnswer { offer, ..calm() };
        *self.office.answer.borrow_mut() = Some(answer);
    }

    /// Looks at everything; what was told and changed last.
    fn looks(&mut self) -> UpdateReport {
        self.now_ms += APART_MS;
        let now = Now { monotonic_ms: self.now_ms, wall_ms: NIGHT_MS, wall_trusted: true };
        self.work.look(now);
        let told = self.office.told.borrow();
        told.last().expect("it told its state").update.clone()
    }

    fn wish(&self) -> Option<String> {
        let file = self.root.path().join("run/stb/update-wish");
        let wish = fs::read_to_string(&file).ok();
        if wish.is_some() {
            // The unit of the system has taken it up.
            fs::remove_file(file).expect("removed");
        }
        wish
    }
}

fn run(root: &Path, version: &str, boot: &str) {
    fs::write(root.join("etc/hitokoe/version"), version).expect("written");
    fs::write(root.join("run/hitokoe/boot"), format!("slot=B\nboot={boot}\n")).expect("written");
}

fn caretaker(
    root: &Path,
    office: &Rc<Office>,
) -> (Work<Rc<Office>>, async_channel::Receiver<Event>) {
    let (events, happened) = async_channel::bounded(16);
    let surroundings = Surroundings::at(root, Some(root.join("run/stb")), "box-1");
    let keys = Arc::new(AtomicU64::new(0));
    let around = (surroundings, Application { record: Record::default(), is_safe_mode: false });
    let mut work = Work::new(&root.join("data"), around, Rc::clone(office), events, keys);
    work.vitals = Some(Vitals {
        reader: Reader::Ready,
        signal: Signal::Good,
        last_order: None,
        is_linked: true,
        wanted: 0,
    });
    (work, happened)
}

fn offer() -> UpdateOffer {
    let version = Version::parse("2.0.0").expect("a version");
    UpdateOffer { version, bundle: BundleId([0xcd; 32]), size_bytes: 80_000_000 }
}

#[test]
fn the_state_is_told_at_the_start_on_change_and_now_and_then() {
    let mut machine = Machine::new();
    machine.offers(None);
    machine.looks();
    let first = machine.office.told.borrow()[0].clone();
    assert_eq!((first.slot, first.version.to_string().as_str()), (Some(Slot::B), "1.0.0"));
    assert!(first.memory.is_some_and(|memory| memory.total_kib > memory.free_kib));
    for _ in 0..10 {
        machine.looks();
    }
    assert_eq!(machine.office.told.borrow().len(), 1, "nothing changed");
    let vitals = machine.work.vitals.expect("noted");
    machine.work.vitals = Some(Vitals { reader: Reader::Missing, ..vitals });
    machine.looks();
    assert_eq!(machine.office.told.borrow().len(), 2);
    machine.now_ms += 900_000;
    machine.looks();
    assert_eq!(machine.office.told.borrow().len(), 3);
}

#[test]
fn nothing_is_begun_that_would_be_forgotten() {
    let mut machine = Machine::new();
    let data = machine.root.path().join("data");
    fs::remove_dir_all(&data).expect("removed");
    machine.offers(Some(offer()));
    for _ in 0..4 {
        machine.looks();
    }
    assert_eq!(machine.wish(), None);
    fs::create_dir(&data).expect("a folder");
    machine.now_ms += 600_000;
    machine.looks();
    assert!(machine.wish().is_some_and(|wish| wish.starts_with("install ")));
}

#[test]
fn the_last_order_outlives_a_restart() {
    let mut machine = Machine::new();
    machine.offers(None);
    machine.looks();
    let vitals = machine.work.vitals.expect("noted");
    let order = LastOrder { sequence: 7, heard_at_ms: NIGHT_MS };
    machine.work.vitals = Some(Vitals { last_order: Some(order), ..vitals });
    machine.looks();
    machine.restarts_with("1.0.0", "second");
    machine.looks();
    let told = machine.office.told.borrow();
    assert_eq!(told.last().expect("told").last_order, Some(order));
}

#[test]
fn a_state_that_was_not_taken_is_told_again_and_a_due_certificate_is_asked_for() {
    let mut machine = Machine::new();
    machine.looks();
    machine.looks();
    machine.now_ms += FAILED_MS;
    machine.offers(None);
    machine.looks();
    assert_eq!(machine.office.told.borrow().len(), 2);
    *machine.office.answer.borrow_mut() =
        Some(StatusAnswer { again_in_seconds: 1, renew_certificate: true, ..calm() });
    machine.looks();
    machine.now_ms += 900_000;
    machine.looks();
    machine.looks();
    assert_eq!(*machine.office.renewals.borrow(), 1);
}

#[test]
fn an_offer_becomes_a_wish_a_restart_and_a_new_version() {
    let mut machine = Machine::new();
    machine.offers(Some(offer()));
    machine.put("run/stb/busy", "an order\n");
    machine.looks();
    let waiting = machine.looks();
    assert_eq!((waiting.state, waiting.reason), (UpdateState::Waiting, Some(UpdateReason::Busy)));
    assert_eq!(machine.wish(), None, "not during an order");
    fs::remove_file(machine.root.path().join("run/stb/busy")).expect("the order is over");
    assert_eq!(machine.looks().state, UpdateState::Writing);
    let bundle = offer().bundle;
    assert_eq!(machine.wish(), Some(format!("install {bundle} 2.0.0\n")));
    let certificate = machine.root.path().join("run/stb/client.pem");
    assert!(fs::read_to_string(certificate).expect("beside the wish").starts_with("-----BEGIN"));
    machine.put("run/hitokoe-update/state", &format!("wrote {bundle}\n"));
    // It is night, and nobody pressed a key for two hours.
    let vitals = machine.work.vitals.expect("noted");
    machine.work.vitals = Some(Vitals { is_linked: false, ..vitals });
    assert_eq!(machine.looks().state, UpdateState::Written);
    assert_eq!(machine.wish(), None, "nothing could be proved while the gateway is away");
    machine.work.vitals = Some(vitals);
    assert_eq!(machine.looks().state, UpdateState::Written);
    let told = machine.happened.try_recv();
    assert_eq!(told, Ok(Event::UpdateChanged(Some(UpdateNotice::Tonight))));
    assert_eq!(machine.wish().as_deref(), Some("restart\n"));
    machine.restarts_with("2.0.0", "second");
    machine.offers(None);
    assert_eq!(machine.looks().state, UpdateState::OnTrial);
    machine.put("run/stb/healthy", "");
    let good = machine.looks();
    assert_eq!((good.state, good.bundle), (UpdateState::Current, Some(bundle)));
    let told = machine.happened.try_recv();
    assert_eq!(told, Ok(Event::UpdateChanged(Some(UpdateNotice::Renewed))));
}

#[test]
fn a_version_that_did_not_come_up_is_told_and_not_wished_again() {
    let mut machine = Machine::new();
    machine.offers(Some(offer()));
    machine.looks();
    machine.looks();
    assert!(machine.wish().is_some());
    machine.put("run/hitokoe-update/state", &format!("wrote {}\n", offer().bundle));
    machine.looks();
    assert_eq!(machine.wish().as_deref(), Some("restart\n"));
    machine.restarts_with("1.0.0", "second");
    machine.put("run/hitokoe-update/state", "");
    machine.looks();
    let back = machine.looks();
    let expected = (UpdateState::FellBack, Some(UpdateReason::NotWorking));
    assert_eq!((back.state, back.reason), expected);
    assert_eq!(machine.wish(), None);
    assert_eq!(machine.happened.try_recv(), Ok(Event::UpdateChanged(Some(UpdateNotice::WentBack))));
}

#[test]
fn without_a_system_below_an_offer_is_declined_with_a_reason() {
    let mut machine = Machine::new();
    fs::remove_file(machine.root.path().join("run/hitokoe/boot")).expect("removed");
    (machine.work, machine.happened) = caretaker(machine.root.path(), &machine.office);
    machine.offers(Some(offer()));
    machine.looks();
    let declined = machine.looks();
    let expected = (UpdateState::Refused, Some(UpdateReason::NoUpdater));
    assert_eq!((declined.state, declined.reason), expected);
    assert_eq!(machine.wish(), None);
}

#[test]
fn a_damaged_memory_is_begun_anew() {
    let mut machine = Machine::new();
    machine.put("data/caretaker.json", "{\"updates\": 7");
    (machine.work, machine.happened) = caretaker(machine.root.path(), &machine.office);
    machine.offers(None);
    assert_eq!(machine.looks().state, UpdateState::Current);
}

#[test]
fn a_wish_to_start_over_is_left_where_the_system_looks_for_it() {
    let mut machine = Machine::new();
    let wish = machine.root.path().join("data/factory-reset");
    assert!(!wish.exists());
    let now = Now { monotonic_ms: machine.now_ms, wall_ms: NIGHT_MS, wall_trusted: true };
    machine.work.hear(&News::StartOver, now);
    assert!(wish.exists());
    std::fs::remove_file(&wish).expect("it was written");
    std::fs::create_dir(&wish).expect("a folder of the same name");
    machine.work.hear(&News::StartOver, now);
    let told = machine.happened.try_recv();
    assert!(matches!(told, Ok(Event::StartOverFailed)), "{told:?}");
}
