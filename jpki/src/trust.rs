//! Which CAs are believed, for which kind of certificate.
//!
//! All generations of one CA carry the same name, so anchors are kept in a list per kind and told
//! apart by key id. The two kinds never share a list: a signature certificate cannot log in because
//! its CA is simply not there.

use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::{
    cert::{
        chain::{Anchor, AnchorError},
        profile::{CertificateClass, Holder},
    },
    verify::SignatureVerifier,
};

/// Names and policies of one hierarchy: the real one or a test one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HierarchyProfile {
    /// `O` of the CAs, e.g. `JPKI`.
    pub organization: String,
    /// `OU` that marks the auth CA.
    pub auth_unit: String,
    /// `OU` that marks the signature CA.
    pub sign_unit: String,
    /// Policies of auth certificates.
    pub auth_policies: Vec<PolicyRule>,
    /// Policies of signature certificates.
    pub sign_policies: Vec<PolicyRule>,
}

/// One certificate policy and what it says about the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRule {
    /// Dotted object identifier.
    pub oid: String,
    /// What holds the key.
    pub holder: Holder,
}

impl PolicyRule {
    /// A policy of plastic cards.
    pub fn card(oid: &str) -> Self {
        Self { oid: oid.to_owned(), holder: Holder::Card }
    }

    /// A policy of phones.
    pub fn phone(oid: &str) -> Self {
        Self { oid: oid.to_owned(), holder: Holder::Phone }
    }

    /// Whether the identifier can occur in a certificate: dotted numbers without leading zeros. A
    /// mistyped policy would refuse everybody without a word.
    pub fn is_well_formed(&self) -> bool {
        let arcs: Vec<&str> = self.oid.split('.').collect();
        let number = |arc: &&str| {
            !arc.is_empty()
                && arc.len() <= 10
                && arc.bytes().all(|byte| byte.is_ascii_digit())
                && (*arc == "0" || !arc.starts_with('0'))
        };
        arcs.len() >= 2 && arcs.len() <= 32 && arcs.iter().all(number)
    }
}

impl HierarchyProfile {
    /// The hierarchy of the Japan Agency for Local Authority Information Systems.
    ///
    /// Policies of phones are not published; an operator who has them adds them here.
    pub fn japan() -> Self {
        Self {
            organization: "JPKI".to_owned(),
            auth_unit: "JPKI for user authentication".to_owned(),
            sign_unit: "JPKI for digital signature".to_owned(),
            auth_policies: vec![PolicyRule::card("1.2.392.200149.8.5.1.3.30")],
            sign_policies: vec![PolicyRule::card("1.2.392.200149.8.5.1.1.20")],
        }
    }

    /// The project's own test hierarchy, in the OID arc kept free for examples (RFC 5612).
    ///
    /// Name and policies differ from [`Self::japan`], so a production store refuses it twice.
    pub fn hitokoe_test() -> Self {
        Self {
            organization: "HITOKOE TEST JPKI".to_owned(),
            auth_unit: "TEST for user authentication".to_owned(),
            sign_unit: "TEST for digital signature".to_owned(),
            auth_policies: vec![
                PolicyRule::card("1.3.6.1.4.1.32473.1.3.30"),
                PolicyRule::phone("1.3.6.1.4.1.32473.1.3.40"),
            ],
            sign_policies: vec![
                PolicyRule::card("1.3.6.1.4.1.32473.1.1.20"),
                PolicyRule::phone("1.3.6.1.4.1.32473.1.1.40"),
            ],
        }
    }

    /// Adds a policy, e.g. one of phones that an accredited operator was told.
    #[must_use]
    pub fn with_policy(mut self, class: CertificateClass, rule: PolicyRule) -> Self {
        match class {
            CertificateClass::Authentication => self.auth_policies.push(rule),
            CertificateClass::Signature => self.sign_policies.push(rule),
        }
        self
    }

    pub(crate) fn unit(&self, class: CertificateClass) -> &str {
        match class {
            CertificateClass::Authentication => &self.auth_unit,
            CertificateClass::Signature => &self.sign_unit,
        }
    }

