//! Figures of the verifier: signatures beside openssl, revocation lists beside x509-parser.
//!
//! Rates are measured in processor time of one core, as openssl does; the peers run right before or
//! after on the same machine, so that a busy machine slows both. A list is loaded on two cores: its
//! time is that of the clock on the wall, the best of some loads, and its processor time stands
//! beside it.

use std::{
    fs::File,
    hint::black_box,
    io::{BufWriter, Read as _, Write as _},
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use jpki::{
    revocation::{
        DistributionPointName, RevocationReason,
        crl::{Crl, CrlLimits, CrlReader, Expected},
        table::Serial,
    },
    time as der_time,
    tlv::{self, context},
    verify::{
        LibraryVerifier, RememberingVerifier, SignatureAlgorithm, SignatureVerifier, verify_login,
        verify_signature,
    },
};
use rustix::time::{ClockId, clock_gettime};
use virtual_card::{
    ca::{
        Ca, Purpose, TestHierarchy,
        person::{Person, Town},
        revocation_list::{CrlDraft, positive},
    },
    keys::{SecretKey, TestOnlyKeys, spki_der},
    profile::CardProfile,
};
use x509_parser::prelude::FromDer as _;

use crate::figure::Figure;

/// 2026-11-20.
const NOW: i64 = 1_795_132_800;
const MESSAGE: &[u8] = b"what the screen showed";
/// How long each rate is measured.
const SPAN: Duration = Duration::from_secs(2);
/// Entries of the list of a nation (design section 6).
const ENTRIES: u64 = 5_000_000;
/// Entries of the list that the peer reads too: at 5 million it needs some 3 GiB.
const ENTRIES_BESIDE_PEER: u64 = 1_000_000;
const LOOKUPS: u64 = 4_000_000;
const LOADS: usize = 12;

/// Verifications per second and core.
pub fn verify() -> Result<Vec<Figure>> {
    let mut keys = TestOnlyKeys::starting_at(0);
    let mut hierarchy = TestHierarchy::create(&mut keys, NOW)?;
    let mut figures = Vec::new();
    for (name, algorithm, peer) in [
        ("verify.rsa-2048", SignatureAlgorithm::RsaPkcs1Sha256, "rsa2048"),
        ("verify.p384", SignatureAlgorithm::EcdsaP384Sha384, "ecdsap384"),
    ] {
        let ca = match algorithm {
            SignatureAlgorithm::RsaPkcs1Sha256 => hierarchy.newest().auth.clone(),
            SignatureAlgorithm::EcdsaP384Sha384 => hierarchy.next_generation().auth.clone(),
        };
        let ours = bare_rate(ca.key(), algorithm)?;
        figures.push(ours_beside_openssl(name, ours, peer)?);
    }
    let remembering = RememberingVerifier::new(LibraryVerifier);
    for (name, verifier) in [
        ("verify.whole-login", &LibraryVerifier as &dyn SignatureVerifier),
        ("verify.whole-login.seen-before", &remembering),
    ] {
        let rate = login_rate(&mut hierarchy, &mut keys, verifier)?;
        figures.push(ours_beside_openssl(name, rate, "rsa2048")?);
    }
    Ok(figures)
}

fn ours_beside_openssl(name: &str, (rate, n): (f64, usize), algorithm: &str) -> Result<Figure> {
    let peer = openssl_rate(algorithm)?;
    Ok(Figure::new(name, rate, "1/s", n).beside("openssl speed", peer))
}

/// Key parsed, form checked, message hashed, signature verified: the whole entry point.
fn bare_rate(key: &SecretKey, algorithm: SignatureAlgorithm) -> Result<(f64, usize)> {
    let spki = spki_der(&key.public_key_info()?)?;
    let signature = key.sign(MESSAGE)?;
    rate(|| {
        let found = verify_signature(&spki, algorithm, MESSAGE, &signature, &LibraryVerifier);
        found.context("a good signature")
    })
}

/// Certificate parsed and checked, two signatures verified; one by who remembers certificates.
fn login_rate(
    hierarchy: &mut TestHierarchy,
    keys: &mut TestOnlyKeys,
    verifier: &dyn SignatureVerifier,
) -> Result<(f64, usize)> {
    let card = hierarchy.issue(CardProfile::Normal, &Person::invented(), keys, NOW)?;
    let trust = hierarchy.trust_store()?;
    let signature = card.auth.private_key()?.sign(MESSAGE)?;
    let certificate = card.auth.certificate.0;
    rate(|| {
        let found = verify_login(&certificate, MESSAGE, &signature, &trust, NOW, verifier);
        found.map(|found| drop(black_box(found))).context("a good login")
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts of two seconds")]
fn rate(mut work: impl FnMut() -> Result<()>) -> Result<(f64, usize)> {
    let (begun, mut count) = (Stopwatch::start(), 0usize);
    while begun.seconds() < SPAN.as_secs_f64() {
        for _ in 0..50 {
            work()?;
        }
        count += 50;
    }
    Ok((count as f64 / begun.seconds(), count))
}

/// Verifications per second by `openssl speed`, the last field of its machine-readable line.
fn openssl_rate(algorithm: &str) -> Result<f64> {
    let seconds = SPAN.as_secs().to_string();
    let output =
        Command::new("openssl").args(["speed", "-mr", "-seconds", &seconds, algorithm]).output();
    let output = output.context("openssl is the peer of this figure and could not be run")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find(|line| line.starts_with("+F")).context("a line with rates")?;
    line.rsplit(':').next().context("a rate")?.parse().context("a rate")
}

/// Logins through the gateway, beside what openssl verifies in the same time.
///
/// The budget (design section 6): without its storage, a core does 60 % as many logins as openssl
/// verifications.
pub fn logins() -> Result<Vec<Figure>> {
    let cost = crate::load::logins()?;
    let verification_us = 1e6 / openssl_rate("rsa2048")?;
    let own_us = cost.cpu_us - cost.storage_us;
    let own = "logins.cpu-per-login.without-storage";
    let beside_nginx = cost.nginx_us.map(|peer| {
        let figure = Figure::new("logins.cpu-per-login.beside-nginx", own_us, "us", cost.count);
        figure.beside("nginx, two empty answers over the same TLS", peer)
    });
    let figures = vec![
        Figure::new("logins.cpu-per-login", cost.cpu_us, "us", cost.count),
        Figure::new("logins.cpu-per-login.storage", cost.storage_us, "us", cost.count),
        Figure::new(own, own_us, "us", cost.count)
            .beside("openssl RSA-2048 verification", verification_us)
            .within(verification_us / 0.6),
    ];
    Ok(figures.into_iter().chain(beside_nginx).collect())
}

/// Loading, holding and asking a list of the size of a nation.
pub fn crl() -> Result<Vec<Figure>> {
    let folder = tempfile::tempdir()?;
    let office = Office::open()?;
    let large = folder.path().join("large.crl");
    office.write_list(&large, ENTRIES)?;
    let mut figures = ours_at_full_size(&office, &large)?;
    let small = folder.path().join("small.crl");
    office.write_list(&small, ENTRIES_BESIDE_PEER)?;
    figures.push(beside_x509_parser(&office, &small)?);
    Ok(figures)
}

fn ours_at_full_size(office: &Office, path: &Path) -> Result<Vec<Figure>> {
    let before = start_peak_mb()?;
    let mut best = (f64::MAX, f64::MAX);
    let mut list = None;
    for _ in 0..LOADS {
        drop(list.take());
        let (begun, busy) = (Instant::now(), Stopwatch::start());
        list = Some(office.load(path)?);
        let took = (begun.elapsed().as_secs_f64(), busy.seconds());
        best = if took.0 < best.0 { took } else { best };
    }
    let list = list.context("loaded")?;
    let growth = peak_rss_mb()? - before;
    let stored = list.to_bytes();
    let begun = Stopwatch::start();
    let reloaded = Crl::from_bytes(&stored, CrlLimits::default().entries_max)?;
    let from_stored = begun.seconds();
    ensure!(reloaded == list, "the stored list differs");
    Ok(vec![
        Figure::new("crl.load-5m", best.0, "s", LOADS).within(0.2),
        Figure::new("crl.load-5m.cpu", best.1, "s", LOADS),
        Figure::new("crl.load-5m-from-stored", from_stored, "s", 1),
        Figure::new("crl.memory-5m", megabytes(list.table().memory_len()), "MB", 1).within(64.0),
        Figure::new("crl.peak-while-loading-5m", growth, "MB", 1),
        Figure::new("crl.lookup-5m", lookup_ns(&list), "ns", 4_000_000).within(100.0),
    ])
}

#[expect(clippy::cast_precision_loss, reason = "sizes below 2^52")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

/// Random serial numbers, about half of which are on the list.
#[expect(clippy::cast_precision_loss, reason = "a count of some millions")]
fn lookup_ns(list: &Crl) -> f64 {
    let (mut state, mut found) = (0x9E37_79B9_7F4A_7C15_u64, 0u64);
    let begun = Stopwatch::start();
    for _ in 0..LOOKUPS {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let serial = serial((state >> 33) % (2 * ENTRIES));
        found += u64::from(list.table().get(Serial::from(serial)).is_some());
    }
    black_box(found);
    begun.seconds() * 1e9 / LOOKUPS as f64
}

/// The peer parses a list of a million; ours does the same and verifies it too.
fn beside_x509_parser(office: &Office, path: &Path) -> Result<Figure> {
    let begun = Stopwatch::start();
    let ours = office.load(path)?;
    let seconds = begun.seconds();
    let begun = Stopwatch::start();
    let der = std::fs::read(path)?;
    let (_, list) = x509_parser::revocation_list::CertificateRevocationList::from_der(&der)
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    let count = list.iter_revoked_certificates().count();
    let peer = begun.seconds();
    ensure!(count == ours.table().len(), "both read the same list");
    Ok(Figure::new("crl.load-1m", seconds, "s", 1).beside("x509-parser, unverified", peer))
}

/// Processor time of this process.
struct Stopwatch(f64);

impl Stopwatch {
    fn start() -> Self {
        Self(Self::now())
    }

    fn seconds(&self) -> f64 {
        Self::now() - self.0
    }

    #[expect(clippy::cast_precision_loss, reason = "seconds of one run")]
    fn now() -> f64 {
        let time = clock_gettime(ClockId::ProcessCPUTime);
        time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
    }
}

/// Forgets the most memory that this process held, and answers what it holds, in MB: what it made
/// before, such as the list on disk, would hide what is measured.
fn start_peak_mb() -> Result<f64> {
    std::fs::write("/proc/self/clear_refs", "5").context("the kernel forgets VmHWM")?;
    peak_rss_mb()
}

/// Most memory this process held since, in MB.
fn peak_rss_mb() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes: f64 = line
        .and_then(|rest| rest.split_whitespace().next())
        .context("the kernel tells VmHWM")?
        .parse()?;
    Ok(kilobytes * 1024.0 / 1e6)
}

/// Serial number of the entry with this place: issued in order, as the real ones are, with gaps.
fn serial(place: u64) -> u64 {
    0x0600_0001 + place * 3
}

/// A CA that signs lists too large to hold.
struct Office {
    ca: Ca,
    anchors: jpki::trust::TrustStore,
    names: Vec<DistributionPointName>,
}

impl Office {
    fn open() -> Result<Self> {
        let hierarchy = TestHierarchy::create(&mut TestOnlyKeys::starting_at(0), NOW)?;
        let ca = hierarchy.newest().sign.clone();
        let names = ca.partition(Purpose::Sign, &Town::minami())?;
        Ok(Self { anchors: hierarchy.trust_store()?, ca, names })
    }

    /// Reads the file in parts, as the gateway's adapter does.
    fn load(&self, path: &Path) -> Result<Crl> {
        let mut reader = CrlReader::new(CrlLimits::default());
        let mut file = File::open(path)?;
        reader.feed_from(|part| Ok::<_, anyhow::Error>(file.read(part)?))?;
        let issuer = self.anchors.issuer(&self.ca.key_id).context("our CA")?;
        let expected = Expected::Partition(&self.names[0]);
        Ok(reader.finish()?.verify(issuer, expected, NOW, &LibraryVerifier)?)
    }

    /// Entries lie in the order of their revocation, so that serial numbers come in no order.
    fn write_list(&self, path: &Path, entries: u64) -> Result<()> {
        let template = CrlDraft::new(&self.ca, &self.names, 1, NOW);
        let algorithm = SignatureAlgorithm::RsaPkcs1Sha256.identifier();
        let bare = template.signed_part(algorithm)?;
        let content = tlv::read_only(&bare, tlv::SEQUENCE)?.value;
        let mut rest = content;
        while rest.first() != Some(&context(0)) {
            rest = tlv::read(rest)?.1;
        }
        let extensions = content.len() - rest.len();
        let body = encoded_entries(entries)?;
        let parts =
            [&content[..extensions], &tlv::encode(tlv::SEQUENCE, &body), &content[extensions..]];
        let signed = tlv::encode(tlv::SEQUENCE, &parts.concat());
        let signature = self.ca.key().sign(&signed)?;
        let signature = tlv::encode(tlv::BIT_STRING, &[&[0], &signature[..]].concat());
        let whole = tlv::encode(tlv::SEQUENCE, &[&signed, algorithm, &signature].concat());
        let mut file = BufWriter::new(File::create(path)?);
        file.write_all(&whole)?;
        Ok(file.flush()?)
    }
}

fn encoded_entries(entries: u64) -> Result<Vec<u8>> {
    // An odd step with no common divisor visits every place once.
    const STEP: u64 = 2_654_435_761;
    let mut body = Vec::new();
    for index in 0..entries {
        let place = 2 * (index * STEP % entries);
        let at = NOW - i64::try_from((entries - index) * 20)?;
        let reason = RevocationReason::ALL[usize::try_from(index % 7)?];
        body.extend(entry(serial(place), at, reason)?);
    }
    Ok(body)
}

fn entry(serial: u64, at: i64, reason: RevocationReason) -> Result<Vec<u8>> {
    let number = positive(serial);
    let date = der_time::encode(at).context("a date")?;
    let reason = [0x30, 0x0C, 0x30, 0x0A, 6, 3, 0x55, 0x1D, 0x15, 4, 3, 0x0A, 1, reason.code()];
    let content = [tlv::encode(tlv::INTEGER, &number), date, reason.to_vec()].concat();
    Ok(tlv::encode(tlv::SEQUENCE, &content))
}
