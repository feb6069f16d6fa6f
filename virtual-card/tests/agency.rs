//! The simulated J-LIS as a process: what the command line reports, lists and responder tell.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jpki::{
    revocation::{
        DistributionPointName, RevocationQuestion, RevocationReason, RevocationSource as _,
        RevocationStatus,
        crl::{Crl, Expected},
        ocsp::{OcspQuestion, OcspRules},
        store::CrlStore,
    },
    trust::{HierarchyProfile, TrustStore},
    verify::{CertificateClass, LibraryVerifier, Presented, VerifiedCertificate, verify},
};
use virtual_card::card_file::CardFile;

/// Far beyond anything expected; reached only when a test is about to fail.
const PATIENCE: Duration = Duration::from_secs(30);

fn now() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "the agency dates its lists by the clock")]
    let now = std::time::SystemTime::now();
    let since_epoch = now.duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    i64::try_from(since_epoch.as_secs()).expect("before the year 292 billion")
}

/// An agency in a folder of its own, and its server.
struct Agency {
    folder: tempfile::TempDir,
    address: String,
    server: Child,
}

impl Drop for Agency {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_virtual-card"));
    command.arg("j-lis").args(arguments).arg("--state").arg(folder);
    command
}

fn tell(folder: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    let output = program(folder, arguments).output()?;
    let text = |bytes| String::from_utf8_lossy(bytes).trim().to_owned();
    ensure!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    Ok(text(&output.stdout))
}

