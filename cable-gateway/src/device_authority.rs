//! The gateway's own certificate authority for boxes.
//!
//! It signs the public key of a request whose sender proved to hold the private one; everything
//! else of the request (name, extensions, validity) is ignored.

use std::{path::PathBuf, time::Duration};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, PublicKeyData as _,
    SerialNumber,
};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use zeroize::Zeroizing;

use crate::{
    config::BoxApiConfig,
    encoding::sha256,
    random::{self, Random},
    secret_file::{self, SecretFileError},
};

const DAY_MS: i64 = 86_400_000;
const DAY: Duration = Duration::from_millis(DAY_MS.unsigned_abs());
/// Longest certificate request, PEM.
const REQUEST_MAX_LEN: usize = 8 * 1024;
/// An uncompressed point of a 256-bit curve.
const P256_POINT_LEN: usize = 65;

/// Issues device certificates.
pub struct DeviceAuthority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    certificate_pem: String,
    days: u32,
}

/// The authority cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A file cannot be used.
    #[error(transparent)]
    File(#[from] SecretFileError),
    /// The certificate or the key cannot be used.
    #[error(
        "the device authority in {path} cannot be used: {cause}; create it anew with \
         `admin create-keys` (every box must then enrol again)"
    )]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: rcgen::Error,
    },
}

/// The request is not for a device certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Not PKCS#10, too long, or its own signature does not verify.
    #[error("the certificate request is malformed or its signature does not verify")]
    Malformed,
    /// Not a P-256 key.
    #[error("the certificate request is not for a P-256 key")]
    WrongKey,
}

/// A request whose sender holds the private key.
#[derive(Debug)]
pub struct DeviceRequest {
    request: CertificateSigningRequestParams,
    /// SHA-256 of the public key.
    pub public_key_sha256: [u8; 32],
}

impl DeviceRequest {
    /// Reads a PEM request and checks its proof of possession.
    pub fn from_pem(pem: &str) -> Result<Self, RequestError> {
        if pem.len() > REQUEST_MAX_LEN {
            return Err(RequestError::Malformed);
        }
        let request = CertificateSigningRequestParams::from_pem(pem);
        let request = request.map_err(|_| RequestError::Malformed)?;
        let key = request.public_key.der_bytes();
        if key.len() != P256_POINT_LEN
            || request.public_key.algorithm() != &rcgen::PKCS_ECDSA_P256_SHA256
        {
            return Err(RequestError::WrongKey);
        }
        let public_key_sha256 = sha256(key);
        Ok(Self { request, public_key_sha256 })
    }
}

impl DeviceAuthority {
    /// Reads certificate and key.
    pub fn load(config: &BoxApiConfig) -> Result<Self, AuthorityError> {
        let path = &config.device_ca_certificate;
        let pem = std::fs::read_to_string(path)
            .map_err(|cause| SecretFileError::Unreadable { path: path.clone(), cause })?;
        let unusable = |cause| AuthorityError::Unusable { path: path.clone(), cause };
        let key = secret_file::read_text(&config.device_ca_private_key)?;
        let key = KeyPair::from_pem(&key).map_err(unusable)?;
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes());
        let certificate =
            certificate.map_err(|_| unusable(rcgen::Error::CouldNotParseCertificate))?;
        let issuer = Issuer::from_ca_cert_pem(&pem, key).map_err(unusable)?;
        let days = config.device_certificate_days;
        Ok(Self { issuer, certificate, certificate_pem: pem, days })
    }

    /// The authority's own certificate: the one trust anchor of boxes.
    pub fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// Issues a certificate (DER) with the device id as its only name.
    pub(crate) fn issue(
        &self,
        request: &DeviceRequest,
        device_id: &str,
        now_ms: i64,
        random: &dyn Random,
    ) -> Result<Vec<u8>, rcgen::Error> {
        let mut params = CertificateParams::default();
        params.distinguished_name = common_name(device_id);
        params.serial_number = Some(serial(random));
        set_validity(&mut params, now_ms, self.days);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        let certificate = params.signed_by(&request.request.public_key, &self.issuer)?;
        Ok(certificate.der().to_vec())
    }

    /// A device certificate (DER) followed by its issuer, PEM.
    pub(crate) fn chain_pem(&self, certificate: &[u8]) -> String {
        format!("{}{}", pem_certificate(certificate), self.certificate_pem)
    }
}

impl std::fmt::Debug for DeviceAuthority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceAuthority").field("days", &self.days).finish_non_exhaustive()
    }
}

/// A fresh authority.
pub(crate) struct NewAuthority {
    pub(crate) certificate_pem: String,
    pub(crate) key_pem: Zeroizing<String>,
    pub(crate) issuer: Issuer<'static, KeyPair>,
}

