//! `admin create-keys`, `renew-keys`, `renew-server-certificate`: everything that a gateway must have
//! before it starts, and its renewal.

use std::path::Path;

use anyhow::{Context as _, bail};
use rustls_pki_types::ServerName;
use zeroize::Zeroizing;

use crate::{
    config::Config,
    device_authority::{
        NewAuthority, ServerKeys, create_authority, create_server_certificate,
        renewed_server_certificate,
    },
    expiry, file_modes,
    orders::belief,
    random::{self, Random},
    secret_file,
    store::{Sql, Store, order::OrderRecord},
    town_keys::{self, TownKeys},
};

/// Creates what is missing and keeps what exists; returns one line for each group.
pub fn create_keys(
    config: &Config,
    server_names: &[String],
    now_ms: i64,
    random: &dyn Random,
) -> anyhow::Result<String> {
    check_names(server_names)?;
    let directory = &config.keys.directory;
    file_modes::create_folder(directory)
        .with_context(|| format!("cannot create {}", directory.display()))?;
    let boxes = &config.box_api;
    let server_ca = directory.join("server-ca.cert.pem");
    let mut lines = Vec::new();
    let issuer = evacuation::id::Issuer::new(config.town.municipality_code.as_str())?;
    lines.push(unless_there(&directory.join("key-manifest.cose"), || {
        TownKeys::create(directory, &issuer, now_ms, random)?;
        Ok("town keys for 395 days; take manifest-root.key offline, it is needed for `renew-keys` only")
    })?);
    lines.push(unless_there(&boxes.device_ca_certificate, || {
        let name = format!("{} device authority", config.gateway.id);
        let new = create_authority(&name, now_ms, random)?;
        write_authority(&new, &boxes.device_ca_certificate, &boxes.device_ca_private_key)?;
        Ok("device authority")
    })?);
    lines.push(unless_there(&boxes.certificate, || {
        let name = format!("{} server authority", config.gateway.id);
        let new = create_authority(&name, now_ms, random)?;
        let server = create_server_certificate(server_names, &new.issuer, now_ms, random)?;
        write_authority(&new, &server_ca, &directory.join("server-ca.key.pem"))?;
        secret_file::write_text(&boxes.private_key, &server.key_pem)?;
        secret_file::write_public(&boxes.certificate, server.certificate_pem.as_bytes())?;
        Ok("server certificate; boxes trust server-ca.cert.pem")
    })?);
    lines.push(names_in_use(&boxes.certificate)?);
    lines.push(unless_there(&config.staff.secret, || {
        let secret = Zeroizing::new(random::bytes::<32>(random));
        secret_file::write_32(&config.staff.secret, &secret)?;
        Ok("staff secret")
    })?);
    Ok(lines.join("\n"))
}

/// By which names boxes reach this gateway; one that was kept may carry others than those given.
pub(super) fn names_in_use(certificate: &Path) -> anyhow::Result<String> {
    let names = expiry::certificate_names(certificate)?;
    if names.is_empty() {
        bail!(
            "{} carries no name, and no box can connect; run `cable-gateway admin \
             renew-server-certificate --server-name NAME`, or get another one from its issuer",
            certificate.display()
        );
    }
    Ok(format!("boxes reach this gateway as {}", names.join(", ")))
}

/// Names as the boxes' own TLS reads them.
fn check_names(names: &[String]) -> anyhow::Result<()> {
    for name in names {
        if ServerName::try_from(name.as_str()).is_err() {
            bail!(
                "`{name}` is neither a DNS name nor an IP address, and no box could connect by it; \
                 write the host alone, without https:// and port, e.g. --server-name gateway.example.jp"
            );
        }
    }
    Ok(())
}

fn unless_there(
    marker: &Path,
    create: impl FnOnce() -> anyhow::Result<&'static str>,
) -> anyhow::Result<String> {
    if marker.exists() {
        return Ok(format!("kept {}", marker.display()));
    }
    let what = create()?;
    Ok(format!("created {what} ({})", marker.display()))
}

fn write_authority(new: &NewAuthority, certificate: &Path, key: &Path) -> anyhow::Result<()> {
    secret_file::write_text(key, &new.key_pem)?;
    Ok(secret_file::write_public(certificate, new.certificate_pem.as_bytes())?)
}

/// Lays the next keys beside the old ones and signs a manifest with both.
pub fn renew_keys(
    config: &Config,
    root: Option<&Path>,
    revoke: bool,
    now_ms: i64,
    random: &dyn Random,
) -> anyhow::Result<String> {
    let directory = &config.keys.directory;
    let issuer = evacuation::id::Issuer::new(config.town.municipality_code.as_str())?;
    let here = directory.join("manifest-root.key");
    let root = root.unwrap_or(&here);
    let done = town_keys::renew(directory, &issuer, root, revoke, now_ms, random)
        .context("the keys were not renewed; nothing changed")?;
    let day = crate::report::business_date;
    let begin = if done.begins_at_ms > now_ms {
        format!("they sign from {} on, when boxes know them", day(done.begins_at_ms))
    } else {
        "they sign at once".to_owned()
    };
    let old = if revoke { "the old keys are revoked" } else { "the old keys end with that" };
    Ok(format!(
        "key manifest {} names new keys until {}: {begin}; {old}\na running gateway takes them over \
         within seconds and tells its boxes; take manifest-root.key offline again",
        done.version,
        day(done.ends_at_ms)
    ))
}

