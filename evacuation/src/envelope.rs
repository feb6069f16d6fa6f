//! The one form of `COSE_Sign1` that is written and read here: Ed25519, an 8-byte key id, and a
//! context that is signed but not sent, so that one kind of record never passes for another.

use coset::{CoseSign1, CoseSign1Builder, HeaderBuilder, TaggedCborSerializable, iana};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use crate::trust::Kid;

/// Tag 18, array of four, a protected header of 13 bytes: {1: -8 (EdDSA), 4: 8 bytes}.
const HEAD: [u8; 8] = [0xd2, 0x84, 0x4d, 0xa2, 0x01, 0x27, 0x04, 0x48];
/// An unprotected header without content.
const NO_UNPROTECTED: u8 = 0xa0;
const SIGNATURE_LEN: usize = 64;

/// What a signature is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Context {
    Order,
    Heartbeat,
    Manifest,
}

impl Context {
    fn aad(self) -> &'static [u8] {
        match self {
            Self::Order => b"hitokoe-order-v1",
            Self::Heartbeat => b"hitokoe-heartbeat-v1",
            Self::Manifest => b"hitokoe-manifest-v1",
        }
    }
}

/// The bytes are not of our form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAnEnvelope;

/// Signed bytes whose signature is not yet checked.
pub(crate) struct Envelope {
    kid: Kid,
    signed: CoseSign1,
}

/// Signs.
pub(crate) fn seal(payload: Vec<u8>, context: Context, key: &SigningKey, kid: Kid) -> Vec<u8> {
    let header = HeaderBuilder::new().algorithm(iana::Algorithm::EdDSA).key_id(kid.0.to_vec());
    let signed = CoseSign1Builder::new()
        .protected(header.build())
        .payload(payload)
        .create_signature(context.aad(), |message| key.sign(message).to_vec())
        .build();
    signed.to_tagged_vec().expect("memory takes every byte")
}

impl Envelope {
    /// Reads the frame. The header is compared byte by byte before the general reader sees it:
    /// nested headers could otherwise drive that reader as deep as the sender likes.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, NotAnEnvelope> {
        let rest = bytes.strip_prefix(&HEAD).ok_or(NotAnEnvelope)?;
        let (kid, rest) = rest.split_first_chunk::<8>().ok_or(NotAnEnvelope)?;
        if rest.first() != Some(&NO_UNPROTECTED) {
            return Err(NotAnEnvelope);
        }
        let signed = CoseSign1::from_tagged_slice(bytes).map_err(|_| NotAnEnvelope)?;
        let again = signed.clone().to_tagged_vec().map_err(|_| NotAnEnvelope)?;
        if again == bytes && signed.payload.is_some() && signed.signature.len() == SIGNATURE_LEN {
            Ok(Self { kid: Kid(*kid), signed })
        } else {
            Err(NotAnEnvelope)
        }
    }

    /// Id of the key that the sender says it used.
    pub(crate) fn kid(&self) -> Kid {
        self.kid
    }

    /// The content, when the key signed exactly this for exactly this context.
    pub(crate) fn verified(&self, context: Context, public: &VerifyingKey) -> Option<&[u8]> {
        let check = |signature: &[u8], message: &[u8]| {
            public.verify_strict(message, &Signature::from_slice(signature)?)
        };
        self.signed.verify_signature(context.aad(), check).ok()?;
        Some(self.unverified())
    }

    /// The content, whoever wrote it.
    pub(crate) fn unverified(&self) -> &[u8] {
        self.signed.payload.as_deref().unwrap_or_default()
    }

    /// The signature; strict verification leaves one signature for one message and key.
    pub(crate) fn signature(&self) -> [u8; SIGNATURE_LEN] {
        self.signed.signature.as_slice().try_into().unwrap_or([0; SIGNATURE_LEN])
    }
}
