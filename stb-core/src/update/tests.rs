use proptest::prelude::*;

use super::*;

/// 3:59 in the night in Japan: the whole spread is over.
const NIGHT_MS: i64 = 1_795_028_340_000;
const NOON_MS: i64 = NIGHT_MS + 8 * 3_600_000;
const HOUR_MS: u64 = 3_600_000;

fn version(text: &str) -> Version {
    Version::parse(text).expect("a version")
}

fn offer(text: &str) -> UpdateOffer {
    let bundle = BundleId([u8::try_from(text.len()).unwrap_or(0); 32]);
    UpdateOffer { version: version(text), bundle, size_bytes: 80_000_000 }
}

/// An evening at one box.
struct Home {
    updater: Updater,
    running: Version,
    boot: String,
    offer: Option<UpdateOffer>,
    installer: Installer,
    is_busy: bool,
    is_proven: bool,
    is_provable: bool,
    idle_ms: u64,
    now: Now,
}

impl Home {
    fn new() -> Self {
        Self {
            updater: Updater::default(),
            running: version("1.0.0"),
            boot: "first".to_owned(),
            offer: Some(offer("2.0.0")),
            installer: Installer::Idle,
            is_busy: false,
            is_proven: true,
            is_provable: true,
            idle_ms: HOUR_MS,
            now: Now { monotonic_ms: 10 * HOUR_MS, wall_ms: NOON_MS, wall_trusted: true },
        }
    }

    fn step(&mut self) -> (Action, UpdateReport) {
        self.updater.step(&Situation {
            now: self.now,
            running: &self.running,
            boot: &self.boot,
            offer: self.offer.as_ref(),
            installer: self.installer,
            is_busy: self.is_busy,
            is_proven: self.is_proven,
            is_provable: self.is_provable,
            idle_ms: self.idle_ms,
            spread: 7,
        })
    }

    #[track_caller]
    fn does(&mut self, action: &Action, state: UpdateState, reason: Option<UpdateReason>) {
        let (done, report) = self.step();
        assert_eq!((&done, report.state, report.reason), (action, state, reason));
    }

    fn passes(&mut self, ms: u64) {
        self.now.monotonic_ms += ms;
        self.now.wall_ms += i64::try_from(ms).unwrap_or(0);
    }

    /// The machine starts again with this version; the program remembers only what was kept.
    fn starts_with(&mut self, running: &str, boot: &str) {
        let kept = serde_json::to_string(self.updater.kept()).expect("plain data");
        self.updater = Updater::new(serde_json::from_str(&kept).expect("read back"));
        self.running = version(running);
        boot.clone_into(&mut self.boot);
        self.now.monotonic_ms = 60_000;
        self.installer = Installer::Idle;
    }

    /// The offered version is in the other slot.
    fn has_written(&mut self) {
        let wanted = self.offer.clone().expect("something is offered");
        self.does(&Action::Install(wanted.clone()), UpdateState::Writing, None);
        self.installer = Installer::Wrote(wanted.bundle);
        self.does(&Action::Nothing, UpdateState::Written, None);
    }
}

#[test]
fn an_offer_is_written_by_day_and_started_at_night() {
    let mut home = Home::new();
    home.has_written();
    home.now.wall_ms = NIGHT_MS;
    home.idle_ms = 60_000;
    home.does(&Action::Nothing, UpdateState::Written, None);
    home.idle_ms = HOUR_MS;
    home.is_busy = true;
    home.does(&Action::Nothing, UpdateState::Written, Some(UpdateReason::Busy));
    home.is_busy = false;
    home.now.wall_trusted = false;
    home.does(&Action::Nothing, UpdateState::Written, None);
    home.now.wall_trusted = true;
    home.is_provable = false;
    home.does(&Action::Nothing, UpdateState::Written, None);
    home.is_provable = true;
    home.does(&Action::Restart, UpdateState::Written, None);
    home.does(&Action::Nothing, UpdateState::Written, None);
    home.passes(WISH_MS);
    home.does(&Action::Restart, UpdateState::Written, None);
    home.starts_with("2.0.0", "second");
    home.is_proven = false;
    home.does(&Action::Nothing, UpdateState::OnTrial, None);
    home.is_proven = true;
    home.offer = None;
    home.does(&Action::Nothing, UpdateState::Current, None);
    assert_eq!(home.step().1.bundle, Some(offer("2.0.0").bundle), "the operator sees which");
}

/// Paused, withdrawn or overtaken while it is written: the slot holds it all the same.
#[track_caller]
fn check_meanwhile(meanwhile: Option<&UpdateOffer>) {
    let mut home = Home::new();
    let wanted = home.offer.clone().expect("offered");
    home.does(&Action::Install(wanted.clone()), UpdateState::Writing, None);
    home.offer = meanwhile.cloned();
    home.installer = Installer::Writing(wanted.bundle);
    home.does(&Action::Nothing, UpdateState::Writing, None);
    home.passes(10 * WISH_MS);
    home.does(&Action::Nothing, UpdateState::Writing, None);
    home.installer = Installer::Wrote(wanted.bundle);
    home.does(&Action::Nothing, UpdateState::Written, None);
    home.now.wall_ms = NIGHT_MS;
    let (action, report) = home.step();
    assert_eq!((action, report.bundle), (Action::Restart, Some(wanted.bundle)));
    home.starts_with("1.0.0", "second");
    home.offer = Some(wanted.clone());
    home.does(&Action::Nothing, UpdateState::FellBack, Some(UpdateReason::NotWorking));
}

