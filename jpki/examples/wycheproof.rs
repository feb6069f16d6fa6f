//! Tries a file of Wycheproof vectors (JSON) through the verifier's entry point.
//!
//! `cargo run -p jpki --features aws-lc --example wycheproof FILE.json`. The algorithm follows from
//! the file's own `algorithm` field; each line that differs from the file's `result` is printed.

use std::process::ExitCode;

use jpki::verify::{
    LibraryVerifier, PortableVerifier, SignatureAlgorithm, SignatureVerifier, verify_signature,
};
use serde_json::Value;

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: wycheproof FILE.json");
        return ExitCode::FAILURE;
    };
    let text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("{path}: {error}");
            return ExitCode::FAILURE;
        }
    };
    match serde_json::from_slice(&text).ok().as_ref().and_then(try_all) {
        Some(0) => ExitCode::SUCCESS,
        Some(_) => ExitCode::FAILURE,
        None => {
            eprintln!("{path} is no file of signature vectors");
            ExitCode::FAILURE
        }
    }
}

/// Number of vectors that came out otherwise than the file says.
fn try_all(file: &Value) -> Option<usize> {
    let algorithm = match file["algorithm"].as_str()? {
        "ECDSA" => SignatureAlgorithm::EcdsaP384Sha384,
        _ => SignatureAlgorithm::RsaPkcs1Sha256,
    };
    let (mut tried, mut differing) = (0, 0);
    for group in file["testGroups"].as_array()? {
        let spki = hex(group["publicKeyDer"].as_str().or(group["keyDer"].as_str())?)?;
        for test in group["tests"].as_array()? {
            tried += 1;
            differing += usize::from(!agrees(algorithm, &spki, test)?);
        }
    }
    println!("{tried} vectors, {differing} came out otherwise than the file says");
    Some(differing)
}

fn agrees(algorithm: SignatureAlgorithm, spki: &[u8], test: &Value) -> Option<bool> {
    let (message, signature) = (hex(test["msg"].as_str()?)?, hex(test["sig"].as_str()?)?);
    let verifiers: [&dyn SignatureVerifier; 2] = [&LibraryVerifier, &PortableVerifier];
    let [library, portable] =
        verifiers.map(|verifier| verify_signature(spki, algorithm, &message, &signature, verifier));
    // What is merely acceptable may be refused, and is refused here.
    let agrees = library == portable
        && match test["result"].as_str()? {
            "valid" => library.is_ok(),
            _ => library.is_err(),
        };
    if !agrees {
        println!("{}: {} -> {library:?} {portable:?}", test["tcId"], test["result"]);
    }
    Some(agrees)
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    digits.len().is_multiple_of(2).then_some(())?;
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.chunks(2).map(byte).collect()
}