/// A fresh server certificate.
pub(crate) struct NewServer {
    pub(crate) certificate_pem: String,
    pub(crate) key_pem: Zeroizing<String>,
}

/// Creates a self-signed authority.
pub(crate) fn create_authority(
    name: &str,
    now_ms: i64,
    random: &dyn Random,
) -> Result<NewAuthority, rcgen::Error> {
    let mut params = CertificateParams::default();
    params.distinguished_name = common_name(name);
    params.serial_number = Some(serial(random));
    set_validity(&mut params, now_ms, 20 * 365);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate()?;
    let certificate_pem = params.self_signed(&key)?.pem();
    let key_pem = Zeroizing::new(key.serialize_pem());
    Ok(NewAuthority { certificate_pem, key_pem, issuer: Issuer::new(params, key) })
}

/// What a server certificate is renewed with, PEM.
pub(crate) struct ServerKeys {
    pub(crate) authority_certificate: String,
    pub(crate) authority_key: Zeroizing<String>,
    pub(crate) server_key: Zeroizing<String>,
}

/// A new certificate for the same key, so that one file is replaced and never half a pair.
pub(crate) fn renewed_server_certificate(
    names: &[String],
    keys: &ServerKeys,
    now_ms: i64,
    random: &dyn Random,
) -> Result<String, rcgen::Error> {
    let authority = KeyPair::from_pem(&keys.authority_key)?;
    let issuer = Issuer::from_ca_cert_pem(&keys.authority_certificate, authority)?;
    let params = server_params(names, now_ms, random)?;
    Ok(params.signed_by(&KeyPair::from_pem(&keys.server_key)?, &issuer)?.pem())
}

/// Creates a server certificate for these names.
pub(crate) fn create_server_certificate(
    names: &[String],
    issuer: &Issuer<'static, KeyPair>,
    now_ms: i64,
    random: &dyn Random,
) -> Result<NewServer, rcgen::Error> {
    let params = server_params(names, now_ms, random)?;
    let key = KeyPair::generate()?;
    let certificate_pem = params.signed_by(&key, issuer)?.pem();
    Ok(NewServer { certificate_pem, key_pem: Zeroizing::new(key.serialize_pem()) })
}

fn server_params(
    names: &[String],
    now_ms: i64,
    random: &dyn Random,
) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = common_name(names.first().map_or("gateway", String::as_str));
    params.serial_number = Some(serial(random));
    set_validity(&mut params, now_ms, 2 * 365);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn common_name(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}

/// A random positive serial number.
fn serial(random: &dyn Random) -> SerialNumber {
    let mut bytes = random::bytes::<16>(random);
    bytes[0] = bytes[0] & 0x7f | 0x40;
    SerialNumber::from_slice(&bytes)
}

/// From a day ago, because clocks differ, for so many days.
fn set_validity(params: &mut CertificateParams, now_ms: i64, days: u32) {
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    let yesterday = Duration::from_millis((now_ms - DAY_MS).max(0).unsigned_abs());
    params.not_before = epoch + yesterday;
    params.not_after = epoch + (yesterday + DAY + DAY * days);
}

fn pem_certificate(der: &[u8]) -> String {
    let text = crate::encoding::base64(der);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in text.as_bytes().chunks(64) {
        pem.push_str(std::str::from_utf8(line).expect("base64 is ASCII"));
        pem.push('\n');
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::any, proptest};

    use super::*;

    proptest! {
        #[test]
        fn any_text_as_a_request_is_refused_and_nothing_else(text in ".{0,300}") {
            assert!(DeviceRequest::from_pem(&text).is_err());
        }

        #[test]
        fn any_bytes_in_a_request_are_refused_and_nothing_else(der in vec(any::<u8>(), 0..400)) {
            let body = crate::encoding::base64(&der);
            let pem = format!(
                "-----BEGIN CERTIFICATE REQUEST-----\n{body}\n-----END CERTIFICATE REQUEST-----\n"
            );
            assert!(DeviceRequest::from_pem(&pem).is_err());
        }
    }

    #[test]
    fn a_request_beyond_its_limit_is_not_even_read() {
        let key = KeyPair::generate().expect("a key");
        let request = CertificateParams::default().serialize_request(&key).expect("a request");
        let pem = request.pem().expect("PEM");
        assert!(DeviceRequest::from_pem(&pem).is_ok());
        let padded = format!("{pem}{}", " ".repeat(REQUEST_MAX_LEN));
        assert_eq!(DeviceRequest::from_pem(&padded).map(drop), Err(RequestError::Malformed));
    }
}
