//! Invariants 5 and 9: what a login tells, and whom it asks about revocation.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use gateway_api::{
    ProblemCode,
    login::{CardTouch, LoginProof, Session},
    path,
};
use jpki::revocation::{RevocationQuestion, RevocationReason, RevocationSource, RevocationStatus};
use tracing_subscriber::fmt::MakeWriter;

use crate::{
    device::Device,
    encoding::{base64, hex},
    login::{LoginDesk, LoginError, Occasion},
    testing::{BoxClient, HOME, TestCard, TestGateway, flood},
};

/// Everything that is logged, as an operator would read it.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("one writer").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// What gives a certificate away, in every spelling in which programs print it.
fn marks(card: &TestCard) -> Vec<(&'static str, Vec<u8>)> {
    let der = card.certificate();
    let (_, parsed) = x509_parser::parse_x509_certificate(&der).expect("a certificate");
    let serial = parsed.tbs_certificate.raw_serial();
    let key = parsed.public_key().raw;
    let (digits, body) = (hex(serial), base64(&der));
    let mut marks = vec![
        ("certificate", der[..64].to_vec()),
        ("base64 of the certificate", body.as_bytes()[400..440].to_vec()),
        ("hexadecimal of the certificate", hex(&der).into_bytes()[400..440].to_vec()),
        ("public key", key[40..72].to_vec()),
        ("base64 of the public key", base64(&key[39..72]).into_bytes()),
        ("hexadecimal of the public key", hex(&key[40..60]).into_bytes()),
        ("serial", digits.to_uppercase().into_bytes()),
        ("serial with colons", parsed.raw_serial_as_string().into_bytes()),
        ("serial as a number", parsed.tbs_certificate.serial.to_string().into_bytes()),
        ("base64 of the serial", base64(serial).trim_end_matches('=').as_bytes().to_vec()),
    ];
    marks.push(("serial in small letters", digits.into_bytes()));
    for part in parsed.issuer().iter_attributes().chain(parsed.subject().iter_attributes()) {
        let text = part.as_str().unwrap_or_default();
        if text.len() > 3 {
            marks.push(("name in the certificate", text.as_bytes().to_vec()));
        }
    }
    marks
}

