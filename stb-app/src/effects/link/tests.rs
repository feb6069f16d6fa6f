//! The link against a small gateway over real TLS.

mod enrolment;
mod server;

use std::{net::TcpListener, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use gateway_api::{
    enrolment::{CertificateRenewal, EnrolmentAnswer, EnrolmentRequest, RenewedCertificate},
    login::{LoginRequest, SignatureProof},
    problem::{Problem, ProblemCode},
    report::{Answer as HomeAnswer, Report, ReportContent},
};
use stb_core::{event::OrderPath, service::LetterCode};
use uuid::Uuid;

use super::{enrolment::Registry, *};
use server::{Answer, Asked, Authority, Server};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn problem(status: u16, code: ProblemCode) -> Answer {
    let problem = Problem { code, detail: "test".into() };
    Answer::Json(status, serde_json::to_string(&problem).expect("serialises"))
}

fn enrolled(asked: &Asked, authority: &Authority) -> Answer {
    let request: EnrolmentRequest = serde_json::from_str(&asked.body).expect("a request");
    let answer = EnrolmentAnswer {
        device_id: "box-1".into(),
        certificate_chain_pem: authority
            .device_certificate(&request.certificate_request_pem)
            .expect("a request for a certificate"),
        gateway_id: "minami".into(),
        manifest_root_key: STANDARD.encode([7; 32]),
    };
    Answer::Json(200, serde_json::to_string(&answer).expect("serialises"))
}

/// A gateway that enrols and otherwise follows the script.
fn gateway(
    script: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
) -> Result<Server, Box<dyn std::error::Error>> {
    let authority = Arc::new(Authority::new()?);
    let signer = Arc::clone(&authority);
    Server::start_valid((2_000, 2_100), authority, move |asked| {
        if asked.line == "POST /box/v1/enrolments" {
            return enrolled(asked, &signer);
        }
        script(asked)
    })
}

fn registry(server: &Server) -> Registry {
    let clock = Clock::new(&server.data_dir());
    Registry { data_dir: server.data_dir(), gateway: server.config(), clock }
}

/// An enrolled box with its link running.
fn linked(
    server: &Server,
    config: Gateway,
) -> Result<(Link, async_channel::Receiver<Event>), Box<dyn std::error::Error>> {
    let registry = registry(server);
    let identity = registry.enrol(&LetterCode::new("123456789012"))?;
    let (events, happened) = async_channel::bounded(64);
    let (link, connection) = Link::prepare(config, identity, registry.clock, events);
    connection.open()?;
    Ok((link, happened))
}

fn open_stream(events: &str) -> Answer {
    Answer::Stream { events: events.to_owned(), stays_open: true }
}

/// The next event that is not about the stream itself.
fn next(happened: &async_channel::Receiver<Event>) -> Event {
    loop {
        match happened.recv_blocking().expect("the link lives") {
            Event::LinkOpened | Event::LinkLost => {}
            event => return event,
        }
    }
}

fn report() -> Report {
    Report {
        report_id: Uuid::now_v7(),
        happened_at_ms: 1,
        clock_trusted: true,
        content: ReportContent::OrderAnswer {
            order_id: "0".repeat(32),
            answer: HomeAnswer::Leaving,
        },
    }
}

/// What a home without anybody, in a town without places, holds.
const PROVISIONING: &str = r#"{
    "version": 8,
    "household": {
        "household_id": "h", "municipality_code": "363871", "municipality_name": "美波町",
        "area_id": "A14", "position": null, "language": "ja", "speak_names": true, "residents": []
    },
    "area_table_version": 1, "areas": [], "shelter_table_version": 1, "shelters": [],
    "key_manifest": "", "channels": [], "order_multicast": null,
    "check_in": { "enabled": true, "undo_seconds": 10 }
}"#;

/// A home whose call was dealt with hears of it although a town would spread its questions over an hour.
#[test]
fn what_few_boxes_are_told_is_fetched_at_once() -> Outcome {
    let fetched = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let server = gateway(move |asked| {
        use std::sync::atomic::Ordering;
        if asked.line == "GET /box/v1/provisioning" {
            fetched.store(true, Ordering::SeqCst);
            return Answer::Json(200, PROVISIONING.to_owned());
        }
        // Connections end until the first provisioning is there.
        let word = "event: provisioning-changed\ndata: 8 at-once\n\n";
        if fetched.load(Ordering::SeqCst) {
            open_stream(word)
        } else {
            Answer::Stream { events: String::new(), stays_open: false }
        }
    })?;
    let config = Gateway { fetch_spread_ms: 3_600_000, ..server.config() };
    let (link, happened) = linked(&server, config)?;
    link.ask(Request::FetchProvisioning);
    // The stream and the answer are on connections of their own: either may be first.
    let both = [next(&happened), next(&happened)];
    assert!(both.iter().any(|event| matches!(event, Event::Provisioned(_))), "{both:?}");
    assert!(both.contains(&Event::ProvisioningChanged), "{both:?}");
    link.ask(Request::FetchProvisioning);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let deadline = Duration::from_secs(20);
    let event =
        runtime.block_on(async { tokio::time::timeout(deadline, happened.recv()).await })?;
    assert!(matches!(event?, Event::Provisioned(_)));
    Ok(())
}

