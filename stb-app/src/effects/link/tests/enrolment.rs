//! A box becomes known.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use stb_core::{first_start::EnrolmentNews, service::LetterCode};

use super::*;

#[test]
fn a_box_enrols_once_and_then_shows_its_certificate() -> Outcome {
    let server = gateway(|_| open_stream(""))?;
    let (_link, happened) = linked(&server, server.config())?;
    assert_eq!(happened.recv_blocking()?, Event::LinkOpened);
    let again = Identity::load(&server.data_dir())?.expect("the box knows who it is");
    assert_eq!(again.device_id, "box-1");
    let asked = server.asked();
    let enrolments: Vec<_> = asked.iter().filter(|one| one.line.ends_with("/enrolments")).collect();
    assert_eq!(enrolments.len(), 1);
    assert!(!enrolments[0].known);
    assert!(enrolments[0].body.contains("123456789012"));
    assert!(asked.iter().any(|one| one.line == "GET /box/v1/events" && one.known));
    Ok(())
}

#[test]
fn a_refused_code_is_told_and_nothing_is_kept() -> Outcome {
    let detail = "the enrolment code is unknown; ask the operator for a new one".to_owned();
    let problem = serde_json::to_string(&Problem { code: ProblemCode::CodeRefused, detail })?;
    let server = Server::start(move |_| Answer::Json(403, problem.clone()))?;
    let refused = registry(&server).enrol(&LetterCode::new("1"));
    let Err(error) = refused else { panic!("refused") };
    let said = error.to_string();
    assert!(said.starts_with("the gateway refused the enrolment: "), "{said}");
    assert_eq!(said.matches("the operator").count(), 1, "the remedy is told once: {said}");
    assert!(Identity::load(&server.data_dir())?.is_none());
    Ok(())
}

/// What the enroller says next.
fn news(happened: &async_channel::Receiver<Event>) -> EnrolmentNews {
    match happened.recv_blocking().expect("the enroller lives") {
        Event::EnrolmentTold(news) => news,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_next_code_is_tried_after_a_refusal_and_a_gateway_in_trouble_is_asked_again() -> Outcome {
    let authority = Arc::new(Authority::new()?);
    let signer = Arc::clone(&authority);
    let asked_before = AtomicUsize::new(0);
    let server = Server::start_valid((2_000, 2_100), authority, move |asked| {
        match asked_before.fetch_add(1, Ordering::Relaxed) {
            0 => problem(403, ProblemCode::CodeRefused),
            1 => problem(429, ProblemCode::TooManyRequests),
            2 => problem(400, ProblemCode::BadRequest),
            _ => enrolled(asked, &signer),
        }
    })?;
    let (events, happened) = async_channel::bounded(8);
    let (settled, members) = std::sync::mpsc::channel();
    let enroller = Enroller::start(registry(&server), events, move |identity: Identity| {
        settled.send(identity.device_id).expect("the test listens");
    })?;
    let (wrong, right) = (LetterCode::new("000000000000"), LetterCode::new("123456789012"));
    enroller.enrol(wrong.clone());
    assert_eq!(news(&happened), EnrolmentNews::CodeRefused(wrong));
    enroller.enrol(right);
    assert_eq!(news(&happened), EnrolmentNews::Crowded);
    assert_eq!(news(&happened), EnrolmentNews::Faulty);
    let EnrolmentNews::Enrolled(told) = news(&happened) else { panic!("enrolled") };
    assert_eq!((told.device_id.as_str(), told.manifest_root_key), ("box-1", [7; 32]));
    assert_eq!(members.try_recv()?, "box-1", "the link was there before the news");
    let asked = server.asked();
    let bodies: Vec<_> = asked.iter().map(|one| &one.body).collect();
    assert!(bodies[0].contains("000000000000"), "{bodies:?}");
    assert!(bodies[1..].iter().all(|body| body.contains("123456789012")), "{bodies:?}");
    Ok(())
}

#[test]
fn a_box_that_believes_another_authority_is_told_to_be_faulty() -> Outcome {
    let server = gateway(|_| open_stream(""))?;
    let stranger = Server::start(|_| problem(403, ProblemCode::CodeRefused))?;
    let mut registry = registry(&server);
    registry.gateway.ca_file = stranger.config().ca_file;
    let (events, happened) = async_channel::bounded(8);
    let enroller = Enroller::start(registry, events, |_| panic!("nobody can enrol here"))?;
    enroller.enrol(LetterCode::new("123456789012"));
    assert_eq!(news(&happened), EnrolmentNews::Faulty, "at once: no cable mends it");
    Ok(())
}

#[test]
fn a_damaged_identity_is_replaced_by_a_new_enrolment() -> Outcome {
    let server = gateway(|_| open_stream(""))?;
    let (_link, _happened) = linked(&server, server.config())?;
    std::fs::write(server.data_dir().join("device/enrolment.json"), "{")?;
    assert!(Identity::load(&server.data_dir()).is_err());
    registry(&server).enrol(&LetterCode::new("123456789012"))?;
    assert!(Identity::load(&server.data_dir())?.is_some());
    Ok(())
}
