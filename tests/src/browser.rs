//! Staff in front of a real browser: headless Chromium over WebDriver.

use std::{net::TcpListener, path::Path, process::Command, time::Duration};

use anyhow::{Context, Result};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tokio::runtime::Runtime;

use crate::process::Process;

/// How long a page may take; the machine is busy with video.
const PAGE: Duration = Duration::from_secs(30);

/// One person's browser with its own profile.
pub struct Browser {
    client: Client,
    runtime: Runtime,
    _driver: Process,
    // Profile folder, removed at the end.
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts driver and browser.
    pub fn start(name: &str, width: u32, height: u32, logs: &Path) -> Result<Self> {
        let port = free_port()?;
        let mut driver = Process::start(
            &format!("chromedriver-{name}"),
            Command::new("chromedriver").arg(format!("--port={port}")),
            logs,
        )?;
        let address = format!("127.0.0.1:{port}");
        driver.wait_until("listening", PAGE, || std::net::TcpStream::connect(&address).is_ok())?;
        let profile = tempfile::tempdir()?;
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let capabilities = capabilities(profile.path(), width, height);
        let client = runtime
            .block_on(
                ClientBuilder::new(HttpConnector::new())
                    .capabilities(capabilities)
                    .connect(&format!("http://{address}")),
            )
            .context("chromium did not start")?;
        Ok(Self { client, runtime, _driver: driver, _profile: profile })
    }

    /// Opens an address.
    pub fn open(&self, address: &str) -> Result<()> {
        Ok(self.runtime.block_on(self.client.goto(address))?)
    }

    /// Address of the page that is open.
    pub fn address(&self) -> Result<String> {
        Ok(self.runtime.block_on(self.client.current_url())?.to_string())
    }

    /// Types into the field with this CSS selector.
    pub fn fill(&self, selector: &str, text: &str) -> Result<()> {
        self.runtime.block_on(async {
            let field = self.wait(selector).await?;
            field.clear().await?;
            field.send_keys(text).await?;
            Ok(())
        })
    }

    /// Clicks; a click that leads to another page returns on that page.
    pub fn click(&self, selector: &str) -> Result<()> {
        self.press(Locator::Css(selector)).with_context(|| selector.to_owned())
    }

    /// Clicks by XPath, for buttons that are known by their words.
    pub fn click_path(&self, path: &str) -> Result<()> {
        self.press(Locator::XPath(path)).with_context(|| path.to_owned())
    }

    /// The page that is left often says the words, and has the fields, that the next one is waited for:
    /// so the page that was pressed on is marked, and one without the mark is waited for.
    fn press(&self, at: Locator<'_>) -> Result<()> {
        const LEAVE: &str = "document.documentElement.dataset.left = '';
            return arguments[0].matches('a[href], form[action] button:not([type=button])');";
        self.runtime.block_on(async {
            let found = self.client.wait().at_most(PAGE).for_element(at).await?;
            let target = serde_json::to_value(&found)?;
            let leaves = self.client.execute(LEAVE, vec![target]).await?;
            found.click().await?;
            if leaves == json!(true) {
                let next = Locator::Css("html:not([data-left])");
                self.client.wait().at_most(PAGE).for_element(next).await.context("no next page")?;
            }
            Ok(())
        })
    }

    /// Chooses an option by its value.
    pub fn choose(&self, selector: &str, value: &str) -> Result<()> {
        self.runtime.block_on(async {
            self.wait(selector).await?.select_by_value(value).await?;
            Ok(())
        })
    }

    /// Waits for an element and gives its text.
    pub fn text(&self, selector: &str) -> Result<String> {
        self.runtime.block_on(async { Ok(self.wait(selector).await?.text().await?) })
    }

    /// Waits until the page contains these words.
    pub fn wait_for_words(&self, words: &str) -> Result<()> {
        let path = format!("//body[contains(., '{words}')]");
        self.runtime.block_on(async {
            let found = self.client.wait().at_most(PAGE).for_element(Locator::XPath(&path)).await;
            found.with_context(|| format!("the page never said `{words}`"))?;
            Ok(())
        })
    }

    /// Source of the page.
    pub fn source(&self) -> Result<String> {
        Ok(self.runtime.block_on(self.client.source())?)
    }

    /// Runs a script and gives its result.
    pub fn evaluate(&self, script: &str) -> Result<serde_json::Value> {
        Ok(self.runtime.block_on(self.client.execute(script, Vec::new()))?)
    }

    /// Saves a picture.
    pub fn picture(&self, file: &Path) -> Result<()> {
        let png = self.runtime.block_on(self.client.screenshot())?;
        Ok(std::fs::write(file, png)?)
    }

    async fn wait(&self, selector: &str) -> Result<fantoccini::elements::Element> {
        let found = self.client.wait().at_most(PAGE).for_element(Locator::Css(selector)).await;
        found.with_context(|| format!("no element `{selector}` on the page"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends with this value anyway; closing lets Chromium leave its profile alone.
        let _closed = self.runtime.block_on(self.client.clone().close());
    }
}

fn capabilities(
    profile: &Path,
    width: u32,
    height: u32,
) -> serde_json::Map<String, serde_json::Value> {
    let arguments = [
        "--headless=new".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-quic".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        // The driver talks to the browser through a pipe: nothing depends on how `localhost` resolves.
        "--remote-debugging-pipe".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        "--hide-scrollbars".to_owned(),
        "--lang=ja".to_owned(),
        format!("--window-size={width},{height}"),
        format!("--user-data-dir={}", profile.display()),
    ];
    // The town's own authority signs its addresses; no browser knows it.
    let options = json!({
        "acceptInsecureCerts": true,
        "goog:chromeOptions": { "args": arguments },
    });
    options.as_object().cloned().unwrap_or_default()
}

/// A port that nobody listens on now.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
