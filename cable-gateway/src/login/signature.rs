//! Level L3: a session opened by the signature certificate and its password.
//!
//! The certificate itself says who signs: name, address, birth date and sex as the authority recorded
//! them. They are compared with the resident record each time; a substituted character is not
//! compared, a text whose marks are unclear fits nothing. The link to the person that comes of it
//! ends when the next signature certificate of that person is used; a move ends the certificate and
//! leaves the login alone.

use gateway_api::login::{AssuranceLevel, SIGNATURE_DOCUMENT, Session, SignatureProof};
use jpki::{
    cert::attributes::{BasicAttributes, Sex},
    tbs::DocumentTbs,
    verify::{VerifiedCertificate, VerifiedSigner, verify_document},
};

use super::{LoginDesk, LoginError, Occasion, certificate, nonce, signature};
use crate::{
    audit::Viewer,
    card::{
        link::{self, NewLink, key},
        stop,
    },
    device::Device,
    random::Random,
    session::Bound,
    store::{Row, Sql, StoreError},
    values,
};

pub(super) const WAY: &str = "card-signature";
const VERSION_MAX_LEN: usize = 40;

impl LoginDesk {
    /// Checks a signature; the nonce is gone whatever comes out.
    pub(crate) async fn prove_by_signature(
        &self,
        occasion: Occasion<'_>,
        device: &Device,
        login_id: String,
        proof: &SignatureProof,
    ) -> Result<Session, LoginError> {
        let nonce = self.use_up(&occasion, device, login_id).await?;
        let bound = nonce.as_ref().map(nonce::Nonce::bound);
        let now = occasion.now_ms.div_euclid(1000);
        let signer = match &nonce {
            None => Err(LoginError::NonceRefused),
            Some(nonce) => self.verify_signer(nonce, device, proof, now),
        };
        let (verified, attributes) = match signer {
            Ok(VerifiedSigner { certificate, attributes }) => (Ok(certificate), Some(attributes)),
            Err(refusal) => (Err(refusal), None),
        };
        let party = bound.as_ref().map(|bound: &Bound| bound.relying_party.as_str());
        let outcome = self.accept(WAY, verified, party, &occasion).await;
        let (now_ms, random) = (occasion.now_ms, occasion.random.clone());
        let (home, version) = (device.clone(), proof.consent_version.clone());
        let find = move |sql: &mut dyn Sql, verified: &VerifiedCertificate| {
            let attributes = attributes.ok_or(LoginError::PersonUnknown)?;
            let signer = Signer { verified, attributes: &attributes, version: &version, now_ms };
            signer.person(sql, &home, &*random)
        };
        self.conclude(occasion, device, AssuranceLevel::L3, bound, outcome, find).await
    }

    fn verify_signer(
        &self,
        nonce: &nonce::Nonce,
        device: &Device,
        proof: &SignatureProof,
        now: i64,
    ) -> Result<VerifiedSigner, LoginError> {
        let version = &proof.consent_version;
        if version.is_empty() || version.len() > VERSION_MAX_LEN || !version.is_ascii() {
            let text = "consent_version has 1 to 40 ASCII characters";
            return Err(LoginError::BadRequest(text));
        }
        let certificate = certificate(&proof.certificate)?;
        let signature = signature(&proof.signature)?;
        let tbs = DocumentTbs::new(self.parts(nonce, device), SIGNATURE_DOCUMENT);
        let tbs = tbs.map_err(|_| LoginError::BadRequest("the relying party's id is refused"))?;
        let (tbs, trust) = (tbs.bytes(), &self.trust);
        Ok(verify_document(&certificate, &tbs, &signature, trust, now, &self.verifier)?)
    }
}

/// Who signed, and the record to find.
struct Signer<'a> {
    verified: &'a VerifiedCertificate,
    attributes: &'a BasicAttributes,
    /// Of the words to which the person agreed on the screen.
    version: &'a str,
    now_ms: i64,
}

