//! A new card is shown at home and accepted at the town hall, then reported lost; another one is
//! revoked by its issuer. The television tells both in neutral words.

use anyhow::Result;
use virtual_card::j_lis::{Event, LIST_LIFE_SECS};

use super::{SOON, Tour};
use crate::{console::Desk, marks::now_us};

impl Tour {
    /// Begins on the home page and ends on live television, with an empty reader.
    pub(super) fn cards(&mut self) -> Result<()> {
        self.show_new_card()?;
        let clerk = Desk::sign_in(&self.town, &self.town.staff[3])?;
        self.accept(&clerk)?;
        self.ask_about(&clerk)?;
        self.stop(&clerk)?;
        self.refused("stranger", "card-stopped")?;
        self.refused("shigeru", "card-revoked")?;
        self.press("Escape")?;
        Ok(())
    }

    fn show_new_card(&mut self) -> Result<()> {
        let inserted = now_us();
        self.town.cards.insert("stranger")?;
        self.see("CardTrouble", inserted)?;
        self.picture("card-nobody-knows")?;
        self.town.display.read();
        self.press("Right")?;
        self.press_and_see("Return", "CardLink")?;
        self.picture("card-link")?;
        for keys in [&["Right"][..], &[], &["Down"]] {
            self.town.display.read();
            for key in keys {
                self.press(key)?;
            }
            self.press("Return")?;
        }
        self.see("Pin", inserted)?;
        let typed = self.type_pin()?;
        self.see("CardMenuDone", typed)?;
        self.picture("card-waits-for-town")?;
        self.town.cards.remove()
    }

    fn accept(&mut self, clerk: &Desk) -> Result<()> {
        clerk.open("/cards")?;
        clerk.browser.wait_for_words("中村 ハナ")?;
        self.page(clerk, "console-cards")?;
        clerk.browser.click_path("//a[contains(., '確かめて決める')]")?;
        clerk.browser.wait_for_words("このカードを登録しますか")?;
        clerk.browser.click("label:has(input[name='way'][value='counter'])")?;
        self.page(clerk, "console-card-proposal")?;
        clerk.browser.click("button[value='approve']")?;
        clerk.browser.wait_for_words("カードを登録しました")?;
        self.page(clerk, "console-card-accepted")
    }

    fn ask_about(&mut self, clerk: &Desk) -> Result<()> {
        self.town.agency.report("shigeru", Event::Loss)?;
        self.town.agency.publish(LIST_LIFE_SECS)?;
        let told = "SELECT COUNT(*) FROM card_event WHERE event = 'changed-or-ended'";
        self.town.wait_for_count(told, 1, SOON)?;
        clerk.open("/cards/concerns")?;
        clerk.browser.wait_for_words("中村 茂")?;
        self.page(clerk, "console-card-concerns")
    }

    fn stop(&mut self, clerk: &Desk) -> Result<()> {
        clerk.open("/cards/lost")?;
        clerk.browser.fill("#words", "なかむら")?;
        clerk.browser.click_path("//button[contains(., '探す')]")?;
        clerk.browser.wait_for_words("止める確認へ")?;
        self.page(clerk, "console-card-lost")?;
        clerk.browser.click_path("//tr[contains(., '中村 ハナ')]//a")?;
        clerk.browser.wait_for_words("この人のカードを止めますか")?;
        self.page(clerk, "console-card-stop")?;
        clerk.browser.click_path("//button[contains(., 'カードをすぐに止める')]")?;
        clerk.browser.wait_for_words("カードは止まっています")?;
        self.page(clerk, "console-card-stopped")
    }

    /// A card put in on the home page explains by itself why it does not work.
    fn refused(&mut self, card: &str, picture: &str) -> Result<()> {
        self.press_and_see("Home", "Home")?;
        let inserted = now_us();
        self.town.cards.insert(card)?;
        self.see("CardTrouble", inserted)?;
        self.picture(picture)?;
        self.town.cards.remove()
    }
}
