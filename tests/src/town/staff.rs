//! Staff of the town and how they sign in.

use std::{
    fs::File, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path, process::Command,
};

use anyhow::{Context, Result};

use crate::process;

/// One member of staff, invented.
#[derive(Debug, Clone)]
pub struct StaffAccount {
    /// Login.
    pub login: String,
    /// Name on the screen.
    pub name: String,
    /// Password.
    pub password: String,
    otpauth: String,
}

/// Whom the demonstration town employs: login, name, role, office.
const STAFF: [(&str, &str, &str, &str); 5] = [
    ("bousai1", "見本 一郎", "disaster-officer", "美波町 消防防災課"),
    ("bousai2", "見本 二葉", "disaster-officer", "美波町 消防防災課"),
    ("hokenshi", "見本 さくら", "public-health-nurse", "美波町 保健センター"),
    ("juumin", "見本 文", "registry-clerk", "美波町 住民課"),
    ("unyou", "見本 渉", "fleet-operator", "美波ケーブル"),
];

/// Password of every demonstration account.
const PASSWORD: &str = "minami-demo-2026";

impl StaffAccount {
    /// Creates the accounts through the gateway's own command.
    pub fn create_all(gateway: &Path, config: &Path, folder: &Path) -> Result<Vec<Self>> {
        let password_file = folder.join("staff-password");
        // The gateway refuses a password that others may read.
        let mut file =
            File::options().create_new(true).write(true).mode(0o600).open(&password_file)?;
        file.write_all(PASSWORD.as_bytes())?;
        STAFF
            .iter()
            .map(|&(login, name, role, office)| {
                let said = process::succeed(
                    Command::new(gateway)
                        .arg("--config")
                        .arg(config)
                        .args(["admin", "create-staff", "--login", login, "--name", name])
                        .args(["--role", role, "--office", office, "--password-file"])
                        .arg(&password_file),
                )?;
                let otpauth = said
                    .split_whitespace()
                    .find(|word| word.starts_with("otpauth://"))
                    .with_context(|| {
                    format!("create-staff printed no otpauth address: {said}")
                })?;
                Ok(Self {
                    login: login.to_owned(),
                    name: name.to_owned(),
                    password: PASSWORD.to_owned(),
                    otpauth: otpauth.to_owned(),
                })
            })
            .collect()
    }

    /// The six digits of now. Each may be used once.
    pub fn code(&self) -> Result<String> {
        let totp = totp_rs::Totp::from_url(&self.otpauth)
            .map_err(|error| anyhow::anyhow!("{}: {error}", self.login))?;
        Ok(totp.generate_current().to_string())
    }

    /// The otpauth address, for an authenticator application.
    pub fn otpauth(&self) -> &str {
        &self.otpauth
    }
}
