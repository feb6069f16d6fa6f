//! A gateway alone on the loopback address: the demonstration town, staff, no box of ours.

use std::{path::Path, process::Command, time::Duration};

use anyhow::{Context, Result};
use reqwest::{Client, header};

use crate::{
    place,
    process::{self, Process},
    town::{
        files::{self, Ports},
        staff::StaffAccount,
    },
};

const START: Duration = Duration::from_secs(30);

/// A running gateway.
pub struct LoneGateway {
    process: Process,
    /// Two officers, then the nurse.
    pub staff: Vec<StaffAccount>,
    /// Address of the console.
    pub console: String,
    /// Port at which boxes reach it.
    pub box_port: u16,
    folder: tempfile::TempDir,
}

impl LoneGateway {
    /// Starts it: `configure` changes the configuration, `fill` its folder before it serves.
    pub fn start(
        configure: impl FnOnce(String) -> String,
        fill: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("hitokoe-load-").tempdir()?;
        let path = folder.path();
        std::fs::create_dir_all(path.join("logs"))?;
        std::fs::create_dir_all(path.join("auth-issuers"))?;
        let ports = Ports::choose()?;
        std::fs::write(path.join("gateway.toml"), configure(files::gateway(&ports)))?;
        let run = |arguments: &[&str]| process::succeed(command(path)?.args(arguments));
        run(&["admin", "create-keys", "--server-name", "127.0.0.1"])?;
        run(&["migrate"])?;
        let minami = place::minami();
        run(&["admin", "import-town", minami.to_str().context("path is not UTF-8")?])?;
        let gateway = place::program("cable-gateway")?;
        let staff = StaffAccount::create_all(&gateway, &path.join("gateway.toml"), path)?;
        fill(path)?;
        let mut process =
            Process::start("gateway", command(path)?.arg("serve"), &path.join("logs"))?;
        let address = format!("127.0.0.1:{}", ports.staff);
        process
            .wait_until("listening", START, || std::net::TcpStream::connect(&address).is_ok())?;
        let console = format!("http://{address}");
        Ok(Self { process, staff, console, box_port: ports.box_api, folder })
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// CPU time that it used so far, in microseconds: what a busy machine does not change much.
    pub fn cpu_us(&self) -> Result<i64> {
        self.process.cpu_us()
    }

    /// The part of it that its database threads used.
    pub fn storage_cpu_us(&self) -> Result<i64> {
        self.process.threads_cpu_us("store-")
    }

    /// Signs in; gives the cookie.
    pub async fn sign_in(&self, client: &Client, account: &StaffAccount) -> Result<String> {
        let code = account.code()?;
        let form = format!("login={}&password={}&code={code}", account.login, account.password);
        let answer = client
            .post(format!("{}/sign-in", self.console))
            .header(header::ORIGIN, &self.console)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form)
            .send()
            .await?;
        let cookie = answer.headers().get(header::SET_COOKIE).context("signed in")?.to_str()?;
        Ok(cookie.split(';').next().unwrap_or_default().to_owned())
    }
}

fn command(path: &Path) -> Result<Command> {
    let mut command = Command::new(place::program("cable-gateway")?);
    command.arg("--config").arg(path.join("gateway.toml"));
    Ok(command)
}