impl Signer<'_> {
    /// The person of this certificate: linked before, or the one of this home whom it describes.
    fn person(
        &self,
        sql: &mut dyn Sql,
        device: &Device,
        random: &dyn Random,
    ) -> Result<String, LoginError> {
        let query = "SELECT person_id, state FROM credential_link \
                     WHERE kind = $1 AND issuer_key_id = $2 AND serial = $3";
        if let Some(row) = sql.optional(query, &key(self.verified))? {
            if row.get::<String>("state")? != "active" {
                return Err(LoginError::PersonUnknown);
            }
            let person_id: String = row.get("person_id")?;
            let query = "SELECT person_id, name, born_on, address, sex FROM person \
                         WHERE person_id = $1";
            let record = sql.one(query, values![&person_id])?;
            return if self.fits(&record)? { Ok(person_id) } else { Err(self.told()) };
        }
        let query = "SELECT p.person_id, p.name, p.born_on, p.address, p.sex FROM person p \
                     JOIN household_resident r ON r.person_id = p.person_id \
                     WHERE r.household_id = $1";
        let mut fitting = Vec::new();
        for record in sql.all(query, values![&device.household_id])? {
            if self.fits(&record)? {
                fitting.push(record.get::<String>("person_id")?);
            }
        }
        match <[String; 1]>::try_from(fitting) {
            Ok([person_id]) => {
                // Told the same as an unknown one: whoever found the card learns nothing.
                if stop::covers(sql, &person_id, self.verified)? {
                    return Err(LoginError::PersonUnknown);
                }
                self.link(sql, &person_id, device, random)?;
                Ok(person_id)
            }
            Err(_) => Err(self.told()),
        }
    }

    /// Neither record nor certificate comes into the log.
    fn told(&self) -> LoginError {
        let (name, address) = (&self.attributes.name, &self.attributes.address);
        tracing::warn!(
            name_is_exact = name.is_exact(),
            address_is_exact = address.is_exact(),
            "a signature certificate fits no resident record of this home: import the town's \
             current file (born_on, address and sex are needed), or look at both at the office"
        );
        LoginError::AttributesDiffer
    }

    /// All four have to fit. Two people may share name and birth date: a record that lacks address or
    /// sex fits nobody, and the office has to look.
    fn fits(&self, record: &Row) -> Result<bool, StoreError> {
        let attributes = self.attributes;
        let born_on: Option<String> = record.get("born_on")?;
        let born = born_on.map(|day| day.replace('-', ""));
        let address: Option<String> = record.get("address")?;
        let sex: Option<String> = record.get("sex")?;
        Ok(may_be(&attributes.name, &record.get::<String>("name")?)
            && born.as_deref() == Some(&attributes.birth_date.digits())
            && address.is_some_and(|address| may_be(&attributes.address, &address))
            && sex.as_deref() == Some(code(attributes.sex)))
    }

    fn link(
        &self,
        sql: &mut dyn Sql,
        person_id: &str,
        device: &Device,
        random: &dyn Random,
    ) -> Result<(), StoreError> {
        let new = NewLink {
            verified: self.verified,
            person_id,
            counts: true,
            linked_by: "signature",
            device_id: Some(&device.device_id),
            agreed: (self.version, "tv"),
            viewer: &Viewer::resident("card-registration"),
            action: "signature-linked",
            now_ms: self.now_ms,
        };
        link::insert(sql, &new, random)
    }
}

/// Records write the space between the names in one of two widths.
fn may_be(recorded: &jpki::cert::attributes::RecordedText, text: &str) -> bool {
    recorded.may_be(&text.replace(' ', "\u{3000}"))
        || recorded.may_be(&text.replace('\u{3000}', " "))
}

/// Sex as the town's file writes it.
fn code(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "male",
        Sex::Female => "female",
        Sex::NotApplicable => "not-applicable",
    }
}