/// The kinds of marks found in what was said.
fn found(said: &[u8], marks: &[(&'static str, Vec<u8>)]) -> Vec<&'static str> {
    let holds = |mark: &Vec<u8>| said.windows(mark.len()).any(|window| window == mark.as_slice());
    marks.iter().filter(|(_, mark)| holds(mark)).map(|(kind, _)| *kind).collect()
}

/// Every answer that a box gets from a login, from the good one to each way of being refused.
async fn said_to_a_box(gateway: &TestGateway, client: &BoxClient) -> Vec<String> {
    let mut said = Vec::new();
    let challenge = client.challenge().await;
    let proof = client.sign(&gateway.hana, &challenge);
    let answer = client.prove(&challenge, &proof).await;
    let session: Session = answer.ok();
    said.push(answer.text());
    let again = client.prove(&challenge, &proof).await;
    again.refused(ProblemCode::NonceRefused);
    said.push(again.text());
    for (signed_by, shown) in
        [(&gateway.stranger, &gateway.hana), (&gateway.stranger, &gateway.stranger)]
    {
        let challenge = client.challenge().await;
        let proof = LoginProof {
            certificate: base64(&shown.certificate()),
            ..client.sign(signed_by, &challenge)
        };
        said.push(client.prove(&challenge, &proof).await.text());
    }
    for card in [&gateway.hana, &gateway.stranger] {
        let whole = card.certificate();
        for certificate in [whole.clone(), whole[..whole.len() - 1].to_vec()] {
            let touch = CardTouch { certificate: base64(&certificate) };
            said.push(client.post(path::CARD_TOUCHES, &touch).await.text());
        }
    }
    for path in [path::PROVISIONING, path::ACCESS_LOG, "/box/v1/orders?after_sequence=0"] {
        said.push(client.get_as(path, &session.token).await.text());
    }
    said.push(client.delete_as(path::SESSION, &session.token).await.text());
    said
}

/// Invariant 5: a service gets a result, not a certificate. Nothing that the gateway says or logs in
/// a login, good or refused, holds bytes, serial, key or names of the certificate.
#[tokio::test]
async fn invariant_5_nothing_said_in_a_login_holds_the_certificate() {
    let log = Log::default();
    let lines = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let guard = tracing::subscriber::set_default(lines);
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let marks = [marks(&gateway.hana), marks(&gateway.stranger)].concat();
    let said = said_to_a_box(&gateway, &client).await;
    assert!(said.len() > 10 && said.iter().all(|answer| answer.len() > 2 || answer.is_empty()));
    for answer in &said {
        assert_eq!(found(answer.as_bytes(), &marks), [""; 0], "{answer}");
    }
    // Something that is logged in any case: an empty log would prove nothing.
    gateway.publish(flood()).await;
    gateway.stop().await;
    drop(guard);
    let logged = log.0.lock().expect("nobody writes any more").clone();
    assert!(String::from_utf8_lossy(&logged).contains("order published"), "the log is looked at");
    assert_eq!(found(&logged, &marks), [""; 0], "{}", String::from_utf8_lossy(&logged));
}

#[tokio::test]
async fn invariant_5_what_is_looked_for_would_be_found() {
    let gateway = TestGateway::start().await;
    let marks = marks(&gateway.hana);
    let der = gateway.hana.certificate();
    let (_, parsed) = x509_parser::parse_x509_certificate(&der).expect("a certificate");
    let careless = format!("{} refused: {}", parsed.raw_serial_as_string(), parsed.issuer());
    assert_eq!(
        found(careless.as_bytes(), &marks)[..2],
        ["serial with colons", "name in the certificate"]
    );
    assert!(found(base64(&der).as_bytes(), &marks).contains(&"base64 of the certificate"));
    assert!(found(hex(&der).as_bytes(), &marks).contains(&"hexadecimal of the public key"));
    assert!(found(&der, &marks).contains(&"certificate"));
    gateway.stop().await;
}

/// A source that answers as it is told.
struct Source(RevocationStatus);

impl RevocationSource for Source {
    fn status(&self, _question: &RevocationQuestion, _now_unix_secs: i64) -> RevocationStatus {
        self.0
    }
}

async fn touched(gateway: &TestGateway, desk: &LoginDesk, device: &Device) -> Option<ProblemCode> {
    let touch = CardTouch { certificate: base64(&gateway.hana.certificate()) };
    let occasion = Occasion {
        store: &gateway.state.store,
        now_ms: gateway.state.now_ms(),
        random: gateway.state.random.clone(),
    };
    desk.touch(occasion, device, &touch).await.err().map(|error: LoginError| error.code())
}

/// Invariant 9: where revocation comes from is replaceable, and what ships pretends to know nothing:
/// without a source every card is refused, unless the operator says in the configuration that it is
/// accepted unchecked.
#[tokio::test]
async fn invariant_9_the_revocation_source_is_replaceable_and_none_ships() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let device = Device { device_id: client.device_id().to_owned(), household_id: HOME.to_owned() };
    let config = &gateway.state.config;
    let desk = || LoginDesk::new(&config.gateway.id, &config.login).expect("a desk");
    let refused = touched(&gateway, &desk(), &device).await;
    assert_eq!(refused, Some(ProblemCode::RevocationUnknown), "as shipped");
    let source_updated_at = gateway.state.now_ms() / 1_000;
    let answers = [
        (RevocationStatus::Good { source_updated_at }, None),
        (
            RevocationStatus::Revoked {
                reason: RevocationReason::KeyCompromise,
                revoked_at: 1,
                source_updated_at,
            },
            Some(ProblemCode::CertificateRevoked),
        ),
        (RevocationStatus::Stale { source_updated_at: 1 }, Some(ProblemCode::RevocationUnknown)),
    ];
    for (status, expected) in answers {
        let desk = desk().with_revocation(Arc::new(Source(status)));
        assert_eq!(touched(&gateway, &desk, &device).await, expected, "{status:?}");
    }
    gateway.stop().await;
}

/// Invariant 9: what ships is a test authority, and says so in every certificate and in the example
/// configuration; no text for people claims an accreditation.
#[tokio::test]
async fn invariant_9_what_ships_is_marked_as_a_test() {
    let gateway = TestGateway::start().await;
    for card in [&gateway.hana, &gateway.stranger] {
        let der = card.certificate();
        let (_, parsed) = x509_parser::parse_x509_certificate(&der).expect("a certificate");
        assert!(parsed.issuer().to_string().contains("TEST"), "{}", parsed.issuer());
    }
    gateway.stop().await;
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let example = root.join("cable-gateway/gateway.example.toml");
    let example = std::fs::read_to_string(example).expect("there");
    assert!(example.contains("No source of revocation data is connected"));
    let mut looked_at = 0;
    for folder in ["locales/ja", "locales/ja-easy", "locales/en", "cable-gateway/templates/staff"] {
        for file in std::fs::read_dir(root.join(folder)).expect("a folder") {
            let text = std::fs::read_to_string(file.expect("a file").path()).expect("text");
            for claim in ["認定", "認証事業者", "J-LIS", "accredit", "certified"] {
                assert!(!text.contains(claim), "{folder} claims {claim}");
            }
            looked_at += 1;
        }
    }
    assert!(looked_at > 15);
}
