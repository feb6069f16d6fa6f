//! Effects to adapters.

use std::cell::RefCell;

use stb_core::{
    effect::{Effect, Stored},
    event::Event,
    phrase::Phrase,
    view::Language,
};

use crate::{
    effects::{
        card::CardReader,
        cue::Cues,
        link::{Link, Request},
        multicast::OrderMulticast,
        speech::{Speech, Utterance},
        store::Store,
    },
    player::Player,
    text::Texts,
};

/// Every adapter of the box. One that could not be started is missing, and its effects are left
/// undone: a box without a card reader still shows orders.
pub struct Adapters {
    /// Live television.
    pub player: Option<Player>,
    /// Card reader.
    pub card: Option<CardReader>,
    /// Gateway.
    pub link: Option<Link>,
    /// Orders by multicast.
    pub multicast: Option<OrderMulticast>,
    /// Store.
    pub store: Store,
    /// Voice.
    pub speech: Option<Speech>,
    /// Short sounds.
    pub cues: Option<Cues>,
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

    pub(super) fn carry_out(&self, effect: Effect, language: Language) {
        match effect {
            Effect::Tune(_) | Effect::Prefetch(_) | Effect::SetVolume { .. } => {
                if let Some(player) = &self.player {
                    play(player, effect);
                }
            }
            Effect::OpenCard | Effect::TransmitToCard(_) | Effect::ResetCard => {
                if let Some(card) = &self.card {
                    converse(card, effect);
                }
            }
            Effect::Speak { speech_id, sentences, priority } => {
                if let Some(speech) = &self.speech {
                    let sentences = self.spoken(&sentences, language);
                    speech.speak(Utterance { speech_id, sentences, priority });
                }
            }
            Effect::StopSpeech => {
                if let Some(speech) = &self.speech {
                    speech.stop();
                }
            }
            Effect::Cue(cue) => {
                if let Some(cues) = &self.cues {
                    cues.sound(cue);
                }
            }
            Effect::Store(command) => self.store.carry_out(command),
            Effect::WakeTelevision => {
                tracing::debug!("no way to wake the television");
            }
            effect => {
                if let (Some(link), Some(request)) = (&self.link, request(effect)) {
                    link.ask(request);
                }
            }
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

fn play(player: &Player, effect: Effect) {
    match effect {
        Effect::Tune(channel) => player.tune(&channel),
        Effect::Prefetch(channels) => player.prefetch(&channels),
        Effect::SetVolume { percent, muted, ducked } => player.set_volume(percent, muted, ducked),
        _ => {}
    }
}

fn converse(card: &CardReader, effect: Effect) {
    match effect {
        Effect::OpenCard => card.open(),
        Effect::TransmitToCard(command) => card.transmit(command),
        Effect::ResetCard => card.reset(),
        _ => {}
    }
}

fn request(effect: Effect) -> Option<Request> {
    Some(match effect {
        Effect::OpenLogin(request) => Request::OpenLogin(request),
        Effect::SendProof { login_id, proof } => Request::SendProof { login_id, proof },
        Effect::SendTouch(touch) => Request::SendTouch(touch),
        Effect::CloseSession { token } => Request::CloseSession { token },
        Effect::FetchAccessLog { token } => Request::FetchAccessLog { token },
        Effect::FetchProvisioning => Request::FetchProvisioning,
        Effect::FetchOrders { after_sequence, spread_ms } => {
            Request::FetchOrders { after_sequence, spread_ms }
        }
        Effect::SendReport(report) => Request::SendReport(report),
        _ => return None,
    })
}
