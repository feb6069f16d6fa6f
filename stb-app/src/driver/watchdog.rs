//! Words to the service manager: the box is up, and lives.
//!
//! They come from the loop that paints, and only while the player does its work too: a picture that stands
//! still under a healthy menu is no healthy box.

use std::{cell::Cell, rc::Rc};

use gtk::glib;
use sd_notify::NotifyState;
use stb_core::duty::Busy;

use super::Driver;

impl Driver {
    /// The first frame was painted.
    pub(super) fn ready(self: &Rc<Self>) {
        // Without a service manager there is nobody to tell.
        let _ = sd_notify::notify(&[NotifyState::Ready]);
        let Some(limit) = sd_notify::watchdog_enabled() else { return };
        let driver = Rc::downgrade(self);
        let has_complained = Cell::new(false);
        glib::timeout_add_local(limit / 2, move || {
            let Some(driver) = driver.upgrade() else { return glib::ControlFlow::Break };
            match driver.complaint() {
                None => {
                    let _ = sd_notify::notify(&[NotifyState::Watchdog]);
                    has_complained.set(false);
                }
                Some(complaint) if !has_complained.replace(true) => {
                    tracing::error!(complaint, "the watchdog hears nothing from here on");
                }
                Some(_) => {}
            }
            glib::ControlFlow::Continue
        });
    }

    fn complaint(&self) -> Option<&'static str> {
        let order_stands = self.machine.borrow().busy() == Some(Busy::Order);
        self.adapters.player.as_ref()?.complaint(order_stands)
    }
}