    pub(crate) fn policies(&self, class: CertificateClass) -> &[PolicyRule] {
        match class {
            CertificateClass::Authentication => &self.auth_policies,
            CertificateClass::Signature => &self.sign_policies,
        }
    }
}

/// The CAs of one hierarchy.
#[derive(Debug, Clone)]
pub struct TrustStore {
    profile: HierarchyProfile,
    auth: Vec<Anchor>,
    sign: Vec<Anchor>,
}

impl TrustStore {
    /// Most CAs per kind; three generations exist.
    pub const ANCHORS_MAX: usize = 16;

    /// An empty store, which refuses everybody.
    pub fn new(profile: HierarchyProfile) -> Self {
        Self { profile, auth: Vec::new(), sign: Vec::new() }
    }

    /// Names and policies.
    pub fn profile(&self) -> &HierarchyProfile {
        &self.profile
    }

    /// Adds a CA certificate (DER). Its own `OU` tells which kind it issues; it must be a
    /// self-signed CA of this store's hierarchy.
    pub fn add_anchor(
        &mut self,
        der: &[u8],
        verifier: &dyn SignatureVerifier,
    ) -> Result<CertificateClass, TrustError> {
        let anchor = Anchor::parse(der, verifier)?;
        let class = self.class_of(der)?;
        let anchors = self.anchors_mut(class);
        if anchors.len() >= Self::ANCHORS_MAX {
            return Err(TrustError::TooMany);
        }
        if !anchors.contains(&anchor) {
            anchors.push(anchor);
        }
        Ok(class)
    }

    /// The CA generation with this key id, e.g. to ask for the state of a certificate that was
    /// verified long ago.
    pub fn issuer(&self, issuer_key_id: &[u8]) -> Option<&Anchor> {
        self.auth.iter().chain(&self.sign).find(|anchor| anchor.key_id() == issuer_key_id)
    }

    /// What kind of certificate the CA generation with this key id issues.
    pub fn class_of_issuer(&self, issuer_key_id: &[u8]) -> Option<CertificateClass> {
        [CertificateClass::Authentication, CertificateClass::Signature].into_iter().find(|class| {
            self.anchors(*class).iter().any(|anchor| anchor.key_id() == issuer_key_id)
        })
    }

    /// Every CA generation that is believed.
    pub fn issuers(&self) -> impl Iterator<Item = &Anchor> {
        self.auth.iter().chain(&self.sign)
    }

    pub(crate) fn anchors(&self, class: CertificateClass) -> &[Anchor] {
        match class {
            CertificateClass::Authentication => &self.auth,
            CertificateClass::Signature => &self.sign,
        }
    }

    fn anchors_mut(&mut self, class: CertificateClass) -> &mut Vec<Anchor> {
        match class {
            CertificateClass::Authentication => &mut self.auth,
            CertificateClass::Signature => &mut self.sign,
        }
    }

    fn class_of(&self, der: &[u8]) -> Result<CertificateClass, TrustError> {
        let (_, certificate) =
            X509Certificate::from_der(der).map_err(|_| AnchorError::Malformed)?;
        let name = certificate.subject();
        if !crate::cert::profile::names_organization(name, &self.profile.organization) {
            return Err(TrustError::ForeignHierarchy);
        }
        [CertificateClass::Authentication, CertificateClass::Signature]
            .into_iter()
            .find(|class| crate::cert::profile::names_unit(name, self.profile.unit(*class)))
            .ok_or(TrustError::ForeignHierarchy)
    }
}

/// Why a CA certificate is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// It is not fit to be a CA certificate.
    #[error(transparent)]
    Anchor(#[from] AnchorError),
    /// Its name belongs to another hierarchy, for example a test CA in a production store.
    #[error("this CA belongs to another hierarchy")]
    ForeignHierarchy,
    /// The list is full.
    #[error("too many CA certificates")]
    TooMany,
}
