//! `[box_api]`: the listener of the boxes and the certificate authority of devices.

use std::{net::SocketAddr, path::PathBuf};

use serde::Deserialize;

use super::Faults;
use crate::listener::Limits;

/// The listener of the boxes.
#[derive(Debug, Clone)]
pub struct BoxApiConfig {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Server certificate chain, PEM.
    pub certificate: PathBuf,
    /// Its private key, PEM.
    pub private_key: PathBuf,
    /// Certificate of the authority that issues device certificates, PEM.
    pub device_ca_certificate: PathBuf,
    /// Its private key, PEM.
    pub device_ca_private_key: PathBuf,
    /// Days for which a device certificate is valid.
    pub device_certificate_days: u32,
    /// How many connections there may be.
    pub connections: ConnectionConfig,
}

/// How many connections a listener takes.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionConfig {
    /// At the same time.
    pub total: u32,
    /// At the same time, of one address.
    pub per_address: u32,
}

impl ConnectionConfig {
    /// With the usual patience.
    pub fn limits(self) -> Limits {
        Limits::new(self.total as usize, self.per_address as usize)
    }

    pub(super) fn check(section: &str, total: u32, per_address: u32, faults: &mut Faults) -> Self {
        let total = faults.within(&format!("{section}.max_connections"), total, 16..=200_000);
        let key = format!("{section}.max_connections_per_address");
        Self { total, per_address: faults.within(&key, per_address, 4..=200_000) }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBoxApi {
    listen: String,
    certificate: String,
    private_key: String,
    device_ca_certificate: String,
    device_ca_private_key: String,
    #[serde(default = "ten_years")]
    device_certificate_days: u32,
    #[serde(default = "a_town_of_boxes")]
    max_connections: u32,
    #[serde(default = "many_homes_behind_one_address")]
    max_connections_per_address: u32,
}

const fn a_town_of_boxes() -> u32 {
    20_000
}

/// Some operators put a whole district behind one address. These are boxes with a certificate, of
/// which each has few connections; others have a small share of their own.
const fn many_homes_behind_one_address() -> u32 {
    1_024
}

const fn ten_years() -> u32 {
    3650
}

impl RawBoxApi {
    pub(super) fn check(self, faults: &mut Faults) -> Option<BoxApiConfig> {
        let days = self.device_certificate_days;
        let days = faults.within("box_api.device_certificate_days", days, 1..=7300);
        Some(BoxApiConfig {
            listen: address("box_api.listen", &self.listen, faults)?,
            certificate: faults.path(&self.certificate),
            private_key: faults.path(&self.private_key),
            device_ca_certificate: faults.path(&self.device_ca_certificate),
            device_ca_private_key: faults.path(&self.device_ca_private_key),
            device_certificate_days: days,
            connections: ConnectionConfig::check(
                "box_api",
                self.max_connections,
                self.max_connections_per_address,
                faults,
            ),
        })
    }
}

/// A socket address, or a fault.
pub(super) fn address(key: &str, text: &str, faults: &mut Faults) -> Option<SocketAddr> {
    let parsed = text.parse();
    if parsed.is_err() {
        faults.add(key, format!("`{text}` is no address"), "write IP:port, e.g. 0.0.0.0:8443");
    }
    parsed.ok()
}