/// Renews and revokes the old keys at once. Boxes drop what these signed, so that no order may be in
/// force, unless the operator says `despite` it.
pub async fn revoke_keys(
    config: &Config,
    root: Option<&Path>,
    despite: bool,
    now_ms: i64,
    random: &dyn Random,
) -> anyhow::Result<String> {
    let lost = match orders_at_stake(config, now_ms).await {
        Ok(orders) => orders.iter().map(in_one_line).collect::<Vec<_>>().join("\n"),
        Err(error) if despite => format!("(the orders in force cannot be read: {error:#})"),
        Err(error) => {
            let remedy = "mend that, or revoke with --despite-orders-in-force";
            return Err(error.context(format!("cannot look which orders are in force; {remedy}")));
        }
    };
    if !despite && !lost.is_empty() {
        bail!(
            "nothing changed: these orders are in force, and every television would drop them \
             with their key:\n{lost}\nlift them first; or run this again with \
             --despite-orders-in-force and issue each of them anew in the staff console at once"
        );
    }
    let done = renew_keys(config, root, true, now_ms, random)?;
    if lost.is_empty() {
        return Ok(done);
    }
    Ok(format!(
        "{done}\nNOW issue these anew in the staff console, no television shows them:\n{lost}"
    ))
}

/// The orders in force that the keys in use signed; none before the first start.
async fn orders_at_stake(config: &Config, now_ms: i64) -> anyhow::Result<Vec<OrderRecord>> {
    if !config.database.path.exists() {
        return Ok(Vec::new());
    }
    let issuer = evacuation::id::Issuer::new(config.town.municipality_code.as_str())?;
    let keys = TownKeys::load(&config.keys.directory, &issuer)?;
    let store = Store::open(&config.database.path)?;
    store.check_schema().await?;
    let read = move |sql: &mut dyn Sql| belief::believed(sql, &keys, now_ms);
    Ok(store.read(read).await?)
}

fn in_one_line(order: &OrderRecord) -> String {
    let OrderRecord { mode, hazard, order_id, .. } = order;
    let level = order.level.map_or(String::new(), |level| format!(" level {level}"));
    let areas = match order.area_ids.as_slice() {
        [] => "the whole town".to_owned(),
        named => named.join(", "),
    };
    format!("- {mode} {hazard}{level} for {areas} (order {order_id})")
}

