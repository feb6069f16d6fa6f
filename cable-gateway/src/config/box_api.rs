//! `[box_api]`: the listener of the boxes and the certificate authority of devices.

use std::{net::SocketAddr, path::PathBuf};

use serde::Deserialize;

use super::Faults;

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
