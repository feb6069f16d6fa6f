//! A library on the web asks who somebody is: the number, the question, the result.

use anyhow::Result;

use super::Tour;
use crate::{marks::now_us, service::Library};

impl Tour {
    /// Before anybody is logged in: the card answers this one request.
    pub(super) fn service(&mut self) -> Result<()> {
        let library = Library::open(&self.town)?;
        let (browser, number) = library.visit(&self.town)?;
        let file = self.next_file("library-shows-number");
        browser.picture(&file)?;
        self.press_and_see("Home", "Home")?;
        self.press("Down")?;
        self.press("Right")?;
        self.press_and_see("Return", "ServiceNumber")?;
        for digit in number.chars() {
            self.press(&digit.to_string())?;
        }
        self.picture("service-number")?;
        self.town.display.read();
        self.press_and_see("Return", "ServiceRequest")?;
        self.picture("service-question")?;
        self.town.display.read();
        self.press("Right")?;
        self.press_and_see("Return", "CardPrompt")?;
        let inserted = now_us();
        self.town.cards.insert("hana")?;
        self.see("Pin", inserted)?;
        let typed = self.type_pin()?;
        self.see("ServiceDone", typed)?;
        self.picture("service-given")?;
        browser.wait_for_words("おかえりなさい")?;
        let file = self.next_file("library-signed-in");
        browser.picture(&file)?;
        self.town.cards.remove()?;
        self.press("Escape")?;
        Ok(())
    }
}
