//! Signed JSON in the compact form of RFC 7515, ES256 only.
//!
//! What is inside is reachable only through a verification: [`Unverified`] gives away the header's
//! key id and nothing else. Algorithms are not negotiated, and a key comes from our own records,
//! never from the header.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
        UnparsedPublicKey,
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::encoding::sha256;

/// Longest text that is read.
pub const MAX_LEN: usize = 16 * 1024;

/// Why a text is no signed JSON that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Not three parts of base64url within the limit, or no JSON object inside.
    #[error("it is no compact JWS of at most 16 KiB")]
    Malformed,
    /// Another algorithm than ES256, or an extension that must be understood.
    #[error("it must be signed with ES256 and name no critical extension")]
    Algorithm,
    /// The signature is not one of this key over this content.
    #[error("the signature does not verify")]
    Signature,
}

/// A key cannot be read or drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no P-256 key")]
pub struct KeyRejected;

/// Public P-256 key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 65]);

/// Private P-256 key with its id.
pub struct SigningKey {
    kid: String,
    public: PublicKey,
    pair: EcdsaKeyPair,
}

/// A public key as JSON (RFC 7517).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// `EC`.
    pub kty: String,
    /// `P-256`.
    pub crv: String,
    /// First coordinate, base64url.
    pub x: String,
    /// Second coordinate, base64url.
    pub y: String,
    /// Id of the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// `sig`.
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    /// `ES256`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
}

#[derive(Serialize)]
struct WrittenHeader<'a> {
    alg: &'static str,
    typ: &'a str,
    kid: &'a str,
}

#[derive(Deserialize)]
struct ReadHeader {
    alg: String,
    #[serde(default)]
    typ: Option<String>,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

impl PublicKey {
    /// From an uncompressed point.
    pub fn from_point(point: &[u8]) -> Result<Self, KeyRejected> {
        let key: [u8; 65] = point.try_into().map_err(|_| KeyRejected)?;
        // An opaque signature of zeros never verifies, but a point off the curve is told apart.
        let parsed = aws_lc_rs::signature::ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key);
        parsed.map(|_| Self(key)).map_err(|_| KeyRejected)
    }

    /// From JSON; a private key is refused too, because it was given away.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, KeyRejected> {
        let usage = jwk.usage.as_deref().unwrap_or("sig");
        let alg = jwk.alg.as_deref().unwrap_or("ES256");
        if jwk.kty != "EC" || jwk.crv != "P-256" || usage != "sig" || alg != "ES256" {
            return Err(KeyRejected);
        }
        let mut point = vec![4];
        for coordinate in [&jwk.x, &jwk.y] {
            let bytes = from_base64url(coordinate, 32).ok_or(KeyRejected)?;
            if bytes.len() != 32 {
                return Err(KeyRejected);
            }
            point.extend(bytes);
        }
        Self::from_point(&point)
    }

    /// As JSON.
    pub fn to_jwk(self, kid: &str) -> Jwk {
        Jwk {
            kty: "EC".to_owned(),
            crv: "P-256".to_owned(),
            x: base64url(&self.0[1..33]),
            y: base64url(&self.0[33..]),
            kid: Some(kid.to_owned()),
            usage: Some("sig".to_owned()),
            alg: Some("ES256".to_owned()),
        }
    }

    /// The uncompressed point.
    pub fn point(&self) -> &[u8; 65] {
        &self.0
    }

    /// Thumbprint of RFC 7638, base64url.
    pub fn thumbprint(&self) -> String {
        let (x, y) = (base64url(&self.0[1..33]), base64url(&self.0[33..]));
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        base64url(&sha256(canonical.as_bytes()))
    }
}

impl SigningKey {
    /// Draws a key; returns its PKCS#8 form for keeping.
    pub fn generate() -> Result<(Self, Zeroizing<Vec<u8>>), KeyRejected> {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
        let der = Zeroizing::new(document.map_err(|_| KeyRejected)?.as_ref().to_vec());
        Ok((Self::from_pkcs8(&der)?, der))
    }

