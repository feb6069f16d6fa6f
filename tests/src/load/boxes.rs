//! Boxes with certificates of their own, as if enrolled.

use std::{path::Path, sync::Arc};

use anyhow::Result;
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, Issuer, KeyPair, SerialNumber};
use rusqlite::{Connection, params};
use rustls::{ClientConfig, RootCertStore, client::Resumption, crypto::aws_lc_rs};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject as _};

use crate::{fanout::sha256, town::HOME};

/// Certificate and key of one box.
pub(crate) type Leaf = (CertificateDer<'static>, PrivateKeyDer<'static>);

/// Id of the box with this number.
pub(crate) fn id(number: usize) -> String {
    format!("load-box-{number}")
}

/// Boxes of one home; they share a key, because nothing here depends on it.
pub(crate) fn enrol(folder: &Path, count: usize) -> Result<Vec<Leaf>> {
    let pem = |name: &str| std::fs::read_to_string(folder.join("keys").join(name));
    let authority = KeyPair::from_pem(&pem("device-ca.key.pem")?)?;
    let issuer = Issuer::from_ca_cert_pem(&pem("device-ca.cert.pem")?, authority)?;
    let key = KeyPair::generate()?;
    let mut sql = Connection::open(folder.join("data/gateway.sqlite"))?;
    let transaction = sql.transaction()?;
    let mut boxes = Vec::new();
    for number in 0..count {
        let mut leaf = CertificateParams::default();
        leaf.serial_number = Some(SerialNumber::from(number as u64 + 1));
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = leaf.signed_by(&key, &issuer)?.der().clone();
        transaction.execute(
            "INSERT INTO device (device_id, household_id, state, certificate_sha256, certificate, \
             public_key_sha256, enrolled_at_ms) VALUES (?1, ?2, 'active', ?3, ?4, ?3, 0)",
            params![id(number), HOME, sha256(&certificate), certificate.as_ref()],
        )?;
        boxes.push((certificate, PrivatePkcs8KeyDer::from(key.serialize_der()).into()));
    }
    transaction.commit()?;
    Ok(boxes)
}

/// Authorities of the gateway in this folder.
pub(crate) fn roots(folder: &Path) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join("keys/server-ca.cert.pem"))?)?;
    Ok(roots)
}

/// TLS as a box speaks it, without an earlier session.
pub(crate) fn tls(roots: Arc<RootCertStore>, (certificate, key): &Leaf) -> Result<ClientConfig> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_client_auth_cert(vec![certificate.clone()], key.clone_key())?;
    config.resumption = Resumption::disabled();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
