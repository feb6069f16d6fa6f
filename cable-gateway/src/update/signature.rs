//! Whether a bundle's signature is one of those whom the operator believes.
//!
//! `openssl cms` says so, which is what RAUC on the box builds on too: no line of ours judges a signature. What is
//! missing is told, never passed over.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use rustls_pki_types::{CertificateDer, pem::PemObject as _};

/// Boxes take only certificates for this (`check-purpose=codesign`).
const PURPOSE: &str = "signing code";

/// Why a signature does not count.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
    /// The program that verifies is not there.
    #[error(
        "the signature cannot be verified: {program} does not start ({cause}); install the package openssl, or take \
         updates.keyring out of the configuration: then boxes alone verify"
    )]
    NoProgram {
        /// The program.
        program: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The certificates that are believed cannot be read.
    #[error("updates.keyring: {path}: {cause}; name the file of HITOKOE_UPDATE_KEYRING (PEM)")]
    Keyring {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// Not a signature of somebody in the keyring.
    #[error(
        "the signature does not verify against updates.keyring {keyring}: {said}; sign the bundle with the key that \
         belongs to it, or name the right keyring"
    )]
    Refused {
        /// The file of the keyring.
        keyring: PathBuf,
        /// What the program says.
        said: String,
    },
    /// The certificate is for something else.
    #[error(
        "the certificate of {signer} is not for {PURPOSE}, and boxes refuse it; sign with one that is"
    )]
    Purpose {
        /// Name in the certificate.
        signer: String,
    },
}

/// Reads the keyring, so that a wrong file is told before a signature is blamed.
pub fn check_keyring(path: &Path) -> Result<(), SignatureError> {
    let unusable = |cause: String| SignatureError::Keyring { path: path.to_owned(), cause };
    let certificates =
        CertificateDer::pem_file_iter(path).map_err(|error| unusable(error.to_string()))?;
    let mut count = 0;
    for certificate in certificates {
        certificate.map_err(|error| unusable(error.to_string()))?;
        count += 1;
    }
    if count == 0 { Err(unusable("holds no certificate".to_owned())) } else { Ok(()) }
}

/// Verifies a CMS signature (DER) against the keyring; answers with the signer's name.
pub fn verify(cms: &[u8], keyring: &Path) -> Result<String, SignatureError> {
    verify_with(Path::new("openssl"), cms, keyring)
}

fn verify_with(program: &Path, cms: &[u8], keyring: &Path) -> Result<String, SignatureError> {
    check_keyring(keyring)?;
    let output = ask(program, cms, keyring);
    let output =
        output.map_err(|cause| SignatureError::NoProgram { program: program.to_owned(), cause })?;
    if !output.status.success() {
        let said = in_one_line(&String::from_utf8_lossy(&output.stderr));
        return Err(SignatureError::Refused { keyring: keyring.to_owned(), said });
    }
    signer(&output.stdout).ok_or_else(|| SignatureError::Refused {
        keyring: keyring.to_owned(),
        said: "the signer's certificate cannot be read".to_owned(),
    })?
}

/// Only the keyring counts, none of the machine's own authorities. The purpose is looked at below: programs before
/// version 3.2 do not know it by name.
fn ask(program: &Path, cms: &[u8], keyring: &Path) -> io::Result<Output> {
    let mut child = Command::new(program)
        .args(["cms", "-verify", "-inform", "DER", "-binary", "-purpose", "any"])
        .args([
            "-no-CApath",
            "-no-CAstore",
            "-out",
            "/dev/null",
            "-signer",
            "/dev/stdout",
            "-CAfile",
        ])
        .arg(keyring)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that stops reading says why itself.
        let _ = stdin.write_all(cms);
    }
    child.wait_with_output()
}