#[test]
fn orders_come_down_and_the_stream_resumes_where_it_broke() -> Outcome {
    let order = STANDARD.encode([1, 2, 3]);
    let first = format!(
        ": hello\n\nevent: order\nid: 41\ndata: {order}\n\nevent: heartbeat\ndata: {order}\n\n\
         event: order\ndata: no base64!\n\nevent: provisioning-changed\ndata: 7\n\n"
    );
    let server = gateway(move |asked| {
        let resumed = asked.headers.iter().any(|line| line == "last-event-id: 41");
        if resumed {
            open_stream(&format!("event: order\nid: 42\ndata: {}\n\n", STANDARD.encode([9])))
        } else {
            Answer::Stream { events: first.clone(), stays_open: false }
        }
    })?;
    let (_link, happened) = linked(&server, server.config())?;
    let expected = [
        Event::LinkOpened,
        Event::OrderArrived { bytes: vec![1, 2, 3], path: OrderPath::Stream },
        Event::HeartbeatArrived(vec![1, 2, 3]),
        Event::ProvisioningChanged,
        Event::LinkLost,
        Event::LinkOpened,
        Event::OrderArrived { bytes: vec![9], path: OrderPath::Stream },
    ];
    for event in expected {
        assert_eq!(happened.recv_blocking()?, event);
    }
    Ok(())
}

#[test]
fn a_silent_stream_is_given_up_and_opened_again() -> Outcome {
    let server = gateway(|_| open_stream(": one comment, then nothing\n\n"))?;
    let config = Gateway { silence_ms: 50, ..server.config() };
    let (_link, happened) = linked(&server, config)?;
    for event in [Event::LinkOpened, Event::LinkLost, Event::LinkOpened] {
        assert_eq!(happened.recv_blocking()?, event);
    }
    Ok(())
}

#[test]
fn reports_are_delivered_refused_or_kept_for_later() -> Outcome {
    let answers = std::sync::Mutex::new(vec![
        Answer::Json(500, "<html>proxy</html>".into()),
        problem(503, ProblemCode::Internal),
        problem(403, ProblemCode::DeviceRefused),
        problem(400, ProblemCode::BadRequest),
        Answer::Json(204, String::new()),
    ]);
    let server = gateway(move |asked| match asked.line.as_str() {
        "POST /box/v1/reports" => answers.lock().expect("one thread").pop().expect("five reports"),
        _ => open_stream(""),
    })?;
    let (link, happened) = linked(&server, server.config())?;
    let reports: Vec<_> = (0..5).map(|_| report()).collect();
    for report in &reports {
        link.ask(Request::SendReport(report.clone()));
    }
    let id = |index: usize| reports[index].report_id;
    assert_eq!(next(&happened), Event::ReportDelivered(id(0)));
    let refused = Event::ReportRefused { report_id: id(1), code: ProblemCode::BadRequest };
    assert_eq!(next(&happened), refused);
    for index in [2, 3, 4] {
        assert_eq!(next(&happened), Event::ReportNotSent(id(index)));
    }
    let sent: Vec<_> = server
        .asked()
        .into_iter()
        .filter(|one| one.line.ends_with("/reports"))
        .map(|one| serde_json::from_str::<Report>(&one.body))
        .collect::<Result<_, _>>()?;
    assert_eq!(sent, reports, "in their order, each as it was");
    Ok(())
}

