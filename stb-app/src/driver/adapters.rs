//! Effects to adapters.

use std::{
    cell::RefCell,
    sync::{Arc, OnceLock},
};

use stb_core::{
    effect::{Effect, Stored},
    event::Event,
    phrase::Phrase,
    view::Language,
};

use crate::{
    effects::{
        Events,
        card::CardReader,
        caretaker::{Caretaker, Given},
        cue::Cues,
        link::{Enroller, Request},
        multicast::OrderMulticast,
        signs::Signs,
        speech::{Speech, Utterance},
        store::Store,
    },
    membership::Membership,
    player::Player,
    text::Texts,
};

/// Every adapter of the box. One that could not be started is missing, and its effects are left
/// undone: a box without a card reader still shows orders.
pub struct Adapters {
    /// Live television.
    pub player: Option<Player>,
    /// Where the player's answers go.
    pub events: Events,
    /// Card reader.
    pub card: Option<CardReader>,
    /// What a box has that its gateway knows; put here when enrolment comes to its end.
    pub membership: Arc<OnceLock<Membership>>,
    /// Enrolment, while the box belongs to no home.
    pub enroller: Option<Enroller>,
    /// Orders by multicast.
    pub multicast: Option<OrderMulticast>,
    /// Store.
    pub store: Store,
    /// Voice.
    pub speech: Option<Speech>,
    /// Short sounds.
    pub cues: Option<Cues>,
    /// Signs for the system below.
    pub signs: Option<Signs>,
    /// Sentences for the voice.
    pub texts: RefCell<Texts>,
}

impl Adapters {
    /// What adapters must know of what happened: the provisioning names the multicast group.
    pub(super) fn overhear(&self, event: &Event) {
        let provisioning = match event {
            Event::Provisioned(provisioning) => Some(&**provisioning),
            Event::Restored(stored) => {
                let Stored { provisioning, .. } = &**stored;
                provisioning.as_ref()
            }
            _ => None,
        };
        if let (Some(provisioning), Some(multicast)) = (provisioning, &self.multicast) {
            multicast.listen_to(provisioning.order_multicast.as_deref());
        }
    }

    pub(super) fn carry_out(&self, effect: Effect, language: impl FnOnce() -> Language) {
        let player = self.player.iter();
        let card = self.card.iter();
        match effect {
            Effect::Tune(channel) => player.for_each(|player| player.tune(&channel)),
            Effect::Prefetch(channels) => player.for_each(|player| player.prefetch(&channels)),
            Effect::SetVolume { percent, muted, ducked } => {
                player.for_each(|player| player.set_volume(percent, muted, ducked));
            }
            Effect::NextSound => player.for_each(|player| {
                let events = self.events.clone();
                player.next_sound(move |channel_id, number, count| {
                    let channel_id = channel_id.to_owned();
                    // Fails only when the box is stopping.
                    let _ = events.send_blocking(Event::SoundChosen { channel_id, number, count });
                });
            }),
            Effect::OpenCard => card.for_each(CardReader::open),
            Effect::TransmitToCard(command) => {
                if let Some(card) = &self.card {
                    card.transmit(command);
                }
            }
            Effect::ResetCard => card.for_each(CardReader::reset),
            Effect::OpenLogin(request) => self.ask(Request::OpenLogin(request)),
            Effect::SendProof { login_id, proof } => {
                self.ask(Request::SendProof { login_id, proof });
            }
            Effect::SendSignature { login_id, proof } => {
                self.ask(Request::SendSignature { login_id, proof });
            }
            Effect::SendTouch(touch) => self.ask(Request::SendTouch(touch)),
            Effect::CloseSession { token } => self.ask(Request::CloseSession { token }),
            Effect::FetchAccessLog { token } => self.ask(Request::FetchAccessLog { token }),
            Effect::Service { call_id, call } => self.ask(Request::Service { call_id, call }),
            Effect::FetchProvisioning => self.ask(Request::FetchProvisioning),
            Effect::FetchOrders { after_sequence, spread_ms } => {
                self.ask(Request::FetchOrders { after_sequence, spread_ms });
            }
            Effect::SendReport(report) => self.ask(Request::SendReport(report)),
            Effect::GiveDiagnosis { request_id, playback, is_proven } => {
                if let Some(caretaker) = self.caretaker() {
                    caretaker.diagnose(Given { request_id, playback, is_proven });
                }
            }
            Effect::RefuseDiagnosis { request_id } => {
                self.ask(Request::RefuseDiagnosis { request_id });
            }
            Effect::Store(command) => self.store.carry_out(command),
            Effect::Speak { speech_id, sentences, priority } => {
                let sentences = self.spoken(&sentences, language());
                if let Some(speech) = &self.speech {
                    speech.speak(Utterance { speech_id, sentences, priority });
                }
            }
            Effect::StopSpeech => self.speech.iter().for_each(Speech::stop),
            Effect::Cue(cue) => self.cues.iter().for_each(|cues| cues.sound(cue)),
            Effect::Enrol(code) => {
                if let Some(enroller) = &self.enroller {
                    enroller.enrol(code);
                }
            }
            Effect::StartOver => {
                if let Some(caretaker) = self.caretaker() {
                    caretaker.start_over();
                }
            }
            Effect::WakeTelevision => tracing::debug!("no way to wake the television"),
        }
    }

    pub(super) fn caretaker(&self) -> Option<&Caretaker> {
        self.membership.get()?.caretaker.as_ref()
    }

    fn ask(&self, request: Request) {
        if let Some(membership) = self.membership.get() {
            membership.link.ask(request);
        } else {
            tracing::warn!("not enrolled: a request is not sent");
        }
    }

    fn spoken(&self, sentences: &[Phrase], language: Language) -> Vec<String> {
        if self.texts.borrow().language() != language {
            self.texts.replace(Texts::load(language));
        }
        let texts = self.texts.borrow();
        sentences.iter().map(|phrase| texts.render_speech(phrase)).collect()
    }
}