    /// Reads a kept key; its id is its thumbprint.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyRejected> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der);
        let pair = pair.map_err(|_| KeyRejected)?;
        let public = PublicKey::from_point(pair.public_key().as_ref())?;
        Ok(Self { kid: public.thumbprint(), public, pair })
    }

    /// Id of the key.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// Signs claims; `typ` tells what kind of document it is, so that one is never taken for
    /// another.
    ///
    /// # Panics
    /// Never for types with text keys, which all our claims have.
    pub fn sign(&self, typ: &str, claims: &impl Serialize) -> String {
        let header = WrittenHeader { alg: "ES256", typ, kid: &self.kid };
        let part = |json: Result<Vec<u8>, _>| base64url(&json.expect("claims have text keys"));
        let mut text = part(serde_json::to_vec(&header));
        text.push('.');
        text.push_str(&part(serde_json::to_vec(claims)));
        let signature = self.pair.sign(&SystemRandom::new(), text.as_bytes());
        let signature = signature.expect("the operating system has a random generator");
        text.push('.');
        text.push_str(&base64url(signature.as_ref()));
        text
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// A signed text whose signature was not checked yet.
#[derive(Debug, Clone)]
pub struct Unverified<'a> {
    kid: Option<String>,
    typ: Option<String>,
    signed: &'a str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'a> Unverified<'a> {
    /// Takes the text apart.
    pub fn parse(text: &'a str) -> Result<Self, JwsError> {
        if text.len() > MAX_LEN {
            return Err(JwsError::Malformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(JwsError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(JwsError::Malformed)?;
        let decode = |part| from_base64url(part, MAX_LEN).ok_or(JwsError::Malformed);
        let header: ReadHeader =
            serde_json::from_slice(&decode(header)?).map_err(|_| JwsError::Malformed)?;
        if header.alg != "ES256" || header.crit.is_some() {
            return Err(JwsError::Algorithm);
        }
        let (payload, signature) = (decode(payload)?, decode(signature)?);
        Ok(Self { kid: header.kid, typ: header.typ, signed, payload, signature })
    }

    /// Id of the key, as the text claims.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Kind of the document, as the text claims.
    pub fn typ(&self) -> Option<&str> {
        self.typ.as_deref()
    }

    /// The claims, if this key signed them.
    pub fn verify<T: DeserializeOwned>(&self, key: &PublicKey) -> Result<T, JwsError> {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.0)
            .verify(self.signed.as_bytes(), &self.signature)
            .map_err(|_| JwsError::Signature)?;
        serde_json::from_slice(&self.payload).map_err(|_| JwsError::Malformed)
    }
}

/// Base64url without padding.
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads base64url without padding, of at most `limit` bytes once decoded.
pub fn from_base64url(text: &str, limit: usize) -> Option<Vec<u8>> {
    if text.len() > limit.div_ceil(3) * 4 {
        return None;
    }
    URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() <= limit)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn key() -> SigningKey {
        SigningKey::generate().expect("drawn").0
    }

    #[test]
    fn what_was_signed_is_read_with_its_key_only() {
        let (key, other) = (key(), key());
        let text = key.sign("JWT", &json!({ "iss": "a" }));
        let read = Unverified::parse(&text).expect("parsed");
        assert_eq!((read.kid(), read.typ()), (Some(key.kid()), Some("JWT")));
        assert_eq!(read.verify::<Value>(&key.public()), Ok(json!({ "iss": "a" })));
        assert_eq!(read.verify::<Value>(&other.public()), Err(JwsError::Signature));
    }

    #[test]
    fn other_algorithms_and_extensions_are_refused() {
        let text = key().sign("JWT", &json!({}));
        let rest = text.split_once('.').expect("parts").1;
        for (header, error) in [
            (r#"{"alg":"none"}"#, JwsError::Algorithm),
            (r#"{"alg":"HS256"}"#, JwsError::Algorithm),
            (r#"{"alg":"RS256"}"#, JwsError::Algorithm),
            (r#"{"alg":"ES256","crit":["b64"],"b64":false}"#, JwsError::Algorithm),
            (r#"{"alg":"ES256","alg":"none"}"#, JwsError::Malformed),
            (r#"{"typ":"JWT"}"#, JwsError::Malformed),
            ("[]", JwsError::Malformed),
        ] {
            let forged = format!("{}.{rest}", base64url(header.as_bytes()));
            assert_eq!(Unverified::parse(&forged).map(drop), Err(error), "{header}");
        }
    }

    #[test]
    fn a_changed_byte_anywhere_breaks_it() {
        let key = key();
        let text = key.sign("JWT", &json!({ "sub": "a" }));
        for index in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).expect("ASCII");
            let read = Unverified::parse(&changed);
            let verified = read.and_then(|read| read.verify::<Value>(&key.public()));
            // The last character of a part carries bits that the decoder insists to be zero.
            assert!(verified.is_err(), "byte {index}");
        }
    }

    #[test]
    fn keys_survive_their_forms_and_points_off_the_curve_are_refused() {
        let (key, der) = SigningKey::generate().expect("drawn");
        assert_eq!(SigningKey::from_pkcs8(&der).expect("read").kid(), key.kid());
        let jwk = key.public().to_jwk(key.kid());
        assert_eq!(PublicKey::from_jwk(&jwk), Ok(key.public()));
        for wrong in [
            Jwk { crv: "P-384".to_owned(), ..jwk.clone() },
            Jwk { kty: "RSA".to_owned(), ..jwk.clone() },
            Jwk { usage: Some("enc".to_owned()), ..jwk.clone() },
            Jwk { x: base64url(&[1; 32]), ..jwk.clone() },
            Jwk { x: base64url(&[1; 31]), ..jwk.clone() },
        ] {
            assert_eq!(PublicKey::from_jwk(&wrong), Err(KeyRejected), "{wrong:?}");
        }
    }

    #[test]
    fn the_thumbprint_is_the_one_of_the_standard_for_elliptic_curves() {
        // Key of RFC 7517, appendix A.1; its thumbprint was computed with another program.
        let jwk = Jwk {
            kty: "EC".to_owned(),
            crv: "P-256".to_owned(),
            x: "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4".to_owned(),
            y: "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM".to_owned(),
            kid: None,
            usage: None,
            alg: None,
        };
        let thumbprint = PublicKey::from_jwk(&jwk).expect("a key").thumbprint();
        assert_eq!(thumbprint, "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[A-Za-z0-9_.-]{0,200}") {
            if let Ok(read) = Unverified::parse(&text) {
                let _ = read.verify::<Value>(&key().public());
            }
        }
    }
}