/// A new certificate for the server key that is there, by the authority of `create-keys`. Boxes trust
/// the authority, so nothing changes for them.
pub fn renew_server_certificate(
    config: &Config,
    server_names: &[String],
    now_ms: i64,
    random: &dyn Random,
) -> anyhow::Result<String> {
    let (directory, boxes) = (&config.keys.directory, &config.box_api);
    check_names(server_names)?;
    let names = match server_names {
        [] => expiry::certificate_names(&boxes.certificate)?,
        given => given.to_vec(),
    };
    let authority = directory.join("server-ca.key.pem");
    let authority_key = secret_file::read_text(&authority).context(
        "the server certificate is not of `create-keys`, or its authority was moved away; \
         get a new one from its issuer, or bring the authority back",
    )?;
    let path = directory.join("server-ca.cert.pem");
    let authority_certificate = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let server_key = secret_file::read_text(&boxes.private_key)?;
    let pem = renewed_server_certificate(
        &names,
        &ServerKeys { authority_certificate, authority_key, server_key },
        now_ms,
        random,
    )
    .context("the server certificate cannot be made from these keys")?;
    secret_file::replace(&boxes.certificate, pem.as_bytes(), secret_file::PUBLIC)?;
    Ok(format!(
        "{} is renewed for {}; a running gateway takes it over within seconds",
        boxes.certificate.display(),
        names.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::{ServerIdentity, box_config};
    use crate::{
        config,
        random::SeededRandom,
        testing::{TestGateway, flood},
    };

    const DAY_MS: i64 = 86_400_000;
    const NOW_MS: i64 = 1_800_000_000_000;

    fn office(folder: &Path) -> Config {
        let path = folder.join("gateway.toml");
        std::fs::write(&path, include_str!("../../gateway.example.toml")).expect("written");
        let config = config::load(&path).expect("the example is valid");
        let names = ["gateway.minami.example".to_owned(), "192.0.2.7".to_owned()];
        create_keys(&config, &names, NOW_MS, &SeededRandom::new(3)).expect("created");
        config
    }

    fn ends(config: &Config) -> Vec<(&'static str, i64)> {
        let issuer = evacuation::id::Issuer::new(config.town.municipality_code.as_str());
        let keys = TownKeys::load(&config.keys.directory, &issuer.expect("a real code"));
        let ends = expiry::all(config, &keys.expect("loaded")).expect("readable");
        ends.iter().map(|expiry| (expiry.what, expiry.days_left(NOW_MS))).collect()
    }

    #[test]
    fn the_operator_is_told_what_ends_and_renews_it() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let config = office(folder.path());
        let [keys, server] =
            ["the set of order, drill and heartbeat keys", "the server certificate for boxes"];
        assert_eq!(ends(&config), [(keys, 395), (server, 730)]);
        let later = NOW_MS + 350 * DAY_MS;
        let random = SeededRandom::new(4);
        let said = renew_keys(&config, None, false, later, &random).expect("renewed");
        assert!(said.contains("key manifest 2"), "{said}");
        let said = renew_server_certificate(&config, &[], later, &random).expect("renewed");
        assert!(said.contains("gateway.minami.example, 192.0.2.7"), "{said}");
        assert_eq!(ends(&config), [(keys, 745), (server, 1080)]);
        let boxes = &config.box_api;
        let devices = crate::device_authority::DeviceAuthority::load(boxes).expect("there");
        let identity = ServerIdentity::open(&boxes.certificate, &boxes.private_key);
        let tls = identity.and_then(|identity| box_config(&identity, devices.certificate()));
        assert!(tls.is_ok(), "the same key goes with the new certificate");
    }

    #[test]
    fn only_names_by_which_a_box_can_connect_stand_in_a_certificate() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let config = office(folder.path());
        let before = std::fs::read(&config.box_api.certificate).expect("there");
        let random = SeededRandom::new(7);
        for wrong in
            ["", "no name", "https://gateway.example", "gateway.example:8443", "192.0.2", "-"]
        {
            let names = ["gateway.example".to_owned(), wrong.to_owned()];
            let elsewhere = tempfile::tempdir().expect("temporary folder");
            let path = elsewhere.path().join("gateway.toml");
            std::fs::write(&path, include_str!("../../gateway.example.toml")).expect("written");
            let fresh = config::load(&path).expect("the example is valid");
            for refused in [
                renew_server_certificate(&config, &names, NOW_MS, &random),
                create_keys(&config, &names, NOW_MS, &random),
                create_keys(&fresh, &names, NOW_MS, &random),
            ] {
                let said = refused.expect_err(wrong).to_string();
                assert!(said.contains(&format!("`{wrong}`")), "{said}");
                assert!(said.contains("--server-name gateway.example.jp"), "{said}");
            }
            assert!(!fresh.keys.directory.exists(), "nothing is made");
        }
        assert_eq!(std::fs::read(&config.box_api.certificate).expect("there"), before);
        let names = ["gateway-1.example", "2001:db8::7", "192.0.2.9"].map(str::to_owned);
        let said = renew_server_certificate(&config, &names, NOW_MS, &random).expect("renewed");
        assert!(said.contains("gateway-1.example, 2001:db8::7, 192.0.2.9"), "{said}");
    }

    #[tokio::test]
    async fn revoking_names_the_orders_in_force_and_does_nothing_before_that_was_read() {
        let gateway = TestGateway::start().await;
        let (config, now_ms) = (&gateway.state.config, gateway.state.now_ms());
        let order = gateway.publish(flood()).await.id.to_string();
        let manifest = config.keys.directory.join("key-manifest.cose");
        let before = std::fs::read(&manifest).expect("there");
        let random = SeededRandom::new(5);
        let refused = revoke_keys(config, None, false, now_ms, &random).await.expect_err("refused");
        let said = refused.to_string();
        let line = format!("actual flood level 4 for A14 (order {order})");
        assert!(said.contains(&line) && said.contains("--despite-orders-in-force"), "{said}");
        assert_eq!(std::fs::read(&manifest).expect("there"), before, "nothing changed");

        let said = revoke_keys(config, None, true, now_ms, &random).await.expect("revoked");
        assert!(said.contains(&line) && said.contains("issue these anew"), "{said}");
        assert_ne!(std::fs::read(&manifest).expect("there"), before);
        // What no box believes any more is lost already.
        let said = revoke_keys(config, None, false, now_ms, &random).await.expect("revoked");
        assert!(!said.contains("issue these anew"), "{said}");
        gateway.stop().await;
    }

    #[tokio::test]
    async fn a_theft_before_the_first_start_is_answered_without_a_database() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let config = office(folder.path());
        let random = SeededRandom::new(6);
        let said = revoke_keys(&config, None, false, NOW_MS, &random).await.expect("revoked");
        assert!(said.contains("the old keys are revoked"), "{said}");
        assert!(!config.database.path.exists(), "and none is made");
    }
}
