//! The card conversation: flows of `jpki` between the reader and the pages.

use base64::{Engine, engine::general_purpose::STANDARD};
use gateway_api::login::{
    AssuranceLevel, CardTouch, LoginChallenge, LoginProof, LoginRequest, SignatureProof,
};
use jpki::{
    apdu::Command,
    flow::{
        CardError, Step,
        authenticate::CardSignature,
        touch::{TouchFlow, TouchedCard},
    },
    tbs::LoginParts,
};

use crate::{
    context::Context,
    effect::{CardCommand, Effect},
    phrase::say,
    service::{CardLink, ServiceCall},
};

use super::{
    CardDesk, ENTRY_MS, Login, Outcome, SILENCE_MS, STRAY_PRESS_MS, Stage, WRONG_PINS_MAX,
    entry::SecretEntry,
    purpose::{LinkWish, SIGNATURE_CONSENT_VERSION},
    talk::Talk,
    trouble::{Cause, Tries},
};

/// A challenge is not used in its last moments: the proof would come too late.
const MARGIN_MS: u64 = 3_000;
/// No challenge is believed to last longer.
const LOGIN_MAX_MS: u64 = 10 * 60_000;
const NONCE_LENGTH: usize = 32;

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

impl CardDesk {
    pub(super) fn start_touch(&mut self, context: &mut Context) -> Outcome {
        context.push(Effect::OpenCard);
        let mut flow = TouchFlow::new();
        let step = flow.next(None);
        self.touched(context, flow, step)
    }

    /// The gateway opened a login: now the card is asked.
    pub(crate) fn login_opened(
        &mut self,
        context: &mut Context,
        challenge: &LoginChallenge,
    ) -> Outcome {
        let Some(attempt) = self.attempt.as_mut() else { return Outcome::Nothing };
        if !matches!(attempt.stage, Stage::Opening) {
            return Outcome::Nothing;
        }
        let talk = parts(context, &attempt.request(), challenge, |parts| {
            Talk::begin(attempt.level, parts)
        });
        let Some((talk, step)) = talk else {
            return self.fail(context, Cause::GatewayFailed, Tries::NotUsed);
        };
        attempt.login = Some(Login {
            login_id: challenge.login_id.clone(),
            valid_until: context.now_ms() + validity_ms(challenge),
        });
        context.push(Effect::OpenCard);
        self.talked(context, talk, step, false)
    }

    /// The card answered a command.
    pub(crate) fn card_answered(&mut self, context: &mut Context, answer: &[u8]) -> Outcome {
        let Some(attempt) = self.attempt.as_mut() else { return Outcome::Nothing };
        match std::mem::replace(&mut attempt.stage, Stage::Opening) {
            Stage::Touching(mut flow) => {
                let step = flow.next(Some(answer));
                self.touched(context, flow, step)
            }
            Stage::Talking { mut flow, pin_given } => {
                let step = flow.next(Some(answer));
                self.talked(context, flow, step, pin_given)
            }
            other => {
                attempt.stage = other;
                Outcome::Nothing
            }
        }
    }

    /// A digit from the number keys or the pad; false when it does not count.
    pub(crate) fn pin_digit(&mut self, context: &mut Context, digit: u8) -> Option<Outcome> {
        let character = (digit <= 9).then(|| b'0' + digit)?;
        self.pin_character(context, character)
    }

    /// A character from the number keys, the pad or the keyboard.
    pub(crate) fn pin_character(
        &mut self,
        context: &mut Context,
        character: u8,
    ) -> Option<Outcome> {
        let now_ms = context.now_ms();
        let deadline = now_ms + ENTRY_MS;
        let attempt = self.attempt.as_mut()?;
        let Stage::EnteringPin { entry, tries_left, .. } = &mut attempt.stage else { return None };
        if now_ms < attempt.digits_from {
            // A hand that goes on typing the PIN before has not seen yet that it was wrong.
            attempt.digits_from = now_ms + STRAY_PRESS_MS;
            return None;
        }
        if !entry.push(now_ms, character) {
            return None;
        }
        attempt.deadline = Some(deadline);
        // On the last try 決定 is pressed on purpose; else the fourth digit is enough.
        let sends_itself = entry.is_full_pin() && *tries_left > 1;
        if sends_itself { self.submit_pin(context) } else { Some(Outcome::Nothing) }
    }

