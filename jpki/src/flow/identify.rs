//! Is it a My Number card, and of which kind?

use super::{CardError, CardStep, Progress};
use crate::{
    apdu::Response,
    card::{self, Jpki, JpkiFile, Scoped},
    status::Status,
    token::{LABEL_LEN, TokenKind},
};

/// Selects the application and reads the label, part of every flow.
#[derive(Debug, Clone, Copy)]
pub(super) enum Identify {
    ReadingLabel,
    SelectingApplication,
    SelectingToken,
}

impl Identify {
    pub(super) fn start() -> (Self, Scoped<Jpki>) {
        (Self::SelectingApplication, card::select_application())
    }

    pub(super) fn step(self) -> CardStep {
        match self {
            Self::ReadingLabel => CardStep::ReadToken,
            Self::SelectingApplication => CardStep::SelectApplication,
            Self::SelectingToken => CardStep::SelectToken,
        }
    }

    pub(super) fn receive(
        &mut self,
        response: &Response,
    ) -> Result<Progress<TokenKind, Jpki>, CardError> {
        match self {
            Self::SelectingApplication if response.status.is_application_absent() => {
                Err(CardError::NotMyNumberCard)
            }
            Self::SelectingApplication => {
                self.step().expect_ok(response)?;
                *self = Self::SelectingToken;
                Ok(Progress::Send(card::select_file(JpkiFile::TokenInformation)))
            }
            // A card without token information is served like a phone, which every card bears.
            Self::SelectingToken if response.status == Status::NOT_FOUND => {
                Ok(Progress::Done(TokenKind::Unknown))
            }
            Self::SelectingToken => {
                self.step().expect_ok(response)?;
                *self = Self::ReadingLabel;
                let len = u16::try_from(LABEL_LEN).expect("32 bytes");
                Ok(Progress::Send(card::read_binary(0, len)))
            }
            Self::ReadingLabel => {
                self.step().expect_ok(response)?;
                Ok(Progress::Done(TokenKind::from_label(&response.data)))
            }
        }
    }
}
