//! Certificates and the signatures made with them.

use const_oid::ObjectIdentifier;
use der::{Any, Decode as _, Encode as _, Tag};
use jpki::{
    trust::{HierarchyProfile, TrustStore},
    verify::{LibraryVerifier, verify_touch},
};
use rsa::{BigUint, RsaPrivateKey};
use virtual_card::{
    ca::{Purpose, certificate::CertificateDraft, person::Person},
    keys::{SHA256_WITH_RSA, SecretKey},
};
use x509_cert::{
    Certificate,
    ext::pkix::{
        BasicConstraints, KeyUsage, KeyUsages, SubjectAltName,
        name::{GeneralName, OtherName},
    },
};

use crate::{
    Chapter, Rule, named,
    office::{DAY, KEY_USAGE, NOW, Office, POLICIES, TBS, UNHEARD_OF, extension},
};

const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const AUTHORITY_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
const ALTERNATIVE_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
const SHA1_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5");
const ATTRIBUTES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.5");

fn auth(change: impl FnOnce(&mut CertificateDraft)) -> String {
    Office::present_changed(Purpose::Auth, change)
}

pub(crate) fn authentication() -> Chapter {
    Chapter {
        title: "Logins: 利用者証明用電子証明書",
        intro: "Every certificate is signed by the test CA itself unless the line says otherwise.",
        rules: &[CHAIN, LEAF, FORM, SIGNATURES],
    }
}

const CHAIN: &[Rule] = &[
    Rule { presented: "nothing wrong", refused_as: "accepted", found: || auth(|_| {}) },
    Rule {
        presented: "a CA of the same name with another key signed it, and names our key id",
        refused_as: "ForgedCertificate",
        found: || {
            let mut office = Office::open();
            let draft = office.draft(Purpose::Auth);
            let der = Office::impostor(Purpose::Auth).sign(&draft).expect("signed");
            named(office.present(Purpose::Auth, &der))
        },
    },
    Rule {
        presented: "the same without any key id",
        refused_as: "ForgedCertificate",
        found: || {
            let mut office = Office::open();
            let mut draft = office.draft(Purpose::Auth);
            draft.remove_extension(AUTHORITY_KEY_ID);
            let der = Office::impostor(Purpose::Auth).sign(&draft).expect("signed");
            named(office.present(Purpose::Auth, &der))
        },
    },
    Rule {
        presented: "the signature CA signed an auth certificate",
        refused_as: "ForgedCertificate",
        found: || {
            let mut office = Office::open();
            let draft = office.draft(Purpose::Auth);
            let der = office.ca(Purpose::Sign).sign(&draft).expect("signed");
            named(office.present(Purpose::Auth, &der))
        },
    },
    Rule {
        presented: "the same CA name with the key id of an unknown generation",
        refused_as: "UnknownIssuer",
        found: || {
            let mut office = Office::open();
            let impostor = Office::impostor(Purpose::Auth);
            let person = Person::invented();
            let key = office.key.clone();
            let draft = office.hierarchy.draft(Purpose::Auth, &impostor, &person, &key, NOW);
            let der = impostor.sign(&draft.expect("draft")).expect("signed");
            named(office.present(Purpose::Auth, &der))
        },
    },
    Rule {
        presented: "the issuer's name lacks its last unit",
        refused_as: "UnknownIssuer",
        found: || auth(|draft| drop(draft.issuer.0.pop())),
    },
    Rule {
        presented: "a CA generation whose own time is over",
        refused_as: "IssuerNotValid",
        found: || {
            let mut office = Office::open();
            let oldest = office.hierarchy.generations()[0].auth.clone();
            let (person, key) = (Person::invented(), office.key.clone());
            let draft = office.hierarchy.draft(Purpose::Auth, &oldest, &person, &key, NOW);
            let mut draft = draft.expect("draft");
            draft.validity.not_after = NOW + 9 * 365 * DAY;
            let der = oldest.sign(&draft).expect("signed");
            let later = NOW + 3 * 365 * DAY;
            named(verify_touch(&der, &office.trust(), later, &LibraryVerifier))
        },
    },
    Rule {
        presented: "a card of the test hierarchy at a production gateway",
        refused_as: "ForeignHierarchy",
        found: || {
            let production = TrustStore::new(HierarchyProfile::japan());
            let der = Office::good(Purpose::Auth);
            named(verify_touch(&der, &production, NOW, &LibraryVerifier))
        },
    },
    Rule {
        presented: "a signature certificate for a login",
        refused_as: "WrongKind",
        found: || {
            let office = Office::open();
            named(office.present(Purpose::Auth, &Office::good(Purpose::Sign)))
        },
    },
];