    /// 訂正: a PIN goes whole, of a password the last character.
    pub(crate) fn clear_pin(&mut self, context: &Context) -> Option<Outcome> {
        let deadline = context.now_ms() + ENTRY_MS;
        let attempt = self.attempt.as_mut()?;
        let Stage::EnteringPin { entry, .. } = &mut attempt.stage else { return None };
        if !entry.take_back() {
            return None;
        }
        attempt.deadline = Some(deadline);
        Some(Outcome::Nothing)
    }

    /// Gives the PIN to the card; none while digits are missing.
    pub(crate) fn submit_pin(&mut self, context: &mut Context) -> Option<Outcome> {
        let attempt = self.attempt.as_mut()?;
        let Stage::EnteringPin { entry, .. } = &mut attempt.stage else { return None };
        if !entry.is_complete() {
            return None;
        }
        let secret = entry.take()?;
        let is_valid =
            attempt.login.as_ref().is_some_and(|login| context.now_ms() < login.valid_until);
        if !is_valid {
            return Some(self.fail(context, Cause::LoginTimedOut, Tries::NotUsed));
        }
        match std::mem::replace(&mut attempt.stage, Stage::Opening) {
            Stage::EnteringPin { mut flow, .. } => {
                let step = flow.supply(secret)?;
                Some(self.talked(context, flow, step, true))
            }
            other => {
                attempt.stage = other;
                None
            }
        }
    }

    /// The resident wants to use the last try.
    pub(crate) fn use_last_try(&mut self, context: &mut Context) -> Option<Outcome> {
        let attempt = self.attempt.as_mut()?;
        match std::mem::replace(&mut attempt.stage, Stage::Opening) {
            Stage::LastTry(mut flow) => {
                let step = flow.confirm_last_try();
                Some(self.talked(context, flow, step, false))
            }
            other => {
                attempt.stage = other;
                None
            }
        }
    }

    fn touched(
        &mut self,
        context: &mut Context,
        flow: TouchFlow,
        step: Step<TouchedCard>,
    ) -> Outcome {
        match step {
            Step::Send(command) => {
                let deadline = transmit(context, command);
                self.enter(context, Stage::Touching(flow), Some(deadline))
            }
            Step::Done(card) => {
                context.push(Effect::ResetCard);
                let certificate = base64(&card.certificate_der);
                context.push(Effect::SendTouch(CardTouch { certificate }));
                let deadline = context.now_ms() + SILENCE_MS;
                self.enter(context, Stage::TouchSent, Some(deadline))
            }
            Step::Failed(CardError::NeedsPin) => self.ask_for_more(context),
            Step::Failed(error) => {
                context.push(Effect::ResetCard);
                self.fail(context, Cause::of_card(error), Tries::NotConcerned)
            }
            Step::NeedPin { .. } | Step::ConfirmLastTry => {
                context.push(Effect::ResetCard);
                self.fail(context, Cause::Unreadable, Tries::NotConcerned)
            }
        }
    }

    /// A phone shows nothing without PIN: a chosen service goes on with it, a greeting does not.
    fn ask_for_more(&mut self, context: &mut Context) -> Outcome {
        context.push(Effect::ResetCard);
        let Some(attempt) = self.attempt.as_mut() else { return Outcome::Nothing };
        if !attempt.has_page {
            self.attempt = None;
            return Outcome::Murmur(say::phone_needs_login());
        }
        attempt.level = AssuranceLevel::L2;
        self.start(context)
    }

    fn talked(
        &mut self,
        context: &mut Context,
        flow: Talk,
        step: Step<CardSignature>,
        pin_given: bool,
    ) -> Outcome {
        match step {
            Step::Send(command) => {
                let deadline = transmit(context, command);
                self.enter(context, Stage::Talking { flow, pin_given }, Some(deadline))
            }
            Step::ConfirmLastTry => self.last_try(context, flow, pin_given),
            Step::NeedPin { tries_left, after_wrong } => {
                if pin_given && self.was_wrong() {
                    return self.stop_talking(context, Cause::WrongPins, Tries::Left(tries_left));
                }
                let entry = SecretEntry::for_secret(flow.secret());
                let stage = Stage::EnteringPin { flow, entry, tries_left, after_wrong };
                let now_ms = context.now_ms();
                if let Some(attempt) = self.attempt.as_mut().filter(|_| after_wrong || pin_given) {
                    attempt.digits_from = now_ms + STRAY_PRESS_MS;
                }
                self.enter(context, stage, Some(now_ms + ENTRY_MS))
            }
            Step::Done(signature) => self.signed(context, &signature),
            Step::Failed(error) => {
                if matches!(error, CardError::WrongPin { .. }) {
                    self.was_wrong();
                }
                self.stop_talking(context, Cause::of_card(error), Tries::of_card(error))
            }
        }
    }