#[test]
fn a_login_is_opened_refused_or_not_reached() -> Outcome {
    let server = gateway(|asked| match asked.line.as_str() {
        "POST /box/v1/logins" => Answer::Json(
            200,
            r#"{"login_id":"l/1","nonce":"","issued_at_ms":1,"expires_at_ms":2}"#.into(),
        ),
        "POST /box/v1/logins/l%2F1/proof" => problem(403, ProblemCode::SignatureRefused),
        "POST /box/v1/logins/l%2F1/signature" => problem(503, ProblemCode::RevocationUnknown),
        "POST /box/v1/card-touches" => problem(500, ProblemCode::Internal),
        "GET /box/v1/residents/me/access-log" => Answer::Json(200, r#"{"views":[]}"#.into()),
        _ => open_stream(""),
    })?;
    let (link, happened) = linked(&server, server.config())?;
    let request = LoginRequest { relying_party: "town-services".into(), purpose: "login".into() };
    link.ask(Request::OpenLogin(request));
    let Event::LoginOpened(challenge) = next(&happened) else { panic!("opened") };
    let proof = LoginProof { certificate: String::new(), signature: String::new() };
    let login_id = challenge.login_id;
    link.ask(Request::SendProof { login_id: login_id.clone(), proof });
    assert_eq!(next(&happened), Event::LoginRefused(ProblemCode::SignatureRefused));
    let (certificate, signature) = (String::new(), String::new());
    let proof = SignatureProof { certificate, signature, consent_version: "1".into() };
    link.ask(Request::SendSignature { login_id, proof });
    assert_eq!(next(&happened), Event::LoginRefused(ProblemCode::RevocationUnknown));
    link.ask(Request::SendTouch(CardTouch { certificate: String::new() }));
    assert_eq!(next(&happened), Event::LoginUnreachable);
    link.ask(Request::FetchAccessLog { token: "secret".into() });
    let Event::AccessLogArrived(Some(log)) = next(&happened) else { panic!("arrived") };
    assert!(log.views.is_empty());
    let bearer = "authorization: bearer secret".to_owned();
    assert!(server.asked().iter().any(|one| one.headers.contains(&bearer)));
    Ok(())
}

#[test]
fn without_a_gateway_every_request_ends_and_says_so() -> Outcome {
    let server = gateway(|_| open_stream(""))?;
    let closed = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let config = Gateway { url: format!("https://{closed}"), ..server.config() };
    let (link, happened) = linked(&server, config)?;
    let report = report();
    link.ask(Request::SendReport(report.clone()));
    assert_eq!(next(&happened), Event::ReportNotSent(report.report_id));
    link.ask(Request::FetchAccessLog { token: "t".into() });
    assert_eq!(next(&happened), Event::AccessLogArrived(None));
    link.ask(Request::SendTouch(CardTouch { certificate: String::new() }));
    assert_eq!(next(&happened), Event::LoginUnreachable);
    Ok(())
}

#[test]
fn a_gateway_of_a_foreign_authority_is_never_believed() -> Outcome {
    let server = gateway(|_| open_stream(""))?;
    let foreign = gateway(|_| open_stream(""))?;
    let config = Gateway { url: foreign.config().url, ..server.config() };
    let (link, happened) = linked(&server, config)?;
    link.ask(Request::SendTouch(CardTouch { certificate: String::new() }));
    assert_eq!(happened.recv_blocking()?, Event::LoginUnreachable);
    assert!(foreign.asked().is_empty());
    Ok(())
}

#[test]
fn a_clock_that_makes_the_gateway_look_expired_is_doubted() -> Outcome {
    let known = gateway(|_| open_stream(""))?;
    let years = (2_020, 2_022);
    let then = Server::start_valid(years, known.authority(), |_| open_stream(""))?;
    // 2021-01-01, when the certificate was valid and the box last heard its gateway.
    std::fs::write(known.data_dir().join("time-last-seen"), "1609459200000")?;
    let config = Gateway { url: then.config().url, ..known.config() };
    let (_link, happened) = linked(&known, config)?;
    assert_eq!(happened.recv_blocking()?, Event::LinkOpened);
    Ok(())
}

fn status() -> gateway_api::status::BoxStatus {
    use gateway_api::{
        status::{BoxStatus, Reader, Signal},
        update::UpdateReport,
        version::Version,
    };
    BoxStatus {
        version: Version::parse("1.0.0").expect("a version"),
        slot: None,
        reader: Reader::Ready,
        last_order: None,
        signal: Signal::Good,
        update: UpdateReport::current(),
        uptime_seconds: 1,
        memory: None,
    }
}

/// Tells how the box is and waits for the answer.
fn told(link: &Link) -> Option<gateway_api::status::StatusAnswer> {
    let (answers, answer) = std::sync::mpsc::channel();
    link.ask(Request::SendStatus { status: Box::new(status()), answers });
    answer.recv_timeout(Duration::from_secs(30)).expect("the link answers")
}

/// Asks for the next certificate and tells the state, until so many renewals were answered. They run one at a
/// time: when one more is asked of the gateway, all before it are over.
fn renewed(link: &Link, server: &Server, times: usize) {
    let asked = || server.asked().iter().filter(|one| one.line.ends_with("/certificate")).count();
    for _ in 0..1_000 {
        if asked() > times {
            return;
        }
        link.ask(Request::RenewCertificate);
        let _state_is_told_meanwhile = told(link);
    }
    panic!("no renewal while a thousand states were told");
}

#[test]
fn a_renewed_certificate_is_kept_and_shown_from_then_on() -> Outcome {
    let authority = Arc::new(Authority::new()?);
    let signer = Arc::clone(&authority);
    let server =
        Server::start_valid((2_000, 2_100), authority, move |asked| match asked.line.as_str() {
            "POST /box/v1/enrolments" => enrolled(asked, &signer),
            "POST /box/v1/certificate" => {
                let request: CertificateRenewal =
                    serde_json::from_str(&asked.body).expect("a request");
                let chain = signer.device_certificate(&request.certificate_request_pem);
                let certificate_chain_pem = chain.expect("signed");
                let answer = RenewedCertificate { certificate_chain_pem };
                Answer::Json(200, serde_json::to_string(&answer).expect("serialises"))
            }
            "POST /box/v1/status" => Answer::Json(
                200,
                r#"{"again_in_seconds":900,"renew_certificate":true,"offer":null}"#.into(),
            ),
            _ => open_stream(""),
        })?;
    let (link, _happened) = linked(&server, server.config())?;
    assert!(told(&link).is_some_and(|answer| answer.renew_certificate));
    let before = link.certificate_chain();
    renewed(&link, &server, 1);
    assert_ne!(before, link.certificate_chain());
    let kept = Identity::load(&server.data_dir())?.expect("enrolled");
    assert_eq!(kept.device_id, "box-1");
    assert_ne!(before, kept.certificate_chain_pem);
    assert!(told(&link).is_some());
    let asked = server.asked();
    let mut shown = asked.iter().filter(|one| one.line.ends_with("/status")).map(|one| &one.shown);
    let (first, last) = (shown.next().expect("told"), shown.next_back().expect("told"));
    assert_ne!(first, last, "the last request shows the new certificate");
    Ok(())
}

#[test]
fn a_certificate_for_another_key_is_not_kept() -> Outcome {
    let authority = Arc::new(Authority::new()?);
    let signer = Arc::clone(&authority);
    let server =
        Server::start_valid((2_000, 2_100), authority, move |asked| match asked.line.as_str() {
            "POST /box/v1/enrolments" => enrolled(asked, &signer),
            "POST /box/v1/certificate" => {
                let key = rcgen::KeyPair::generate().expect("a key");
                let request = rcgen::CertificateParams::default().serialize_request(&key);
                let request = request.and_then(|request| request.pem()).expect("a request");
                let chain = signer.device_certificate(&request).expect("signed");
                let answer = RenewedCertificate { certificate_chain_pem: chain };
                Answer::Json(200, serde_json::to_string(&answer).expect("serialises"))
            }
            "POST /box/v1/status" => problem(429, ProblemCode::TooManyRequests),
            _ => open_stream(""),
        })?;
    let (link, _happened) = linked(&server, server.config())?;
    let before = link.certificate_chain();
    renewed(&link, &server, 1);
    assert_eq!(told(&link), None, "the refusal is told, and the link goes on");
    assert_eq!(link.certificate_chain(), before);
    let kept = Identity::load(&server.data_dir())?.expect("enrolled");
    assert_eq!(kept.certificate_chain_pem, before);
    Ok(())
}

#[test]
fn orders_after_a_gap_are_fetched() -> Outcome {
    let list =
        format!(r#"{{"orders":["{}","?","{}"]}}"#, STANDARD.encode([5]), STANDARD.encode([6]));
    let server = gateway(move |asked| match asked.line.as_str() {
        "GET /box/v1/orders?after_sequence=12" => Answer::Json(200, list.clone()),
        _ => open_stream(""),
    })?;
    let (link, happened) = linked(&server, server.config())?;
    link.ask(Request::FetchOrders { after_sequence: 12, spread_ms: 5 });
    for byte in [5, 6] {
        let order = Event::OrderArrived { bytes: vec![byte], path: OrderPath::Fetched };
        assert_eq!(next(&happened), order);
    }
    Ok(())
}

#[test]
fn a_gateway_that_does_not_know_the_box_any_more_is_told_to_the_home() -> Outcome {
    for (code, is_stopped) in
        [(ProblemCode::DeviceRefused, false), (ProblemCode::DeviceStopped, true)]
    {
        let server = gateway(move |_| problem(401, code))?;
        let (_link, happened) = linked(&server, server.config())?;
        assert_eq!(next(&happened), Event::DeviceRefused { is_stopped });
    }
    Ok(())
}
