//! The support's question on its way to the screen, and the answer on its way back.

use gateway_api::diagnosis::INTERFACES_MAX;

use super::*;

fn request() -> DiagnosisRequest {
    DiagnosisRequest {
        request_id: Uuid::from_u128(7),
        reason: "ときどき画面が止まるため".to_owned(),
        expires_in_seconds: 86_400,
    }
}

impl Machine {
    fn asks(&self, diagnosis: Option<DiagnosisRequest>) {
        *self.office.answer.borrow_mut() = Some(StatusAnswer { diagnosis, ..calm() });
    }

    /// What the screen heard of questions since the last look.
    fn heard(&self) -> Vec<Option<DiagnosisRequest>> {
        let mut heard = Vec::new();
        while let Ok(event) = self.happened.try_recv() {
            if let Event::DiagnosisAsked(request) = event {
                heard.push(request);
            }
        }
        heard
    }
}

#[test]
fn the_screen_hears_of_a_question_and_of_its_end() {
    let mut machine = Machine::new();
    machine.looks();
    machine.looks();
    assert_eq!(machine.heard(), []);
    machine.asks(Some(request()));
    machine.now_ms += 900_000;
    machine.looks();
    machine.looks();
    assert_eq!(machine.heard(), [Some(request())]);
    machine.now_ms += 900_000;
    machine.looks();
    machine.asks(None);
    machine.looks();
    machine.heard();
    machine.now_ms += 900_000;
    machine.looks();
    machine.looks();
    assert_eq!(machine.heard(), [None], "once");
}

/// Somebody on the telephone waits for it.
#[test]
fn a_state_that_the_gateway_wants_is_told_at_once_and_so_is_what_it_answers() {
    let mut machine = Machine::new();
    machine.offers(None);
    machine.looks();
    assert_eq!(machine.work.patience(), ANSWER_TICK, "the answer is on its way");
    machine.looks();
    assert_eq!(machine.work.patience(), TICK);
    let told = |machine: &Machine| machine.office.told.borrow().len();
    assert_eq!(told(&machine), 1);
    machine.asks(Some(request()));
    let vitals = machine.work.vitals.expect("noted");
    machine.work.vitals = Some(Vitals { wanted: vitals.wanted + 1, ..vitals });
    // Far less time than lies between two other states.
    machine.now_ms -= APART_MS - 1;
    machine.looks();
    assert_eq!(told(&machine), 2);
    assert_eq!(machine.work.patience(), ANSWER_TICK);
    machine.looks();
    assert_eq!(machine.heard(), [Some(request())]);
    machine.looks();
    assert_eq!(told(&machine), 2, "once");
}

#[test]
fn a_yes_is_collected_from_the_machine_and_sent() {
    let mut machine = Machine::new();
    machine.put("run/hitokoe-update/state", "nonsense");
    machine.looks();
    let playback = Playback { tuned: 3, silent: 1, ..Playback::default() };
    let given = Given { request_id: Uuid::from_u128(7), playback, is_proven: true };
    let now = Now { monotonic_ms: machine.now_ms, wall_ms: NIGHT_MS, wall_trusted: true };
    machine.work.hear(&News::Diagnose(given), now);
    let sent = machine.office.given.borrow();
    let (request_id, diagnosis) = &sent[0];
    assert_eq!((*request_id, sent.len()), (Uuid::from_u128(7), 1));
    assert_eq!(diagnosis.status, machine.office.told.borrow()[0].clone());
    assert_eq!(diagnosis.playback, playback);
    assert_eq!((diagnosis.collected_at_ms, diagnosis.clock_trusted), (NIGHT_MS, true));
    let start = Start { is_proven: true, is_safe_mode: false, has_installer: true };
    assert_eq!(diagnosis.start, start);
    assert!(diagnosis.process.threads.is_some() && diagnosis.interfaces.len() <= INTERFACES_MAX);
}
