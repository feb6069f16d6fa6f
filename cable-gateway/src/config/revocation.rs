//! `[revocation]`: who says whether a certificate is revoked, and what a service does in doubt.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use axum::http::Uri;
use jpki::{
    revocation::{
        DistributionPointName, RevocationPolicy,
        ocsp::{CertIdHash, OcspRules},
    },
    tlv,
    verify::CertificateClass,
};
use serde::Deserialize;

use super::Faults;

/// Most lists that can be named; a folder is one.
const LISTS_MAX: usize = 10_000;
/// Key ids are hashes.
const KEY_ID_LEN_MAX: usize = 64;

/// Where revocation data comes from, and what it is worth.
#[derive(Debug, Clone)]
pub struct RevocationConfig {
    /// What a service does in doubt, unless it has a policy of its own.
    pub policy: RevocationPolicy,
    /// Policies by relying party.
    pub services: BTreeMap<String, RevocationPolicy>,
    /// Folder of verified lists.
    pub kept: PathBuf,
    /// How often lists are looked at.
    pub fetch_every: Duration,
    /// Longest time for one list.
    pub fetch_timeout: Duration,
    /// Most bytes of one list.
    pub list_max_bytes: usize,
    /// Authorities (PEM) of the lines over TLS.
    pub ca_file: Option<PathBuf>,
    /// Lists.
    pub lists: Vec<ListConfig>,
    /// The responder; none when lists alone are asked.
    pub ocsp: Option<OcspConfig>,
}

/// One list, or a folder of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListConfig {
    /// Where it lies.
    pub place: ListPlace,
    /// The only authority whose list it may be; none takes any believed one.
    pub issuer_key_id: Option<Vec<u8>>,
    /// The only distribution point that it may cover; none takes what it names itself.
    pub point: Option<DistributionPointName>,
}

/// Where a list lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListPlace {
    /// A file, or a folder of files `*.crl`.
    Path(PathBuf),
    /// An address.
    Url(String),
}

/// The responder.
#[derive(Debug, Clone)]
pub struct OcspConfig {
    /// Its address.
    pub url: String,
    /// Longest time for an answer; a login waits no longer.
    pub timeout: Duration,
    /// How long an answer is used again.
    pub cache: Duration,
    /// Most answers kept.
    pub cache_entries: usize,
    /// What an answer has to keep.
    pub rules: OcspRules,
    /// What a question costs.
    pub fees: Fees,
}

/// What a question to the responder costs, in yen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fees {
    /// About an authentication certificate.
    pub auth_yen: u32,
    /// About a signature certificate.
    pub sign_yen: u32,
    /// Before this moment nothing, Unix seconds.
    pub free_until: Option<i64>,
}