    fn last_try(&mut self, context: &mut Context, flow: Talk, pin_given: bool) -> Outcome {
        if pin_given && self.was_wrong() {
            return self.stop_talking(context, Cause::WrongPins, Tries::Left(1));
        }
        let deadline = context.now_ms() + ENTRY_MS;
        self.enter(context, Stage::LastTry(flow), Some(deadline))
    }

    /// Counts a wrong PIN; true when this sitting grants no more.
    fn was_wrong(&mut self) -> bool {
        self.wrong_pins = self.wrong_pins.saturating_add(1);
        self.wrong_pins >= WRONG_PINS_MAX
    }

    fn signed(&mut self, context: &mut Context, signature: &CardSignature) -> Outcome {
        context.push(Effect::ResetCard);
        let Some(attempt) = self.attempt.as_mut() else { return Outcome::Nothing };
        let Some(Login { login_id, .. }) = attempt.login.take() else { return Outcome::Nothing };
        let certificate = base64(&signature.certificate_der);
        let signature = base64(&signature.signature);
        if attempt.level == AssuranceLevel::L3 {
            let consent_version = SIGNATURE_CONSENT_VERSION.to_owned();
            let proof = SignatureProof { certificate, signature, consent_version };
            context.push(Effect::SendSignature { login_id, proof });
            return self.wait_for_gateway(context);
        }
        let proof = LoginProof { certificate, signature };
        match attempt.errand.as_ref().and_then(|errand| errand.link.clone()) {
            Some(LinkWish { resident_id, code, consent_version }) => {
                let link = CardLink { login_id, proof, resident_id, code, consent_version };
                attempt.link_call = Some(context.call(ServiceCall::LinkCard(link)));
            }
            None => context.push(Effect::SendProof { login_id, proof }),
        }
        self.wait_for_gateway(context)
    }

    fn wait_for_gateway(&mut self, context: &Context) -> Outcome {
        let deadline = context.now_ms() + SILENCE_MS;
        self.enter(context, Stage::ProofSent, Some(deadline))
    }

    /// The flow is gone from its stage, therefore the reset is ordered here.
    fn stop_talking(&mut self, context: &mut Context, cause: Cause, tries: Tries) -> Outcome {
        context.push(Effect::ResetCard);
        self.fail(context, cause, tries)
    }
}

fn transmit(context: &mut Context, command: Command) -> u64 {
    context.push(Effect::TransmitToCard(CardCommand(command.into_bytes())));
    context.now_ms() + SILENCE_MS
}

/// What the card signs is made of: what the screen showed, who we are, and the gateway's nonce
/// (design decision 5).
fn parts<T>(
    context: &Context,
    request: &LoginRequest,
    challenge: &LoginChallenge,
    with: impl FnOnce(LoginParts<'_>) -> Option<T>,
) -> Option<T> {
    let nonce: [u8; NONCE_LENGTH] =
        STANDARD.decode(challenge.nonce.as_bytes()).ok()?.try_into().ok()?;
    let enrolled = context.config.enrolled()?;
    with(LoginParts {
        gateway_id: &enrolled.gateway_id,
        relying_party: &request.relying_party,
        purpose: &request.purpose,
        device_id: &enrolled.device_id,
        nonce,
        issued_at_ms: u64::try_from(challenge.issued_at_ms).ok()?,
    })
}

/// How long the challenge lasts by its own two times; the box's clock has no say.
fn validity_ms(challenge: &LoginChallenge) -> u64 {
    let length = challenge.expires_at_ms.saturating_sub(challenge.issued_at_ms);
    u64::try_from(length).unwrap_or(0).min(LOGIN_MAX_MS).saturating_sub(MARGIN_MS)
}
