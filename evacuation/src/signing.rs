//! Signing and opening orders: `COSE_Sign1` with Ed25519 around the order's CBOR.

use ed25519_dalek::SigningKey;
use zeroize::Zeroizing;

use crate::{
    codec,
    envelope::{self, Context, Envelope},
    order::{InvalidOrder, Mode, Order},
    trust::{KeyUsage, Kid, ManifestKey, OpenError, PublicKey, Trust},
};

/// Length of an Ed25519 signature.
pub const SIGNATURE_LEN: usize = 64;

/// A secret key of the town; wiped from memory when dropped, never shown.
///
/// What it may sign is not written in the key but in the manifest that boxes hold, so the same type
/// serves orders, drills, heartbeats and the manifest root.
pub struct OrderSigningKey(SigningKey);

/// A key used for heartbeats only.
pub type HeartbeatSigningKey = OrderSigningKey;

/// The root key: signs manifests only.
pub type RootSigningKey = OrderSigningKey;

impl OrderSigningKey {
    /// The key that belongs to this seed; the copy taken here is wiped.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&Zeroizing::new(seed)))
    }

    /// The half that may be known.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Id of the key.
    pub fn kid(&self) -> Kid {
        self.public_key().kid()
    }

    pub(crate) fn seal(&self, payload: Vec<u8>, context: Context) -> Vec<u8> {
        envelope::seal(payload, context, &self.0, self.kid())
    }
}

impl std::fmt::Debug for OrderSigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OrderSigningKey({})", self.kid())
    }
}

/// Why an order was not signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// Against the rules.
    #[error(transparent)]
    Invalid(#[from] InvalidOrder),
    /// Does not fit one datagram; fewer shelters, fewer areas or a shorter reason help.
    #[error("the signed order has {0} bytes, the limit is 1150")]
    TooLarge(usize),
}

/// An order whose signature, key and scope are in order.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifiedOrder {
    /// The order.
    pub order: Order,
    /// Key that signed it.
    pub kid: Kid,
    /// Its signature: equal for equal bytes only.
    pub signature: [u8; SIGNATURE_LEN],
}

/// Signs an order for boxes.
pub fn sign_order(order: &Order, key: &OrderSigningKey) -> Result<Vec<u8>, SignError> {
    order.validate()?;
    let bytes = key.seal(codec::encode(order), Context::Order);
    if bytes.len() > Order::MAX_SIGNED_LEN {
        Err(SignError::TooLarge(bytes.len()))
    } else {
        Ok(bytes)
    }
}

/// Opens signed bytes: the key must be known and not revoked, the signature right, the order well
/// formed, and the key must be one for such orders of this town at that time.
pub fn open_order(bytes: &[u8], trust: &Trust) -> Result<VerifiedOrder, OpenError> {
    if bytes.len() > Order::MAX_SIGNED_LEN {
        return Err(OpenError::TooLarge);
    }
    let envelope = Envelope::read(bytes).map_err(|_| OpenError::Malformed)?;
    let (key, payload) = trust.verified(&envelope, Context::Order)?;
    let order = codec::decode(payload)?;
    key.may_sign_order(&order)?;
    Ok(VerifiedOrder { order, kid: envelope.kid(), signature: envelope.signature() })
}

/// Reads an order that was verified before, from a place that only this box writes.
pub(crate) fn reopen_order(bytes: &[u8]) -> Result<Order, OpenError> {
    let envelope = Envelope::read(bytes).map_err(|_| OpenError::Malformed)?;
    Ok(codec::decode(envelope.unverified())?)
}

impl ManifestKey {
    /// An order key signs everything, a drill key only what is no actual order.
    fn may_sign_order(&self, order: &Order) -> Result<(), OpenError> {
        match (self.usage, order.mode) {
            (KeyUsage::Order, _) | (KeyUsage::Drill, Mode::Drill | Mode::Test) => {}
            (KeyUsage::Drill, Mode::Actual) | (KeyUsage::Heartbeat, _) => {
                return Err(OpenError::WrongKeyUsage);
            }
        }
        self.covers(&order.issuer, order.issued_at)
    }
}

#[cfg(test)]
mod tests;
