//! What a box has once its gateway knows it: the link, and the caretaker that tells the operator how it is.

use std::{path::PathBuf, sync::OnceLock};

use crate::{
    config::Gateway,
    effects::{
        Events,
        caretaker::{Application, Caretaker, Surroundings},
        clock::Clock,
        link::{Identity, Link},
    },
};

/// Both of them.
pub struct Membership {
    /// Gateway.
    pub link: Link,
    /// Looks after the box itself.
    pub caretaker: Option<Caretaker>,
}

/// What a membership is made of, on the day when there is an identity.
#[derive(Clone)]
pub struct Grounds {
    /// The gateway.
    pub gateway: Gateway,
    /// Folder of the caretaker's memory.
    pub data_dir: PathBuf,
    /// Clock.
    pub clock: Clock,
    /// Where answers go.
    pub events: Events,
    /// The program as the caretaker tells of it.
    pub application: Application,
}

impl Grounds {
    /// Puts the membership into its place, and connects only then: nobody hears of an open link that cannot yet
    /// be asked.
    pub fn enter(&self, identity: Identity, place: &OnceLock<Membership>) {
        let surroundings = Surroundings::of_this_machine(&identity.device_id);
        let (link, connection) =
            Link::prepare(self.gateway.clone(), identity, self.clock.clone(), self.events.clone());
        let caretaker = Caretaker::start(
            &self.data_dir,
            (surroundings, self.application.clone()),
            self.clock.clone(),
            link.clone(),
            self.events.clone(),
        );
        let caretaker = started("caretaker", caretaker);
        if place.set(Membership { link, caretaker }).is_err() {
            tracing::error!("a box that its gateway knows was enrolled once more");
            return;
        }
        started("link", connection.open());
    }
}

/// One adapter that does not start does not keep the others from their work.
pub fn started<T>(name: &str, adapter: std::io::Result<T>) -> Option<T> {
    adapter.map_err(|error| tracing::error!(adapter = name, %error, "adapter not started")).ok()
}