#[test]
fn what_has_begun_comes_to_an_end_whatever_is_offered_meanwhile() {
    check_meanwhile(None);
    check_meanwhile(Some(&offer("2.0.10")));
}

#[test]
fn a_refusal_for_good_counts_although_the_offer_is_gone() {
    let mut home = Home::new();
    let wanted = home.offer.clone().expect("offered");
    home.does(&Action::Install(wanted.clone()), UpdateState::Writing, None);
    home.offer = None;
    home.installer = Installer::Refused(wanted.bundle, UpdateReason::Untrusted);
    home.does(&Action::Nothing, UpdateState::Refused, Some(UpdateReason::Untrusted));
    home.offer = Some(wanted);
    home.does(&Action::Nothing, UpdateState::Refused, Some(UpdateReason::Untrusted));
}

/// The program starts again, the machine does not.
#[track_caller]
fn check_program_restart(installer: fn(BundleId) -> Installer, state: UpdateState) {
    let mut home = Home::new();
    let wanted = home.offer.clone().expect("offered");
    home.does(&Action::Install(wanted.clone()), UpdateState::Writing, None);
    home.updater = Updater::new(home.updater.kept().clone());
    home.installer = installer(wanted.bundle);
    home.does(&Action::Nothing, state, None);
    home.passes(2 * WISH_MS);
    home.does(&Action::Nothing, state, None);
    home.installer = Installer::Wrote(wanted.bundle);
    home.does(&Action::Nothing, UpdateState::Written, None);
}

#[test]
fn a_program_that_starts_again_writes_nothing_twice() {
    check_program_restart(Installer::Writing, UpdateState::Writing);
    check_program_restart(Installer::Wrote, UpdateState::Written);
}

#[test]
fn what_did_not_work_is_told_and_never_taken_again() {
    let mut home = Home::new();
    home.has_written();
    home.starts_with("1.0.0", "second");
    home.does(&Action::Nothing, UpdateState::FellBack, Some(UpdateReason::NotWorking));
    home.offer = None;
    home.does(&Action::Nothing, UpdateState::FellBack, Some(UpdateReason::NotWorking));
    home.offer = Some(offer("2.0.10"));
    home.has_written();
    home.starts_with("2.0.10", "third");
    home.offer = None;
    home.does(&Action::Nothing, UpdateState::Current, None);
}

#[test]
fn a_version_on_trial_is_left_to_the_clock_of_the_image() {
    let mut home = Home::new();
    home.has_written();
    home.starts_with("2.0.0", "second");
    home.is_proven = false;
    home.passes(24 * 60 * 60_000);
    home.does(&Action::Nothing, UpdateState::OnTrial, None);
}

#[test]
fn what_cannot_be_had_now_is_asked_for_again_later() {
    let mut home = Home::new();
    let wanted = home.offer.clone().expect("offered");
    for (reason, state, pause) in [
        (UpdateReason::Unreachable, UpdateState::Waiting, AGAIN_MS),
        (UpdateReason::NotWritten, UpdateState::Refused, AGAIN_MS),
        (UpdateReason::Busy, UpdateState::Waiting, BUSY_AGAIN_MS),
    ] {
        home.installer = Installer::Idle;
        home.does(&Action::Install(wanted.clone()), UpdateState::Writing, None);
        home.installer = Installer::Refused(wanted.bundle, reason);
        home.does(&Action::Nothing, state, Some(reason));
        home.passes(pause - 1);
        home.does(&Action::Nothing, state, Some(reason));
        home.passes(1);
    }
    home.does(&Action::Install(wanted.clone()), UpdateState::Writing, None);
    home.installer = Installer::Refused(wanted.bundle, UpdateReason::Untrusted);
    home.does(&Action::Nothing, UpdateState::Refused, Some(UpdateReason::Untrusted));
    home.passes(100 * AGAIN_MS);
    home.does(&Action::Nothing, UpdateState::Refused, Some(UpdateReason::Untrusted));
}

#[test]
fn a_wish_that_nobody_took_up_is_made_again() {
    let mut home = Home::new();
    let wanted = home.offer.clone().expect("offered");
    home.does(&Action::Install(wanted.clone()), UpdateState::Writing, None);
    home.passes(WISH_MS - 1);
    home.does(&Action::Nothing, UpdateState::Writing, None);
    home.installer = Installer::Writing(wanted.bundle);
    home.passes(1);
    home.does(&Action::Nothing, UpdateState::Writing, None);
    home.passes(WISH_MS - 1);
    home.does(&Action::Nothing, UpdateState::Writing, None);
    home.installer = Installer::Idle;
    home.passes(WISH_MS);
    home.does(&Action::Install(wanted), UpdateState::Writing, None);
}

