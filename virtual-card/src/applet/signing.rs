//! COMPUTE DIGITAL SIGNATURE: P1 chooses what the card does with the data.

use jpki::status::Status;
use rsa::{
    Pkcs1v15Sign, Pss, RsaPrivateKey,
    sha2::{Digest as _, Sha256},
};

use crate::keys::SecretKey;

/// Longest data a 2048-bit key signs: the modulus less 11 bytes of padding.
const PADDED_LEN_MAX: usize = 245;
const SHA256_LEN: usize = 32;
const SHA384_LEN: usize = 48;

/// Signs as P1 says. `00` pads what is given; `01` hashes without DigestInfo; `02` takes a hash and
/// adds DigestInfo; `03` hashes and adds it; `04` is PSS over a given hash, `05` hashes first.
pub(super) fn sign(key: &SecretKey, p1: u8, data: &[u8]) -> Result<Vec<u8>, Status> {
    let SecretKey::Rsa(rsa) = key else { return sign_p384(key, p1, data) };
    let hashed = || Sha256::digest(data).to_vec();
    match p1 {
        0x00 if data.len() > PADDED_LEN_MAX => Err(Status::WRONG_LENGTH),
        0x00 => pkcs1(rsa, Pkcs1v15Sign::new_unprefixed(), data),
        0x01 => pkcs1(rsa, Pkcs1v15Sign::new_unprefixed(), &hashed()),
        0x02 | 0x04 if data.len() != SHA256_LEN => Err(Status::WRONG_LENGTH),
        0x02 => pkcs1(rsa, Pkcs1v15Sign::new::<Sha256>(), data),
        0x03 => pkcs1(rsa, Pkcs1v15Sign::new::<Sha256>(), &hashed()),
        0x04 => pss(rsa, data),
        0x05 => pss(rsa, &hashed()),
        _ => Err(Status::WRONG_PARAMETERS),
    }
}

fn pkcs1(key: &RsaPrivateKey, scheme: Pkcs1v15Sign, data: &[u8]) -> Result<Vec<u8>, Status> {
    key.sign(scheme, data).map_err(|_| Status::CONDITIONS_NOT_SATISFIED)
}

fn pss(key: &RsaPrivateKey, digest: &[u8]) -> Result<Vec<u8>, Status> {
    key.sign_with_rng(&mut rand_core::OsRng, Pss::new::<Sha256>(), digest)
        .map_err(|_| Status::CONDITIONS_NOT_SATISFIED)
}

/// The announced cards are not published; this one takes a SHA-384 hash.
fn sign_p384(key: &SecretKey, p1: u8, data: &[u8]) -> Result<Vec<u8>, Status> {
    match (p1, data.len()) {
        (0x00, SHA384_LEN) => key.sign_sha384(data).map_err(|_| Status::CONDITIONS_NOT_SATISFIED),
        (0x00, _) => Err(Status::WRONG_LENGTH),
        _ => Err(Status::WRONG_PARAMETERS),
    }
}