impl Agency {
    fn with(people: &[&[&str]]) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        tell(folder.path(), &["found", "--published-keys"])?;
        for person in people {
            tell(folder.path(), &[&["enrol"], *person].concat())?;
        }
        let mut server = program(folder.path(), &["serve"]).stdout(Stdio::piped()).spawn()?;
        let output = server.stdout.take().context("piped")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim().rsplit("http://").next().context("an address")?.to_owned();
        Ok(Self { folder, address, server })
    }

    fn tell(&self, arguments: &[&str]) -> anyhow::Result<String> {
        tell(self.folder.path(), arguments)
    }

    /// One request on a connection of its own; the body comes back.
    fn http(&self, head: &str, body: &[u8]) -> anyhow::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let length = body.len();
        let host = &self.address;
        write!(
            stream,
            "{head} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        )?;
        stream.write_all(body)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").context("a head")?;
        ensure!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
        Ok(answer[end + 4..].to_vec())
    }

    fn trust(&self) -> anyhow::Result<TrustStore> {
        let mut trust = TrustStore::new(HierarchyProfile::hitokoe_test());
        for kind in ["auth", "sign"] {
            for number in 1..=4 {
                let path = self.folder.path().join(format!("{kind}-ca-{number:02}.der"));
                trust.add_anchor(&std::fs::read(path)?, &LibraryVerifier)?;
            }
        }
        Ok(trust)
    }

    /// Every published list, each verified by its issuer and its partition.
    fn lists(&self) -> anyhow::Result<CrlStore> {
        let trust = self.trust()?;
        let index: serde_json::Value = serde_json::from_slice(&self.http("GET /lists", &[])?)?;
        let mut store = CrlStore::new();
        for entry in index.as_array().context("a list of lists")? {
            let key_id = entry["issuerKeyId"].as_str().context("a key id")?;
            let issuer = trust
                .issuers()
                .find(|anchor| hex(anchor.key_id()) == key_id)
                .context("an authority of ours")?;
            let name = STANDARD.decode(entry["names"][0].as_str().context("a name")?)?;
            let name = DistributionPointName::from_der(&name).context("a name")?;
            let path = entry["path"].as_str().context("a path")?;
            let der = self.http(&format!("GET {path}"), &[])?;
            let expected = Expected::Partition(&name);
            let list = Crl::from_der(&der, issuer, expected, now(), &LibraryVerifier)?;
            store.offer(&Arc::new(list))?;
        }
        Ok(store)
    }

    fn ask(&self, question: &RevocationQuestion) -> anyhow::Result<RevocationStatus> {
        let trust = self.trust()?;
        let issuer = trust.issuer(&question.certificate.issuer_key_id).context("an authority")?;
        let (rules, nonce) = (OcspRules::default(), [0x5A; 32]);
        let ocsp = OcspQuestion::new(issuer, &question.certificate.serial, &rules, nonce);
        let answer = self.http("POST /ocsp", &ocsp.request_der())?;
        Ok(ocsp.verify(&answer, issuer, &rules, now(), &LibraryVerifier)?.status)
    }

    /// Questions about both certificates of a card.
    fn card(&self, name: &str) -> anyhow::Result<[RevocationQuestion; 2]> {
        let path = self.folder.path().join("cards").join(format!("{name}.json"));
        let card = CardFile::load(&path)?;
        let sign = card.sign.context("a signature certificate")?;
        let trust = self.trust()?;
        let found = |der: &[u8], class| -> anyhow::Result<VerifiedCertificate> {
            let presented = Presented { certificate_der: der, class, proof: None };
            Ok(verify(&presented, &trust, now(), &LibraryVerifier).into_certificate()?)
        };
        Ok([
            found(&card.auth.certificate.0, CertificateClass::Authentication)?.question(),
            found(&sign.certificate.0, CertificateClass::Signature)?.question(),
        ])
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// `good`, or the reason.
fn word(status: RevocationStatus) -> Option<RevocationReason> {
    match status {
        RevocationStatus::Good { .. } => None,
        RevocationStatus::Revoked { reason, .. } => Some(reason),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_responder_tells_at_once_and_the_lists_from_their_next_publication() -> anyhow::Result<()> {
    let agency = Agency::with(&[&["--id", "hana"], &["--id", "taro", "--city", "Kamiyama-cho"]])?;
    let hana = agency.card("hana-1")?;
    let before = agency.lists()?;
    for question in hana.iter().chain(&agency.card("taro-1")?) {
        assert_eq!(word(agency.ask(question)?), None);
        assert_eq!(word(before.status(question, now())), None);
    }
    agency.tell(&["move", "--id", "hana", "--address", "神山町", "--city", "Kamiyama-cho"])?;
    let changed = Some(RevocationReason::AffiliationChanged);
    assert_eq!(word(agency.ask(&hana[0])?), None, "the login lives");
    assert_eq!(word(agency.ask(&hana[1])?), changed);
    assert_eq!(word(agency.lists()?.status(&hana[1], now())), None, "before the publication");
    agency.tell(&["publish"])?;
    let after = agency.lists()?;
    assert_eq!(word(after.status(&hana[0], now())), None);
    assert_eq!(word(after.status(&hana[1], now())), changed);
    Ok(())
}

#[test]
fn renewal_loss_and_death_are_told() -> anyhow::Result<()> {
    let people: [&[&str]; 3] =
        [&["--id", "a"], &["--id", "b"], &["--id", "c", "--profile", "p384"]];
    let agency = Agency::with(&people)?;
    let old = agency.card("a-1")?;
    agency.tell(&["renew", "--id", "a"])?;
    let new = agency.card("a-2")?;
    assert_ne!(old[0].certificate.serial, new[0].certificate.serial);
    agency.tell(&["lose", "--id", "b"])?;
    let next_generation = agency.card("c-1")?;
    assert_eq!(word(agency.ask(&next_generation[0])?), None);
    agency.tell(&["death", "--id", "c"])?;
    agency.tell(&["publish"])?;
    let lists = agency.lists()?;
    let check = |question: &RevocationQuestion, expected| -> anyhow::Result<()> {
        assert_eq!(word(agency.ask(question)?), expected);
        assert_eq!(word(lists.status(question, now())), expected);
        Ok(())
    };
    for (card, expected) in [
        (&old, Some(RevocationReason::Superseded)),
        (&new, None),
        (&agency.card("b-1")?, Some(RevocationReason::CertificateHold)),
        (&next_generation, Some(RevocationReason::CessationOfOperation)),
    ] {
        for question in card {
            check(question, expected)?;
        }
    }
    ensure!(agency.tell(&["renew", "--id", "c"]).is_err(), "a dead person got a card");
    ensure!(agency.tell(&["show"])?.contains("b Sign Minami-cho revoked CertificateHold"));
    Ok(())
}

#[test]
fn strange_questions_get_an_answer_and_strange_paths_none() -> anyhow::Result<()> {
    let agency = Agency::with(&[&["--id", "hana"]])?;
    assert_eq!(agency.http("POST /ocsp", b"no question")?, [0x30, 3, 0x0A, 1, 1]);
    let mut question = agency.card("hana-1")?[0].clone();
    question.certificate.serial = vec![0x7F, 1, 2, 3];
    assert_eq!(agency.ask(&question)?, RevocationStatus::Unknown);
    for path in ["/lists/register.json", "/lists/..%2Fregister.json", "/lists/x.crl", "/"] {
        ensure!(agency.http(&format!("GET {path}"), &[]).is_err(), "{path} is served");
    }
    ensure!(agency.tell(&["found"]).is_err(), "an agency was overwritten");
    ensure!(agency.tell(&["enrol", "--id", "../x"]).is_err(), "an id leads out of the folder");
    ensure!(agency.tell(&["enrol", "--id", "hana"]).is_err(), "an id was taken twice");
    Ok(())
}
