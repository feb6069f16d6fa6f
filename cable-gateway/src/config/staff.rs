//! `[staff]`: the listener of the staff console.

use std::{net::SocketAddr, path::PathBuf};

use serde::Deserialize;

use super::{ConnectionConfig, Faults, box_api::address};
use crate::listener::Limits;

/// The listener of the staff console.
#[derive(Debug, Clone)]
pub struct StaffConfig {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Certificate chain and private key, PEM; none when a proxy before it speaks TLS.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Minutes without a request after which a session locks.
    pub idle_minutes: u32,
    /// File with the 32-byte secret (base64) that protects second factors; created by
    /// `admin create-keys`.
    pub secret: PathBuf,
    /// How many connections there may be.
    pub connections: ConnectionConfig,
}

impl StaffConfig {
    /// Behind a proxy every connection comes from its address: there is no share of one address.
    pub fn limits(&self) -> Limits {
        let limits = self.connections.limits();
        if self.tls.is_some() { limits } else { Limits { per_address: limits.total, ..limits } }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawStaff {
    listen: String,
    certificate: Option<String>,
    private_key: Option<String>,
    idle_minutes: u32,
    secret: String,
    max_connections: u32,
    max_connections_per_address: u32,
}

impl Default for RawStaff {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            certificate: None,
            private_key: None,
            idle_minutes: 15,
            secret: "keys/staff-secret.txt".to_owned(),
            max_connections: 512,
            max_connections_per_address: 64,
        }
    }
}

impl RawStaff {
    pub(super) fn check(self, faults: &mut Faults) -> Option<StaffConfig> {
        let tls = match (self.certificate, self.private_key) {
            (Some(certificate), Some(key)) => Some((faults.path(&certificate), faults.path(&key))),
            (None, None) => None,
            _ => {
                let remedy = "write both, or neither when a proxy speaks TLS";
                faults.add("staff.certificate and staff.private_key", "one is missing", remedy);
                None
            }
        };
        let listen = address("staff.listen", &self.listen, faults)?;
        if tls.is_none() && !listen.ip().is_loopback() {
            let remedy = "listen on 127.0.0.1 behind a proxy, or name a certificate";
            faults.add("staff.listen", "personal data without TLS on an open address", remedy);
        }
        let idle_minutes = faults.within("staff.idle_minutes", self.idle_minutes, 1..=240);
        let (total, per_address) = (self.max_connections, self.max_connections_per_address);
        let connections = ConnectionConfig::check("staff", total, per_address, faults);
        let secret = faults.path(&self.secret);
        Some(StaffConfig { listen, tls, idle_minutes, secret, connections })
    }
}
