//! Configuration files of one town.

use std::path::Path;

use anyhow::Result;

use crate::{browser::free_port, place};

/// Number, id and name of the two channels.
pub(crate) const CHANNELS: [(u16, &str, &str); 2] =
    [(1, "town-1", "みなみチャンネル"), (2, "town-2", "港のカメラ")];

/// Ports that nobody used when they were chosen; several towns can live side by side.
#[derive(Debug, Clone)]
pub(crate) struct Ports {
    pub(crate) box_api: u16,
    pub(crate) staff: u16,
    pub(crate) agency: u16,
    pub(crate) metrics: u16,
    pub(crate) services: u16,
    multicast: u16,
}

impl Ports {
    pub(crate) fn choose() -> Result<Self> {
        Ok(Self {
            box_api: free_port()?,
            staff: free_port()?,
            agency: free_port()?,
            metrics: free_port()?,
            services: free_port()?,
            multicast: free_port()?,
        })
    }

    /// Group of the orders.
    pub(crate) fn order_group(&self) -> String {
        format!("239.255.36.87:{}", self.multicast)
    }

    /// Groups of the channels.
    pub(crate) fn channels(&self) -> Vec<String> {
        CHANNELS.iter().map(|(n, ..)| format!("239.255.36.{n}:{}", self.multicast)).collect()
    }
}

/// Configuration of the gateway.
pub(crate) fn gateway(ports: &Ports) -> String {
    let Ports { box_api, staff, services, .. } = ports;
    let orders = ports.order_group();
    let mut text = format!(
        "[gateway]\nid = \"gateway.minami.example\"\n\
         [database]\npath = \"data/gateway.sqlite\"\n\
         [box_api]\nlisten = \"127.0.0.1:{box_api}\"\n\
         certificate = \"keys/server.cert.pem\"\nprivate_key = \"keys/server.key.pem\"\n\
         device_ca_certificate = \"keys/device-ca.cert.pem\"\n\
         device_ca_private_key = \"keys/device-ca.key.pem\"\n\
         [staff]\nlisten = \"127.0.0.1:{staff}\"\n\
         [oidc]\nissuer = \"https://127.0.0.1:{services}\"\nlisten = \"127.0.0.1:{services}\"\n\
         certificate = \"keys/server.cert.pem\"\nprivate_key = \"keys/server.key.pem\"\n\
         [town]\nmunicipality_code = \"363871\"\nname = \"美波町\"\nphone = \"0884-00-0000\"\n\
         [keys]\ndirectory = \"keys\"\n\
         [multicast]\ngroup = \"{orders}\"\ninterface = \"127.0.0.1\"\nttl = 0\n\
         [login]\nauth_issuers = \"auth-issuers\"\nhierarchy = \"hitokoe-test\"\n"
    );
    let channels = CHANNELS.iter().zip(ports.channels()).map(|((number, id, name), source)| {
        format!(
            "[[channels]]\nid = \"{id}\"\nnumber = {number}\nname = \"{name}\"\nsource = \"{source}\"\n"
        )
    });
    text.extend(channels);
    text
}

/// How the gateway asks the agency: the responder first, then the lists; no card counts unchecked.
pub(crate) fn revocation(ports: &Ports) -> String {
    let Ports { agency, metrics, .. } = ports;
    let mut text = format!(
        "[metrics]\nlisten = \"127.0.0.1:{metrics}\"\n\
         [revocation]\nfetch_seconds = 1\n\
         [revocation.ocsp]\nurl = \"http://127.0.0.1:{agency}/ocsp\"\n\
         timeout_ms = 2000\ncache_seconds = 0\n"
    );
    for kind in ["auth", "sign"] {
        text.extend((1..=3).map(|generation| {
            let list = format!("{kind}-{generation:02}.Tokushima-ken.Minami-cho.crl");
            format!("[[revocation.lists]]\nsource = \"http://127.0.0.1:{agency}/lists/{list}\"\n")
        }));
    }
    text
}

/// Configuration of the box.
pub(crate) fn stb(ports: &Ports, folder: &Path) -> String {
    let path = folder.display();
    let voice = place::voice()
        .map(|voice| format!("voice_file = \"{}\"\n", voice.display()))
        .unwrap_or_default();
    format!(
        "data_dir = \"{path}/box\"\n\
         [gateway]\nurl = \"https://127.0.0.1:{port}\"\nca_file = \"{path}/keys/server-ca.cert.pem\"\n\
         reconnect_base_ms = 200\nreconnect_cap_ms = 2000\nfetch_spread_ms = 50\n\
         [multicast]\ninterface = \"127.0.0.1\"\n\
         [card]\nreader = \"Virtual PCD 00 00\"\n\
         [input]\nenabled = false\n\
         [speech]\n{voice}record_file = \"{path}/spoken.jsonl\"\n",
        port = ports.box_api
    )
}
