//! `admin create-keys`: everything that a new gateway must have before it starts.

use std::path::Path;

use anyhow::Context as _;
use zeroize::Zeroizing;

use crate::{
    config::Config,
    device_authority::{NewAuthority, create_authority, create_server_certificate},
    random::{self, Random},
    secret_file,
    town_keys::TownKeys,
};

/// Creates what is missing and keeps what exists; returns one line for each group.
pub fn create_keys(
    config: &Config,
    server_names: &[String],
    now_ms: i64,
    random: &dyn Random,
) -> anyhow::Result<String> {
    let directory = &config.keys.directory;
    std::fs::create_dir_all(directory)
        .with_context(|| format!("cannot create {}", directory.display()))?;
    let boxes = &config.box_api;
    let server_ca = directory.join("server-ca.cert.pem");
    let mut lines = Vec::new();
    let issuer = evacuation::id::Issuer::new(config.town.municipality_code.as_str())?;
    lines.push(unless_there(&directory.join("key-manifest.cose"), || {
        TownKeys::create(directory, &issuer, now_ms, random)?;
        Ok("town keys; take manifest-root.key offline, it is needed for the next manifest only")
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
    lines.push(unless_there(&config.staff.secret, || {
        let secret = Zeroizing::new(random::bytes::<32>(random));
        secret_file::write_32(&config.staff.secret, &secret)?;
        Ok("staff secret")
    })?);
    Ok(lines.join("\n"))
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