#[test]
fn without_an_installer_the_operator_is_told() {
    let mut home = Home::new();
    home.installer = Installer::Missing;
    home.does(&Action::Nothing, UpdateState::Refused, Some(UpdateReason::NoUpdater));
    home.offer = None;
    home.does(&Action::Nothing, UpdateState::Current, None);
}

fn any_installer() -> impl Strategy<Value = Installer> {
    let bundle = || (0_u8..3).prop_map(|number| BundleId([number; 32]));
    prop_oneof![
        Just(Installer::Missing),
        Just(Installer::Idle),
        bundle().prop_map(Installer::Writing),
        bundle().prop_map(Installer::Wrote),
        (bundle(), proptest::sample::select(UpdateReason::ALL.to_vec()))
            .prop_map(|(bundle, reason)| Installer::Refused(bundle, reason)),
    ]
}

/// One moment of a box's life: everything that can be different.
#[derive(Debug, Clone)]
struct Moment {
    wall_ms: i64,
    wall_trusted: bool,
    passed_ms: u64,
    running: u32,
    boot: u8,
    offer: Option<(u8, u32)>,
    installer: Installer,
    is_busy: bool,
    is_proven: bool,
    is_provable: bool,
    idle_ms: u64,
}

fn any_moment() -> impl Strategy<Value = Moment> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let offer = proptest::option::of((0_u8..3, 0_u32..5));
    (
        0_i64..86_400_000,
        flags,
        0_u64..10 * HOUR_MS,
        0_u32..5,
        0_u8..4,
        offer,
        any_installer(),
        0_u64..2 * HOUR_MS,
    )
        .prop_map(
            |(
                wall,
                (trusted, busy, proven, provable),
                passed,
                running,
                boot,
                offer,
                installer,
                idle,
            )| {
                Moment {
                    wall_ms: NOON_MS + wall,
                    wall_trusted: trusted,
                    passed_ms: passed,
                    running,
                    boot,
                    offer,
                    installer,
                    is_busy: busy,
                    is_proven: proven,
                    is_provable: provable,
                    idle_ms: idle,
                }
            },
        )
}

proptest! {
    /// Whatever happens, in whatever order.
    #[test]
    fn the_box_is_never_taken_away_from_its_people(moments in proptest::collection::vec(any_moment(), 1..60)) {
        let mut updater = Updater::default();
        let mut monotonic_ms = 0;
        for moment in moments {
            monotonic_ms += moment.passed_ms;
            let running = version(&moment.running.to_string());
            let offer = moment.offer.map(|(bundle, number)| UpdateOffer {
                version: version(&number.to_string()),
                bundle: BundleId([bundle; 32]),
                size_bytes: 1,
            });
            let never: Vec<_> = updater.kept().never.iter().map(|one| one.image.bundle).collect();
            let written = updater.kept().written.clone();
            let boot = moment.boot.to_string();
            let situation = Situation {
                now: Now { monotonic_ms, wall_ms: moment.wall_ms, wall_trusted: moment.wall_trusted },
                running: &running,
                boot: &boot,
                offer: offer.as_ref(),
                installer: moment.installer,
                is_busy: moment.is_busy,
                is_proven: moment.is_proven,
                is_provable: moment.is_provable,
                idle_ms: moment.idle_ms,
                spread: 11,
            };
            let (action, report) = updater.step(&situation);
            match action {
                Action::Nothing => {}
                Action::Install(wanted) => {
                    prop_assert!(!moment.is_busy, "not during an order or a check-in");
                    prop_assert!(wanted.version > running, "never backwards");
                    prop_assert!(!never.contains(&wanted.bundle), "never again");
                    prop_assert!(updater.kept().written.is_none(), "not over what waits");
                    prop_assert_eq!(report.state, UpdateState::Writing);
                }
                Action::Restart => {
                    prop_assert!(moment.is_provable, "not into a trial that must fail");
                    prop_assert!(!moment.is_busy && moment.idle_ms >= IDLE_MS.min(monotonic_ms));
                    let written = updater.kept().written.as_ref().expect("only for an update");
                    if written.boot == boot {
                        let minute = minute_of_day_in_japan(moment.wall_ms);
                        prop_assert!(moment.wall_trusted && (120..300).contains(&minute), "{}", minute);
                    }
                }
            }
            if let Some(now) = updater.kept().written.as_ref().filter(|now| written.as_ref() != Some(now)) {
                prop_assert_eq!(moment.installer, Installer::Wrote(now.image.bundle), "it is there");
                prop_assert!(!never.contains(&now.image.bundle), "never again");
            }
            prop_assert!(updater.kept().never.len() <= NEVER_MAX);
            let needs_reason = matches!(report.state, UpdateState::Refused | UpdateState::FellBack);
            prop_assert!(!needs_reason || report.reason.is_some(), "the operator is told why");
            prop_assert!(report.state == UpdateState::Current || report.version.is_some());
        }
    }
}