impl Fees {
    /// The price of one question.
    pub fn yen(&self, class: CertificateClass, now_unix_secs: i64) -> u32 {
        match class {
            _ if self.free_until.is_some_and(|end| now_unix_secs < end) => 0,
            CertificateClass::Authentication => self.auth_yen,
            CertificateClass::Signature => self.sign_yen,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawRevocation {
    stale: jpki::revocation::InDoubt,
    unknown: jpki::revocation::InDoubt,
    services: BTreeMap<String, RevocationPolicy>,
    kept: String,
    fetch_seconds: u32,
    fetch_timeout_seconds: u32,
    list_max_mb: u32,
    ca_file: Option<String>,
    lists: Vec<RawList>,
    ocsp: Option<RawOcsp>,
}

impl Default for RawRevocation {
    fn default() -> Self {
        Self {
            stale: jpki::revocation::InDoubt::Deny,
            unknown: jpki::revocation::InDoubt::Deny,
            services: BTreeMap::new(),
            kept: "data/revocation".to_owned(),
            fetch_seconds: 3600,
            fetch_timeout_seconds: 300,
            list_max_mb: 512,
            ca_file: None,
            lists: Vec::new(),
            ocsp: None,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawList {
    source: String,
    issuer_key_id: Option<String>,
    distribution_point: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOcsp {
    url: String,
    #[serde(default = "five_seconds")]
    timeout_ms: u32,
    #[serde(default = "a_minute")]
    cache_seconds: u32,
    #[serde(default = "ten_thousand")]
    cache_entries: u32,
    #[serde(default = "two_minutes")]
    max_age_seconds: u32,
    #[serde(default = "sha256")]
    hash: CertIdHash,
    #[serde(default = "yes")]
    require_nonce: bool,
    #[serde(default = "two")]
    auth_yen: u32,
    #[serde(default = "twenty")]
    sign_yen: u32,
    free_until: Option<String>,
}

const fn five_seconds() -> u32 {
    5_000
}

const fn a_minute() -> u32 {
    60
}

const fn ten_thousand() -> u32 {
    10_000
}

const fn two_minutes() -> u32 {
    120
}

const fn sha256() -> CertIdHash {
    CertIdHash::Sha256
}

const fn yes() -> bool {
    true
}

const fn two() -> u32 {
    2
}

const fn twenty() -> u32 {
    20
}

impl RawRevocation {
    pub(super) fn check(self, faults: &mut Faults) -> RevocationConfig {
        let mut seconds =
            |key: &str, value, range| Duration::from_secs(faults.within(key, value, range).into());
        let fetch_every = seconds("revocation.fetch_seconds", self.fetch_seconds, 1..=86_400);
        let key = "revocation.fetch_timeout_seconds";
        let fetch_timeout = seconds(key, self.fetch_timeout_seconds, 1..=3600);
        let megabytes = faults.within("revocation.list_max_mb", self.list_max_mb, 1..=1024);
        for service in self.services.keys() {
            faults.text("revocation.services", service.clone(), 100);
        }
        if self.lists.len() > LISTS_MAX {
            faults.add("revocation.lists", "too many", "name a folder of *.crl instead");
        }
        let ca_file = self.ca_file.map(|file| faults.path(&file));
        let has_ca = ca_file.is_some();
        let lists: Vec<_> = self.lists.into_iter().map(|raw| raw.check(has_ca, faults)).collect();
        let ocsp = self.ocsp.map(|raw| raw.check(has_ca, faults));
        RevocationConfig {
            policy: RevocationPolicy { stale: self.stale, unknown: self.unknown },
            services: self.services,
            kept: faults.path(&self.kept),
            fetch_every,
            fetch_timeout,
            list_max_bytes: megabytes as usize * 1_000_000,
            ca_file,
            lists,
            ocsp,
        }
    }
}

impl RawList {
    fn check(self, has_ca: bool, faults: &mut Faults) -> ListConfig {
        let place = if self.source.contains("://") {
            check_url("revocation.lists.source", &self.source, has_ca, faults);
            ListPlace::Url(self.source)
        } else {
            let path = faults.text("revocation.lists.source", self.source, 4096);
            ListPlace::Path(faults.path(&path))
        };
        let issuer_key_id = self.issuer_key_id.map(|text| {
            key_id(&text).unwrap_or_else(|| {
                let remedy = "copy the subject key id, hexadecimal, of the authority";
                faults.add("revocation.lists.issuer_key_id", "no key id", remedy);
                Vec::new()
            })
        });
        let point = self.distribution_point.and_then(|parts| {
            let point = directory_name(&parts);
            if point.is_none() {
                let remedy = "write its parts as in the certificates, most general first, e.g. \
                              [\"C=JP\", \"O=JPKI\", \"CN=Minami-cho CRLDP\"]; C, O, OU, L, CN";
                faults.add("revocation.lists.distribution_point", "no directory name", remedy);
            }
            point
        });
        ListConfig { place, issuer_key_id, point }
    }
}

impl RawOcsp {
    fn check(self, has_ca: bool, faults: &mut Faults) -> OcspConfig {
        check_url("revocation.ocsp.url", &self.url, has_ca, faults);
        let timeout = faults.within("revocation.ocsp.timeout_ms", self.timeout_ms, 50..=10_000);
        let cache = faults.within("revocation.ocsp.cache_seconds", self.cache_seconds, 0..=3600);
        let key = "revocation.ocsp.cache_entries";
        let cache_entries = faults.within(key, self.cache_entries, 0..=1_000_000);
        let key = "revocation.ocsp.max_age_seconds";
        let max_age = faults.within(key, self.max_age_seconds, 1..=86_400);
        let free_until = self.free_until.and_then(|text| {
            let day = text.parse::<jiff::civil::Date>().ok();
            let start = day.and_then(|day| day.in_tz("Asia/Tokyo").ok());
            if start.is_none() {
                let key = "revocation.ocsp.free_until";
                faults.add(key, format!("`{text}` is no day"), "write e.g. \"2026-04-01\"");
            }
            start.map(|start| start.timestamp().as_second())
        });
        let rules = OcspRules {
            hash: self.hash,
            require_nonce: self.require_nonce,
            max_age_secs: max_age.into(),
            ..OcspRules::default()
        };
        OcspConfig {
            url: self.url,
            timeout: Duration::from_millis(timeout.into()),
            cache: Duration::from_secs(cache.into()),
            cache_entries: cache_entries as usize,
            rules,
            fees: Fees { auth_yen: self.auth_yen, sign_yen: self.sign_yen, free_until },
        }
    }
}

/// Lists and answers are signed, so a line without TLS is allowed: the operator's own, closed one.
fn check_url(key: &str, text: &str, has_ca: bool, faults: &mut Faults) {
    let uri = text.parse::<Uri>().ok();
    let scheme = uri.as_ref().and_then(Uri::scheme_str);
    let named = uri
        .as_ref()
        .and_then(Uri::authority)
        .is_some_and(|authority| !authority.host().is_empty() && !authority.as_str().contains('@'));
    match scheme {
        Some("http") if named => {}
        Some("https") if named => {
            if !has_ca {
                let remedy = "name the PEM file of the line's authority as revocation.ca_file";
                faults.add(key, "https without an authority to believe", remedy);
            }
        }
        _ => {
            let cause = format!("`{text}` is no address");
            faults.add(key, cause, "write http://HOST/PATH or https://HOST/PATH, without a user");
        }
    }
}

fn key_id(text: &str) -> Option<Vec<u8>> {
    let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let fits = digits && !text.is_empty() && text.len().is_multiple_of(2);
    if !fits || text.len() > 2 * KEY_ID_LEN_MAX {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

/// A directory name as the JPKI writes it: the country as PrintableString, all else as UTF8String.
/// Names are compared byte by byte, so another spelling covers nobody, and the log says so.
fn directory_name(parts: &[String]) -> Option<DistributionPointName> {
    const PRINTABLE_STRING: u8 = 0x13;
    const SET: u8 = 0x31;
    let mut rdns = Vec::new();
    for part in parts {
        let (key, value) = part.split_once('=')?;
        let (arc, tag) = match key {
            "C" => (6, PRINTABLE_STRING),
            "L" => (7, tlv::UTF8_STRING),
            "O" => (10, tlv::UTF8_STRING),
            "OU" => (11, tlv::UTF8_STRING),
            "CN" => (3, tlv::UTF8_STRING),
            _ => return None,
        };
        if value.is_empty() {
            return None;
        }
        let id = tlv::encode(tlv::OBJECT_IDENTIFIER, &[0x55, 0x04, arc]);
        let attribute = [id, tlv::encode(tag, value.as_bytes())].concat();
        rdns.extend(tlv::encode(SET, &tlv::encode(tlv::SEQUENCE, &attribute)));
    }
    let name = tlv::encode(tlv::context(4), &tlv::encode(tlv::SEQUENCE, &rdns));
    (!parts.is_empty()).then(|| DistributionPointName::from_der(&name))?
}

#[cfg(test)]
mod tests {
    use virtual_card::{
        ca::{Purpose, TestHierarchy, person::Town},
        keys::TestOnlyKeys,
    };

    use super::*;

    #[test]
    fn a_written_directory_name_is_the_one_in_certificates() {
        let hierarchy = TestHierarchy::create(&mut TestOnlyKeys::starting_at(0), 1_790_000_000);
        let ca = &hierarchy.expect("a hierarchy").newest().sign.clone();
        let names = ca.partition(Purpose::Sign, &Town::minami()).expect("names");
        let parts = [
            "C=JP",
            "O=HITOKOE TEST JPKI",
            "OU=TEST for digital signature",
            "OU=Hitokoe development, no legal effect",
            "OU=CRL Distribution Points",
            "OU=Tokushima-ken",
            "CN=Minami-cho CRLDP",
        ];
        assert_eq!(directory_name(&parts.map(str::to_owned)), names.first().cloned());
        for wrong in [&[][..], &["C"], &["C="], &["X=1"]] {
            let parts: Vec<_> = wrong.iter().map(|part| (*part).to_owned()).collect();
            assert_eq!(directory_name(&parts), None, "{wrong:?}");
        }
    }

    #[test]
    fn questions_are_free_until_a_day() {
        let fees = Fees { auth_yen: 2, sign_yen: 20, free_until: Some(100) };
        assert_eq!(fees.yen(CertificateClass::Authentication, 99), 0);
        assert_eq!(fees.yen(CertificateClass::Authentication, 100), 2);
        assert_eq!(fees.yen(CertificateClass::Signature, 100), 20);
    }
}