const LEAF: &[Rule] = &[
    Rule {
        presented: "key usage with one bit more",
        refused_as: "WrongKeyUsage",
        found: || {
            let more = KeyUsages::DigitalSignature | KeyUsages::KeyEncipherment;
            auth(|draft| draft.replace_extension(extension(KEY_USAGE, true, &KeyUsage(more))))
        },
    },
    Rule {
        presented: "key usage that is not critical",
        refused_as: "WrongKeyUsage",
        found: || {
            let bits = KeyUsage(KeyUsages::DigitalSignature.into());
            auth(|draft| draft.replace_extension(extension(KEY_USAGE, false, &bits)))
        },
    },
    Rule {
        presented: "no key usage",
        refused_as: "WrongKeyUsage",
        found: || auth(|draft| draft.remove_extension(KEY_USAGE)),
    },
    Rule {
        presented: "the policy of the other kind",
        refused_as: "WrongPolicy",
        found: || {
            let mut office = Office::open();
            let other = office.draft(Purpose::Sign).extensions;
            let other = other.into_iter().find(|one| one.extn_id == POLICIES).expect("policy");
            auth(|draft| draft.replace_extension(other))
        },
    },
    Rule {
        presented: "no policy",
        refused_as: "WrongPolicy",
        found: || auth(|draft| draft.remove_extension(POLICIES)),
    },
    Rule {
        presented: "a CA as a citizen",
        refused_as: "CaAsCitizen",
        found: || {
            let ca = BasicConstraints { ca: true, path_len_constraint: None };
            auth(|draft| draft.replace_extension(extension(BASIC_CONSTRAINTS, true, &ca)))
        },
    },
    Rule {
        presented: "an unknown critical extension",
        refused_as: "UnknownCriticalExtension",
        found: || auth(|draft| draft.extensions.push(extension(UNHEARD_OF, true, &true))),
    },
    Rule {
        presented: "an unknown extension that is not critical",
        refused_as: "accepted",
        found: || auth(|draft| draft.extensions.push(extension(UNHEARD_OF, false, &true))),
    },
    Rule {
        presented: "its time ended a second ago",
        refused_as: "Expired { not_after: 1795132799 }",
        found: || auth(|draft| draft.validity.not_after = NOW - 1),
    },
    Rule {
        presented: "its time begins in a second",
        refused_as: "NotYetValid",
        found: || auth(|draft| draft.validity.not_before = NOW + 1),
    },
    Rule {
        presented: "an extension that stands there twice",
        refused_as: "Malformed",
        found: || auth(|draft| draft.extensions.push(draft.extensions[0].clone())),
    },
    Rule {
        presented: "the serial number zero",
        refused_as: "Malformed",
        found: || auth(|draft| draft.serial = vec![0]),
    },
    Rule {
        presented: "no common name",
        refused_as: "Malformed",
        found: || auth(|draft| draft.subject = "C=JP".parse().expect("a name")),
    },
];

