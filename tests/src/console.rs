//! What staff do in their console, step by step, through a real browser.

use std::path::Path;

use anyhow::Result;

use crate::{
    browser::Browser,
    town::{Town, staff::StaffAccount},
};

/// One member of staff, signed in.
pub struct Desk {
    /// The browser.
    pub browser: Browser,
    console: String,
}

/// An order as an officer enters it.
#[derive(Debug, Clone)]
pub struct OrderEntry<'a> {
    /// Area ids; empty means the whole town.
    pub areas: &'a [&'a str],
    /// Hazard code.
    pub hazard: &'a str,
    /// Level, none for tsunami.
    pub level: Option<u8>,
    /// Why.
    pub reason: &'a str,
    /// Meant, or a drill.
    pub drill: bool,
}

impl Desk {
    /// Opens a browser and signs in. Each account may sign in once per half minute, because a code
    /// is never taken twice.
    pub fn sign_in(town: &Town, account: &StaffAccount) -> Result<Self> {
        let browser = Browser::start(&account.login, 1280, 1000, &town.logs())?;
        let desk = Self { browser, console: town.console() };
        desk.open("/sign-in")?;
        desk.browser.fill("input[name=login]", &account.login)?;
        desk.browser.fill("input[name=password]", &account.password)?;
        desk.browser.fill("input[name=code]", &account.code()?)?;
        desk.browser.click("main form button[type=submit]")?;
        desk.browser.wait_for_words(&account.name)?;
        Ok(desk)
    }

    /// Opens a page of the console.
    pub fn open(&self, path: &str) -> Result<()> {
        self.browser.open(&format!("{}{path}", self.console))
    }

    /// Saves a picture of the page.
    pub fn picture(&self, file: &Path) -> Result<()> {
        self.browser.picture(file)
    }
}

impl Desk {
    /// Enters an order up to the page on which it is confirmed; gives that page's path.
    pub fn draft(&self, order: &OrderEntry<'_>) -> Result<String> {
        self.fill_order(order)?;
        let on = "//button[contains(., '内容の確認へ進む')]";
        self.browser.click_path(on)?;
        // An order of this hazard stands here: this one goes beside it.
        if self.browser.source()?.contains("id=\"standing\"") {
            self.browser.click("label.standing-known:not(:has(:checked))")?;
            self.browser.click_path(on)?;
        }
        self.browser.wait_for_words("届く世帯")?;
        self.path()
    }

    /// Fills the form and leaves it open.
    pub fn fill_order(&self, order: &OrderEntry<'_>) -> Result<()> {
        self.open("/orders/new")?;
        self.tick("mode", if order.drill { "drill" } else { "actual" })?;
        self.tick("hazard", order.hazard)?;
        if let Some(level) = order.level {
            self.tick("level", &level.to_string())?;
        }
        if order.areas.is_empty() {
            self.tick("scope", "town")?;
        }
        for area in order.areas {
            self.tick("area", area)?;
        }
        self.tick("shelters", "all-open")?;
        self.browser.fill("#reason", order.reason)
    }

    /// Issues a draft on its page: the author alone, or the second person.
    pub fn issue(&self, draft: &str) -> Result<()> {
        self.open(draft)?;
        self.press_issue()
    }

    /// Presses the button that sends the draft of the open page to the homes.
    pub fn press_issue(&self) -> Result<()> {
        self.browser.click("form[action$='/issue'] button[type=submit]")
    }

    /// Lifts or cancels an order as far as the page on which it is confirmed.
    pub fn draft_end(&self, order: &str, act: &str, reason: &str) -> Result<String> {
        self.open(&format!("/orders/{order}/end"))?;
        self.tick("act", act)?;
        self.browser.fill("#reason", reason)?;
        self.browser.click_path("//button[contains(., '内容の確認へ進む')]")?;
        self.browser.wait_for_words("届く世帯")?;
        self.path()
    }

    /// Path of the open page, without query.
    pub fn path(&self) -> Result<String> {
        let address = self.browser.address()?;
        let address = address.split(['?', '#']).next().unwrap_or_default();
        Ok(address.strip_prefix(&self.console).unwrap_or(address).to_owned())
    }

    /// Radio buttons and boxes lie under their labels.
    fn tick(&self, name: &str, value: &str) -> Result<()> {
        self.browser.click(&format!("label:has(input[name='{name}'][value='{value}'])"))
    }
}
