//! Logins through the gateway as it ships: mutual TLS, two requests, nonce, card, revocation list,
//! database. What counts is the CPU time of the gateway, because the boxes share the cores with it.

use std::{
    path::Path,
    process::Command,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use reqwest::Client;
use tokio::task::JoinSet;
use virtual_card::{
    ca::{
        Purpose, TestHierarchy,
        person::{Person, Town},
        revocation_list::CrlDraft,
    },
    card_file::CardFile,
    keys::TestOnlyKeys,
    profile::CardProfile,
};

use super::{LoneGateway, boxes};
use crate::{
    bare_box::BareBox,
    browser::free_port,
    place,
    process::{self, Process},
    town::{HOME, RESIDENTS},
};

const START: Duration = Duration::from_secs(30);
/// Boxes that log in at the same time.
const BOXES: usize = 50;
/// Logins at each, as many as a box may try within a minute; the first one opens the connection.
const EACH: usize = 14;
/// As in the configuration.
const GATEWAY_ID: &str = "gateway.minami.example";

/// What one login cost.
pub struct LoginCost {
    /// CPU time of the gateway for one login, in microseconds.
    pub cpu_us: f64,
    /// Share of its database threads.
    pub storage_us: f64,
    /// The same of nginx, where there is one, for two requests over the same TLS that it answers with nothing.
    pub nginx_us: Option<f64>,
    /// Logins measured.
    pub count: usize,
}

/// Measures logins of one resident at many boxes.
pub fn logins() -> Result<LoginCost> {
    let (mut card, mut leaves) = (None, Vec::new());
    let gateway = LoneGateway::start(
        |text| text + "[revocation]\n[[revocation.lists]]\nsource = \"auth.crl\"\n",
        |folder| {
            card = Some(issue_card(folder)?);
            leaves = boxes::enrol(folder, BOXES)?;
            Ok(())
        },
    )?;
    let card = Arc::new(card.context("issued")?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let (mut bare, mut clients) = (Vec::new(), Vec::new());
        let roots = Arc::new(boxes::roots(gateway.path())?);
        for (number, leaf) in leaves.iter().enumerate() {
            let tls = boxes::tls(Arc::clone(&roots), leaf)?;
            let client = Client::builder().tls_backend_preconfigured(tls).no_proxy().build()?;
            clients.push(client.clone());
            let address = format!("https://127.0.0.1:{}", gateway.box_port);
            let one = BareBox::enrolled(client, &address, GATEWAY_ID, &boxes::id(number));
            bare.push(Arc::new(one));
        }
        at_once(&bare, &card, 1).await?;
        let before = (gateway.cpu_us()?, gateway.storage_cpu_us()?);
        at_once(&bare, &card, EACH - 1).await?;
        let count = BOXES * (EACH - 1);
        let each = |now: i64, before: i64| crate::fanout::per(now - before, count);
        let cpu_us = each(gateway.cpu_us()?, before.0);
        let storage_us = each(gateway.storage_cpu_us()?, before.1);
        let nginx_us = beside_nginx(gateway.path(), &clients).await?;
        Ok(LoginCost { cpu_us, storage_us, nginx_us, count })
    })
}

/// What two requests cost a server that does nothing else, over connections of the same kind.
async fn beside_nginx(folder: &Path, clients: &[Client]) -> Result<Option<f64>> {
    let Some(program) = place::server("nginx") else { return Ok(None) };
    let port = free_port()?;
    let (file, keys) = (folder.join("nginx.conf"), folder.join("keys").display().to_string());
    std::fs::write(
        &file,
        format!(
            "user root;\ndaemon off;\nmaster_process off;\npid nginx.pid;\nerror_log error.log;\n\
             events {{ worker_connections 1000; }}\nhttp {{ access_log off; server {{\n\
             listen 127.0.0.1:{port} ssl; ssl_certificate {keys}/server.cert.pem;\n\
             ssl_certificate_key {keys}/server.key.pem; ssl_client_certificate {keys}/device-ca.cert.pem;\n\
             ssl_verify_client on; keepalive_requests 100000; location / {{ return 204; }} }} }}\n"
        ),
    )?;
    let mut nginx = Command::new(program);
    nginx.arg("-c").arg(&file).arg("-p").arg(folder).current_dir(folder);
    let mut nginx = Process::start("nginx", &mut nginx, folder)?;
    let address = format!("127.0.0.1:{port}");
    nginx.wait_until("listening", START, || std::net::TcpStream::connect(&address).is_ok())?;
    let address = format!("https://{address}/");
    answered(clients, &address, 1).await?;
    let before = nginx.threads_cpu_us("nginx")?;
    answered(clients, &address, 2 * (EACH - 1)).await?;
    let count = clients.len() * (EACH - 1);
    Ok(Some(crate::fanout::per(nginx.threads_cpu_us("nginx")? - before, count)))
}

/// All clients at the same time, each so many requests one after the other.
async fn answered(clients: &[Client], address: &str, times: usize) -> Result<()> {
    let mut running = JoinSet::new();
    for client in clients {
        let (client, address) = (client.clone(), address.to_owned());
        running.spawn(async move {
            for _ in 0..times {
                client.post(&address).body("{}").send().await?.error_for_status()?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(ended) = running.join_next().await {
        ended??;
    }
    Ok(())
}

/// All boxes at the same time, each so many logins one after the other.
async fn at_once(boxes: &[Arc<BareBox>], card: &Arc<CardFile>, times: usize) -> Result<()> {
    let mut running = JoinSet::new();
    for one in boxes {
        let (one, card) = (Arc::clone(one), Arc::clone(card));
        running.spawn(async move {
            for _ in 0..times {
                let session = one.log_in(&card).await?;
                session.map_err(|code| anyhow::anyhow!("a login was refused: {code:?}"))?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(ended) = running.join_next().await {
        ended??;
    }
    Ok(())
}

/// A card that the gateway in this folder knows, with an authority and a list of its own.
fn issue_card(folder: &Path) -> Result<CardFile> {
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    let mut keys = TestOnlyKeys::starting_at(0);
    let mut hierarchy = TestHierarchy::create(&mut keys, now)?;
    let card = hierarchy.issue(CardProfile::Normal, &Person::invented(), &mut keys, now)?;
    let authority = &hierarchy.newest().auth;
    std::fs::write(folder.join("auth-issuers/auth.der"), &authority.certificate_der)?;
    let names = authority.partition(Purpose::Auth, &Town::minami())?;
    let list = CrlDraft::new(authority, &names, 1, now).sign(authority.key())?;
    std::fs::write(folder.join("auth.crl"), list)?;
    let certificate = folder.join("card.der");
    std::fs::write(&certificate, &card.auth.certificate.0)?;
    let (_, resident, ..) = RESIDENTS[0];
    let mut link = Command::new(place::program("cable-gateway")?);
    link.arg("--config").arg(folder.join("gateway.toml"));
    link.args(["admin", "link-card", "--household", HOME, "--resident", resident]);
    process::succeed(link.arg("--certificate").arg(certificate))?;
    Ok(card)
}
