//! What ends by itself and silences the town or its boxes when nobody looks: the keys that sign
//! orders, and the server certificates. Told with the remedy, long before.

use std::path::Path;

use rustls_pki_types::{CertificateDer, pem::PemObject as _};

use crate::{config::Config, secret_file::SecretFileError, town_keys::TownKeys};

const DAY_MS: i64 = 86_400_000;
/// From here on it is a warning.
const NEAR_DAYS: i64 = 60;

/// One thing with an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expiry {
    /// What ends.
    pub what: &'static str,
    /// When, Unix milliseconds.
    pub ends_at_ms: i64,
    /// What happens then.
    pub effect: &'static str,
    /// The command or the deed that prevents it.
    pub remedy: &'static str,
}

impl Expiry {
    /// Whole days left; negative when it is over.
    pub fn days_left(&self, now_ms: i64) -> i64 {
        self.ends_at_ms.saturating_sub(now_ms).div_euclid(DAY_MS)
    }

    /// Whether the operator should act.
    pub fn is_near(&self, now_ms: i64) -> bool {
        self.days_left(now_ms) < NEAR_DAYS
    }

    /// One line for the operator.
    pub fn line(&self, now_ms: i64) -> String {
        let Self { what, effect, remedy, .. } = self;
        let day = crate::report::business_date(self.ends_at_ms);
        match self.days_left(now_ms) {
            left if left < 0 => format!("{what} ended on {day}: {effect}; {remedy}"),
            left if left < NEAR_DAYS => {
                format!("{what} will end on {day}, in {left} days, and then {effect}; {remedy}")
            }
            left => format!("{what} can be used until {day}, {left} days from now"),
        }
    }
}

/// Everything that ends, the first first.
pub fn all(config: &Config, keys: &TownKeys) -> Result<Vec<Expiry>, SecretFileError> {
    let mut found = vec![
        Expiry {
            what: "the set of order, drill and heartbeat keys",
            ends_at_ms: keys.ends_at_ms(),
            effect: "televisions show no order",
            remedy: "run `cable-gateway admin renew-keys`",
        },
        Expiry {
            what: "the server certificate for boxes",
            ends_at_ms: certificate_end(&config.box_api.certificate)?,
            effect: "boxes do not connect",
            remedy: "run `cable-gateway admin renew-server-certificate`",
        },
    ];
    if let Some((certificate, _)) = &config.staff.tls {
        found.push(Expiry {
            what: "the server certificate for the console",
            ends_at_ms: certificate_end(certificate)?,
            effect: "browsers warn and staff cannot sign in",
            remedy: "get a new one from its issuer",
        });
    }
    found.sort_by_key(|expiry| expiry.ends_at_ms);
    Ok(found)
}

/// Logs what is near its end; quiet while everything lasts.
pub fn warn(config: &Config, keys: &TownKeys, now_ms: i64) {
    match all(config, keys) {
        Ok(found) => {
            for expiry in found.iter().filter(|expiry| expiry.is_near(now_ms)) {
                if expiry.days_left(now_ms) < 0 {
                    tracing::error!("{}", expiry.line(now_ms));
                } else {
                    tracing::warn!("{}", expiry.line(now_ms));
                }
            }
        }
        Err(error) => tracing::error!(%error, "cannot tell when certificates end"),
    }
    if keys.is_overdue(now_ms) {
        tracing::error!("the key manifest is overdue; run `cable-gateway admin renew-keys`");
    }
}

/// When the first certificate of a PEM chain ends, Unix milliseconds.
fn certificate_end(path: &Path) -> Result<i64, SecretFileError> {
    let leaf = leaf(path)?;
    let end =
        x509_parser::parse_x509_certificate(&leaf).ok().map(|(_, leaf)| leaf.validity.not_after);
    end.map(|end| end.timestamp().saturating_mul(1_000)).ok_or_else(|| malformed(path))
}

/// Names and addresses in the first certificate of a PEM chain.
pub(crate) fn certificate_names(path: &Path) -> Result<Vec<String>, SecretFileError> {
    use x509_parser::extensions::GeneralName;
    let leaf = leaf(path)?;
    let (_, certificate) =
        x509_parser::parse_x509_certificate(&leaf).map_err(|_| malformed(path))?;
    let names = certificate.subject_alternative_name().map_err(|_| malformed(path))?;
    let names = names.map(|names| names.value.general_names.as_slice()).unwrap_or_default();
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => address(bytes),
        _ => None,
    };
    Ok(names.iter().filter_map(name).collect())
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::IpAddr::from(four).to_string());
    }
    <[u8; 16]>::try_from(bytes).ok().map(|bytes| std::net::IpAddr::from(bytes).to_string())
}

fn leaf(path: &Path) -> Result<CertificateDer<'static>, SecretFileError> {
    let pem = std::fs::read(path)
        .map_err(|cause| SecretFileError::Unreadable { path: path.to_owned(), cause })?;
    CertificateDer::from_pem_slice(&pem).map_err(|_| malformed(path))
}

fn malformed(path: &Path) -> SecretFileError {
    SecretFileError::Malformed { path: path.to_owned(), expected: "a PEM certificate" }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDS_MS: i64 = 1_795_186_800_000;

    #[track_caller]
    fn check(days: i64, near: bool, expected: &str) {
        let expiry =
            Expiry { what: "the key", ends_at_ms: ENDS_MS, effect: "it is quiet", remedy: "renew" };
        let now_ms = ENDS_MS - days * DAY_MS;
        assert_eq!((expiry.is_near(now_ms), expiry.line(now_ms).as_str()), (near, expected));
    }

    #[test]
    fn the_end_is_told_with_what_prevents_it() {
        check(300, false, "the key can be used until 2026-11-21, 300 days from now");
        check(60, false, "the key can be used until 2026-11-21, 60 days from now");
        check(59, true, "the key will end on 2026-11-21, in 59 days, and then it is quiet; renew");
        check(-1, true, "the key ended on 2026-11-21: it is quiet; renew");
    }
}