/// None when there is no certificate to read.
fn signer(pem: &[u8]) -> Option<Result<String, SignatureError>> {
    let mut signers = Vec::new();
    // Whoever signed beside a good one must be good, too: boxes look at all of them.
    for der in CertificateDer::pem_slice_iter(pem) {
        let der = der.ok()?;
        let (_, certificate) = x509_parser::parse_x509_certificate(&der).ok()?;
        let signer = certificate.subject().to_string();
        let usage = certificate.extended_key_usage().ok()?;
        if !usage.is_some_and(|usage| usage.value.code_signing) {
            return Some(Err(SignatureError::Purpose { signer }));
        }
        signers.push(signer);
    }
    (!signers.is_empty()).then(|| Ok(signers.join("; ")))
}

/// What the program says, without its prefixes for developers.
fn in_one_line(said: &str) -> String {
    let lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    let words =
        lines.map(|line| line.rsplit(':').find(|part| !part.is_empty()).unwrap_or(line).trim());
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An authority in `ca.pem`, and beneath it a signer in `NAME.pem`, `NAME.key`.
    pub(crate) fn authority(folder: &Path) {
        run(
            folder,
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=Update_CA \
                     -keyout ca.key -out ca.pem",
            b"",
        );
    }

    pub(crate) fn signer(folder: &Path, name: &str, usage: &str) {
        run(
            folder,
            &format!(
                "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN={name} -keyout {name}.key -out {name}.csr"
            ),
            b"",
        );
        std::fs::write(folder.join("usage"), format!("extendedKeyUsage={usage}\n"))
            .expect("written");
        run(
            folder,
            &format!(
                "x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile usage -out {name}.pem"
            ),
            b"",
        );
    }

    /// A text signed by somebody, with the text in it.
    pub(crate) fn sign(folder: &Path, name: &str, text: &str) -> Vec<u8> {
        run(
            folder,
            &format!(
                "cms -sign -binary -nodetach -outform DER -signer {name}.pem -inkey {name}.key"
            ),
            text.as_bytes(),
        )
    }

    fn run(folder: &Path, arguments: &str, input: &[u8]) -> Vec<u8> {
        let mut child = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("openssl is a package of the tests");
        child.stdin.take().expect("piped").write_all(input).expect("written");
        let output = child.wait_with_output().expect("ended");
        assert!(
            output.status.success(),
            "{arguments}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    }

    #[test]
    fn a_signature_counts_when_the_keyring_and_the_purpose_fit() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let folder = folder.path();
        authority(folder);
        signer(folder, "build", "codeSigning");
        signer(folder, "mail", "emailProtection");
        let keyring = folder.join("ca.pem");
        let good = sign(folder, "build", "[update]\n");
        assert_eq!(verify(&good, &keyring).expect("verifies"), "CN=build");
        let refused = verify(&sign(folder, "mail", "[update]\n"), &keyring)
            .expect_err("for mail")
            .to_string();
        assert!(refused.contains("CN=mail is not for signing code"), "{refused}");

        let mut forged = good.clone();
        let at = forged.windows(6).position(|part| part == b"update").expect("the text is in it");
        forged[at] = b'U';
        let refused = verify(&forged, &keyring).expect_err("forged").to_string();
        assert!(refused.contains("does not verify against updates.keyring"), "{refused}");

        let other = tempfile::tempdir().expect("temporary folder");
        authority(other.path());
        let stranger = other.path().join("ca.pem");
        let refused = verify(&good, &stranger).expect_err("another authority").to_string();
        assert!(refused.contains(&stranger.display().to_string()), "{refused}");
        assert!(refused.contains("the right keyring"), "{refused}");
    }

    #[test]
    fn what_is_missing_is_told_and_never_passed_over() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let keyring = folder.path().join("ca.pem");
        let none = verify(b"", &keyring).expect_err("no keyring").to_string();
        assert!(none.contains("ca.pem") && none.contains("HITOKOE_UPDATE_KEYRING"), "{none}");
        std::fs::write(&keyring, "no certificate").expect("written");
        let empty = verify(b"", &keyring).expect_err("no certificate").to_string();
        assert!(empty.contains("holds no certificate"), "{empty}");
        authority(folder.path());
        let program = folder.path().join("openssl");
        let missing = verify_with(&program, b"", &keyring).expect_err("no program").to_string();
        assert!(missing.contains("install the package openssl"), "{missing}");
    }
}