/// Presents a good certificate whose bytes were changed afterwards.
fn bytes(change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> String {
    let der = change(Office::good(Purpose::Auth));
    named(Office::open().present(Purpose::Auth, &der))
}

fn rsa_key(bits: usize, exponent: u32) -> SecretKey {
    let exponent = BigUint::from(exponent);
    RsaPrivateKey::new_with_exp(&mut rand_core::OsRng, bits, &exponent).expect("a key").into()
}

/// Presents a certificate for this key, and a signature that this key made.
fn keyed(key: SecretKey) -> String {
    let mut office = Office::open();
    office.key = key;
    let draft = office.draft(Purpose::Auth);
    let der = office.ca(Purpose::Auth).sign(&draft).expect("signed");
    named(office.present(Purpose::Auth, &der))
}

const FORM: &[Rule] = &[
    Rule {
        presented: "a byte after the certificate",
        refused_as: "Malformed",
        found: || bytes(|der| [&der[..], &[0]].concat()),
    },
    Rule {
        presented: "a fourth element inside the certificate",
        refused_as: "Malformed",
        found: || bytes(|der| jpki::tlv::encode(0x30, &[&der[4..], &[0x05, 0x00]].concat())),
    },
    Rule {
        presented: "the open length of BER",
        refused_as: "Malformed",
        found: || bytes(|der| [&[0x30, 0x80], &der[4..], &[0, 0]].concat()),
    },
    Rule {
        presented: "more than 8 KiB",
        refused_as: "Malformed",
        found: || {
            let padding = der::asn1::OctetString::new(vec![0; 8 * 1024]).expect("short");
            auth(|draft| draft.extensions.push(extension(UNHEARD_OF, false, &padding)))
        },
    },
    Rule {
        presented: "signed with SHA-1",
        refused_as: "UnsupportedAlgorithm",
        found: || auth(|draft| draft.algorithm = SHA1_WITH_RSA),
    },
    Rule {
        presented: "two different algorithms inside and outside",
        refused_as: "UnsupportedAlgorithm",
        found: || {
            let mut office = Office::open();
            let mut draft = office.draft(Purpose::Auth);
            draft.algorithm = SHA1_WITH_RSA;
            let der = office.ca(Purpose::Auth).sign(&draft).expect("signed");
            let mut certificate = Certificate::from_der(&der).expect("just made");
            certificate.signature_algorithm.oid = SHA256_WITH_RSA;
            named(office.present(Purpose::Auth, &certificate.to_der().expect("encodable")))
        },
    },
    Rule {
        presented: "an RSA key of 1024 bits",
        refused_as: "UnsupportedAlgorithm",
        found: || keyed(rsa_key(1024, 65_537)),
    },
    Rule {
        presented: "an RSA key with exponent 3",
        refused_as: "UnsupportedAlgorithm",
        found: || keyed(rsa_key(2048, 3)),
    },
];

fn signed(change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> String {
    let office = Office::open();
    let signature = change(office.key.sign(TBS).expect("signed"));
    named(office.present_signed(Purpose::Auth, &Office::good(Purpose::Auth), &signature))
}

const SIGNATURES: &[Rule] = &[
    Rule {
        presented: "a signature over other bytes",
        refused_as: "SignatureMismatch",
        found: || signed(|_| Office::open().key.sign(b"something else").expect("signed")),
    },
    Rule {
        presented: "a signature with a byte more",
        refused_as: "SignatureMismatch",
        found: || signed(|good| [&good[..], &[0]].concat()),
    },
    Rule {
        presented: "a signature with a zero byte before it",
        refused_as: "SignatureMismatch",
        found: || signed(|good| [&[0], &good[..]].concat()),
    },
    Rule {
        presented: "a P-384 signature where the certificate holds an RSA key",
        refused_as: "SignatureMismatch",
        found: || {
            let next = Office::open().hierarchy.next_generation().auth.clone();
            signed(|_| next.key().sign(TBS).expect("signed"))
        },
    },
];

fn sign(change: impl FnOnce(&mut Vec<GeneralName>)) -> String {
    Office::present_changed(Purpose::Sign, |draft| {
        let names = draft.extensions.iter().find(|one| one.extn_id == ALTERNATIVE_NAME);
        let names = names.expect("attributes").extn_value.as_bytes();
        let mut names = SubjectAltName::from_der(names).expect("just made").0;
        change(&mut names);
        draft.replace_extension(extension(ALTERNATIVE_NAME, false, &SubjectAltName(names)));
    })
}

fn attribute(arc: u32, text: &str) -> GeneralName {
    GeneralName::OtherName(OtherName {
        type_id: ATTRIBUTES.push_arc(arc).expect("short"),
        value: Any::new(Tag::Utf8String, text.as_bytes()).expect("short"),
    })
}

fn replaced(arc: u32, text: &str) -> String {
    let id = ATTRIBUTES.push_arc(arc).expect("short");
    sign(|names| {
        let other =
            |name: &GeneralName| !matches!(name, GeneralName::OtherName(n) if n.type_id == id);
        names.retain(other);
        names.push(attribute(arc, text));
    })
}

const ATTRIBUTE_RULES: &[Rule] = &[
    Rule { presented: "nothing wrong", refused_as: "accepted", found: || sign(|_| {}) },
    Rule {
        presented: "the attributes in another order",
        refused_as: "accepted",
        found: || sign(|names| names.reverse()),
    },
    Rule {
        presented: "a further name that nobody knows",
        refused_as: "accepted",
        found: || sign(|names| names.push(attribute(9, "ワタナベ　ハナコ"))),
    },
    Rule {
        presented: "an auth certificate for a document",
        refused_as: "WrongKind",
        found: || {
            let office = Office::open();
            named(office.present(Purpose::Sign, &Office::good(Purpose::Auth)))
        },
    },
    Rule {
        presented: "the key usage of a login",
        refused_as: "WrongKeyUsage",
        found: || {
            let bits = KeyUsage(KeyUsages::DigitalSignature.into());
            Office::present_changed(Purpose::Sign, |draft| {
                draft.replace_extension(extension(KEY_USAGE, true, &bits));
            })
        },
    },
    Rule {
        presented: "no attributes",
        refused_as: "BadAttributes(Missing)",
        found: || {
            Office::present_changed(Purpose::Sign, |draft| {
                draft.remove_extension(ALTERNATIVE_NAME);
            })
        },
    },
    Rule {
        presented: "one attribute missing",
        refused_as: "BadAttributes(Missing)",
        found: || sign(|names| drop(names.pop())),
    },
    Rule {
        presented: "one attribute twice",
        refused_as: "BadAttributes(Twice)",
        found: || sign(|names| names.push(attribute(1, "もうひとつの名"))),
    },
    Rule {
        presented: "an attribute that is no UTF-8 text",
        refused_as: "BadAttributes(Malformed)",
        found: || {
            sign(|names| {
                names.pop();
                names.push(GeneralName::OtherName(OtherName {
                    type_id: ATTRIBUTES.push_arc(6).expect("short"),
                    value: Any::new(Tag::OctetString, vec![0xFF]).expect("short"),
                }));
            })
        },
    },
    Rule {
        presented: "an empty name",
        refused_as: "BadAttributes(BadText)",
        found: || replaced(1, ""),
    },
    Rule {
        presented: "substitution flags other than 0 and 1",
        refused_as: "BadAttributes(BadFlags)",
        found: || replaced(2, "00200"),
    },
    Rule {
        presented: "a birth date with month 13",
        refused_as: "BadAttributes(BadBirthDate)",
        found: || replaced(4, "319411315"),
    },
];

pub(crate) fn signature() -> Chapter {
    Chapter {
        title: "Documents: 署名用電子証明書",
        intro: "The rules of logins hold here too; these are its own.",
        rules: &[ATTRIBUTE_RULES],
    }
}
