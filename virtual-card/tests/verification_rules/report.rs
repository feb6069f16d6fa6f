//! The result: each step named inside, no certificate data outside (invariant 5).

use jpki::{
    report::{PublicReport, PublicResult, PublicRevocation, PublicStep, StepOutcome, Verification},
    revocation::{Flag, InDoubt, RevocationPolicy, RevocationReason, RevocationStatus},
    verify::{CertificateClass, LibraryVerifier, Presented, Proof, Refusal, verify},
};
use virtual_card::ca::{Purpose, person::Person};

use crate::office::{DAY, NOW, Office, TBS};

fn verified(certificate_der: &[u8], signature: &[u8], now: i64) -> Verification {
    let proof = Some(Proof { tbs_bytes: TBS, signature });
    let class = CertificateClass::Signature;
    let presented = Presented { certificate_der, class, proof };
    verify(&presented, &Office::open().trust(), now, &LibraryVerifier)
}

fn good() -> Verification {
    let signature = Office::open().key.sign(TBS).expect("signed");
    verified(&Office::good(Purpose::Sign), &signature, NOW)
}

fn revoked() -> RevocationStatus {
    RevocationStatus::Revoked {
        reason: RevocationReason::AffiliationChanged,
        revoked_at: NOW - 3 * DAY,
        source_updated_at: NOW - DAY,
    }
}

#[test]
fn each_step_is_named() {
    let report = good().report;
    let passed = StepOutcome::Passed;
    assert_eq!((report.signature, report.chain, report.validity), (passed, passed, passed));
    assert_eq!((report.revocation, report.checked_at), (None, NOW));
    let late = verified(
        &Office::good(Purpose::Sign),
        &Office::open().key.sign(TBS).expect("signed"),
        NOW + 6 * 365 * DAY,
    )
    .report;
    assert_eq!((late.signature, late.chain), (passed, passed));
    assert!(matches!(late.validity, StepOutcome::Refused(Refusal::Expired { .. })));
    let forged = verified(&Office::good(Purpose::Sign), &[0; 256], NOW).report;
    assert_eq!(forged.signature, StepOutcome::Refused(Refusal::SignatureMismatch));
    assert_eq!((forged.chain, forged.validity), (StepOutcome::NotReached, StepOutcome::NotReached));
    let nothing = verified(b"", &[], NOW).report;
    assert_eq!(nothing.signature, StepOutcome::NotReached);
    assert_eq!(nothing.chain, StepOutcome::Refused(Refusal::Malformed));
}

#[test]
fn a_service_gets_one_word_and_the_steps() {
    let check = |verification: Verification, policy, result, revocation, flag| {
        let found = verification.report.public(policy);
        assert_eq!((found.result, found.revocation, found.flag), (result, revocation, flag));
        found
    };
    let strict = RevocationPolicy::default();
    let lenient = RevocationPolicy { stale: InDoubt::AllowWithFlag, ..strict };
    let stale = RevocationStatus::Stale { source_updated_at: NOW - 9 * DAY };
    let fresh = RevocationStatus::Good { source_updated_at: NOW - DAY };
    let with = |status| good().with_revocation(status);
    let ok = check(with(fresh), strict, PublicResult::Ok, PublicRevocation::Good, None);
    assert_eq!(ok.source_updated_at, Some(NOW - DAY));
    assert_eq!(ok.signature, PublicStep::Passed);
    let not_known = PublicResult::RevocationNotKnown;
    check(with(stale), strict, not_known, PublicRevocation::Stale, None);
    let flag = Some(Flag::RevocationStale);
    check(with(stale), lenient, PublicResult::Ok, PublicRevocation::Stale, flag);
    check(good(), lenient, not_known, PublicRevocation::NotAsked, None);
    let gone = PublicResult::CertificateHasBeenRevoked;
    check(with(revoked()), lenient, gone, PublicRevocation::Revoked, None);
    let forged = verified(&Office::good(Purpose::Sign), &[0; 256], NOW).with_revocation(fresh);
    let mismatch = PublicResult::SignatureDidNotMatch;
    check(forged, lenient, mismatch, PublicRevocation::Good, None);
}

/// Hexadecimal digits, base64 and plain text of every value in the certificate are looked for.
#[test]
fn invariant_5_the_public_form_holds_no_certificate_data() {
    let verification = good().with_revocation(revoked());
    let certificate = verification.certificate.clone().expect("a good certificate");
    let person = Person::invented();
    let hex =
        |bytes: &[u8]| bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    let secrets = [
        hex(&certificate.serial),
        hex(&certificate.issuer_key_id),
        certificate.subject_cn.clone(),
        certificate.not_after.to_string(),
        (NOW - 3 * DAY).to_string(),
        person.name,
        person.address,
        person.birth_date,
        "ffiliation".to_owned(),
        "reason".to_owned(),
        "serial".to_owned(),
        "issuer".to_owned(),
        "subject".to_owned(),
    ];
    let lenient =
        RevocationPolicy { stale: InDoubt::AllowWithFlag, unknown: InDoubt::AllowWithFlag };
    let public = verification.report.public(lenient);
    let json = serde_json::to_string(&public).expect("serialisable");
    let debug = format!("{public:?} {verification:?}");
    for secret in &secrets[..8] {
        assert!(!json.contains(secret.as_str()), "{secret} in {json}");
        let is_time_of_revocation = *secret == (NOW - 3 * DAY).to_string();
        assert!(is_time_of_revocation || !debug.contains(secret.as_str()), "{secret} in {debug}");
    }
    for word in &secrets[8..] {
        assert!(!json.contains(word.as_str()), "{word} in {json}");
    }
    let read: PublicReport = serde_json::from_str(&json).expect("its own form");
    assert_eq!(read, public);
    assert_eq!(
        json,
        format!(
            r#"{{"result":"certificate-has-been-revoked","signature":"passed","chain":"passed","validity":"passed","revocation":"revoked","checkedAt":{NOW},"sourceUpdatedAt":{}}}"#,
            NOW - DAY
        )
    );
}
