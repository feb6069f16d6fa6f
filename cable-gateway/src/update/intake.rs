//! A bundle comes in: looked at, verified as far as it can be here, copied.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use gateway_api::{update::BundleId, version::Version};

use super::{
    bundle::{self, BundleError, Manifest},
    shelf::{ShelfError, file_of},
    signature,
    verity::{self, BLOCK_LEN},
};
use crate::{config::UpdatesConfig, file_modes};

/// What came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    /// SHA-256 of the file.
    pub id: BundleId,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Who signed it; none when no keyring is configured.
    pub signer: Option<String>,
}

/// Copies a bundle into the folder and says what it is; the store does not know it yet.
pub fn bring_in(
    config: &UpdatesConfig,
    source: &Path,
    said: &Version,
) -> Result<Intake, ShelfError> {
    let mut file = open(source)?;
    let signer = check(config, &mut file, source, said)?;
    let directory = &config.directory;
    file_modes::create_folder(directory).map_err(failed(directory))?;
    let beside = directory.join("new.raucb");
    let (digest, size_bytes) = copy(&mut file, &beside).map_err(failed(&beside))?;
    let id = BundleId(digest);
    let target = file_of(directory, id);
    fs::rename(&beside, &target).map_err(failed(&target))?;
    File::open(directory).and_then(|folder| folder.sync_all()).map_err(failed(directory))?;
    Ok(Intake { id, size_bytes, signer })
}

fn failed(path: &Path) -> impl Fn(io::Error) -> ShelfError {
    move |cause| ShelfError::File { path: path.to_owned(), cause }
}

fn open(source: &Path) -> Result<File, ShelfError> {
    let unnamed =
        |cause: &str| ShelfError::Unnamed { path: source.to_owned(), cause: cause.to_owned() };
    let file = File::open(source).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => unnamed("no such file"),
        _ => unnamed(&error.to_string()),
    })?;
    let about = file.metadata().map_err(failed(source))?;
    if about.is_dir() {
        return Err(unnamed("is a folder"));
    }
    Ok(file)
}

/// Everything that boxes would refuse; answers with the signer.
fn check(
    config: &UpdatesConfig,
    file: &mut File,
    source: &Path,
    said: &Version,
) -> Result<Option<String>, ShelfError> {
    let ends = Ends::read(file).map_err(failed(source))??;
    let manifest = ends.manifest()?;
    let Manifest { compatible, version, .. } = &manifest;
    if *compatible != config.compatible {
        return Err(ShelfError::OtherKind {
            found: compatible.clone(),
            ours: config.compatible.clone(),
        });
    }
    if Version::parse(version).ok().as_ref() != Some(said) {
        return Err(ShelfError::OtherVersion { found: version.clone(), said: said.clone() });
    }
    let signer =
        config.keyring.as_ref().map(|keyring| signature::verify(&ends.cms, keyring)).transpose()?;
    match content_fits(file, ends.payload_len, &manifest) {
        Ok(true) => Ok(signer),
        Ok(false) => Err(BundleError::Damaged.into()),
        Err(cause) => Err(failed(source)(cause)),
    }
}

/// What lies at both ends of a file.
struct Ends {
    head: [u8; 8],
    payload_len: u64,
    cms: Vec<u8>,
}

impl Ends {
    fn read(file: &mut File) -> io::Result<Result<Self, BundleError>> {
        let length = file.metadata()?.len();
        let (mut head, mut tail) = ([0; 8], [0; 8]);
        if length < 16 {
            return Ok(Err(BundleError::NoBundle));
        }
        file.read_exact(&mut head)?;
        file.seek(SeekFrom::Start(length - bundle::LENGTH_LEN))?;
        file.read_exact(&mut tail)?;
        let behind = match bundle::signature_len(length, tail) {
            Ok(behind) => behind,
            Err(error) => return Ok(Err(bundle::check_head(&head).err().unwrap_or(error))),
        };
        let payload_len = length - behind;
        file.seek(SeekFrom::Start(payload_len))?;
        let mut cms = Vec::new();
        file.take(behind - bundle::LENGTH_LEN).read_to_end(&mut cms)?;
        Ok(Ok(Self { head, payload_len, cms }))
    }

    fn manifest(&self) -> Result<Manifest, BundleError> {
        match (Manifest::in_signature(&self.cms), bundle::check_head(&self.head)) {
            // Its content is encrypted, the head too.
            (Err(BundleError::Crypt), _) => Err(BundleError::Crypt),
            (_, Err(no_bundle)) => Err(no_bundle),
            (manifest, Ok(())) => manifest,
        }
    }
}

/// Whether content and tree are those of the manifest.
fn content_fits(file: &mut File, payload_len: u64, manifest: &Manifest) -> io::Result<bool> {
    let block = BLOCK_LEN as u64;
    let content_len = payload_len.checked_sub(manifest.tree_len);
    let Some(content_len) = content_len.filter(|length| *length > 0 && length % block == 0) else {
        return Ok(false);
    };
    file.seek(SeekFrom::Start(0))?;
    let mut content = BufReader::with_capacity(1 << 20, &mut *file);
    let expected = verity::tree(&mut content, content_len / block, &manifest.salt)?;
    if expected.root != manifest.root_hash || expected.bytes.len() as u64 != manifest.tree_len {
        return Ok(false);
    }
    let mut found = vec![0; expected.bytes.len()];
    content.read_exact(&mut found)?;
    Ok(found == expected.bytes)
}

fn copy(from: &mut File, target: &Path) -> io::Result<([u8; 32], u64)> {
    from.seek(SeekFrom::Start(0))?;
    let mut to =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(target)?;
    let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    let (mut buffer, mut size) = (vec![0; 1 << 20], 0_u64);
    loop {
        let count = from.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        digest.update(&buffer[..count]);
        to.write_all(&buffer[..count])?;
        size += count as u64;
    }
    to.sync_all()?;
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest.finish().as_ref());
    Ok((bytes, size))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::update::{
        bundle::{SIGNED_DATA, forge},
        signature::tests as openssl,
    };

    struct Desk(tempfile::TempDir);

    impl Desk {
        /// A keyring `ca.pem`, and `build`, who signs.
        fn new() -> Self {
            let desk = Self(tempfile::tempdir().expect("temporary folder"));
            openssl::authority(desk.0.path());
            openssl::signer(desk.0.path(), "build", "codeSigning");
            desk
        }

        fn signed(
            &self,
            compatible: &str,
            version: &str,
            change: impl Fn(&mut Vec<u8>),
        ) -> PathBuf {
            let (mut payload, manifest) = forge::payload(compatible, version);
            change(&mut payload);
            let path = self.0.path().join("stb-bundle.raucb");
            let cms = openssl::sign(self.0.path(), "build", &manifest);
            fs::write(&path, forge::file(&payload, &cms)).expect("written");
            path
        }

        fn config(&self, keyring: Option<&str>) -> UpdatesConfig {
            UpdatesConfig {
                directory: self.0.path().join("updates"),
                compatible: "hitokoe-stb".to_owned(),
                keyring: keyring.map(|name| self.0.path().join(name)),
            }
        }

        fn bring_in(&self, source: &Path, keyring: Option<&str>) -> Result<Intake, ShelfError> {
            bring_in(&self.config(keyring), source, &Version::parse("2.0.0").expect("a version"))
        }

        fn nothing_came_in(&self) {
            assert!(!self.0.path().join("updates").exists());
        }
    }

    #[test]
    fn a_bundle_of_the_operator_comes_in() {
        let desk = Desk::new();
        let source = desk.signed("hitokoe-stb", "2.0.0", |_| {});
        let taken = desk.bring_in(&source, Some("ca.pem")).expect("good");
        assert_eq!(taken.signer.as_deref(), Some("CN=build"));
        let here = fs::read(file_of(&desk.0.path().join("updates"), taken.id)).expect("there");
        assert_eq!(here, fs::read(&source).expect("there"));
        assert_eq!(desk.bring_in(&source, None).expect("good").signer, None);
    }

    /// `small.raucb` was made by RAUC 1.8 of 5,000 random bytes.
    #[test]
    fn a_bundle_that_rauc_made_is_read() {
        let desk = Desk::new();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/update/small.raucb");
        let said = Version::parse("1.1.0").expect("a version");
        let taken = bring_in(&desk.config(None), &source, &said).expect("good");
        assert_eq!(taken.size_bytes, 13_379);
    }

    #[test]
    fn what_boxes_would_refuse_stays_outside() {
        let desk = Desk::new();
        let refused = |source: &Path, keyring: Option<&str>| {
            desk.bring_in(source, keyring).expect_err("refused").to_string()
        };
        let other = desk.signed("other-box", "2.0.0", |_| {});
        assert!(refused(&other, None).contains("for boxes of the kind other-box, not hitokoe-stb"));
        let version = desk.signed("hitokoe-stb", "1.9.0", |_| {});
        assert!(refused(&version, None).contains("says version 1.9.0, not 2.0.0"));
        for at in [5_000, 49 * 4_096 + 3] {
            let damaged = desk.signed("hitokoe-stb", "2.0.0", |payload| payload[at] ^= 1);
            assert!(refused(&damaged, Some("ca.pem")).contains("is damaged"), "byte {at}");
        }
        let shorter = desk.signed("hitokoe-stb", "2.0.0", |payload| payload.truncate(90_000));
        assert!(refused(&shorter, None).contains("is damaged"));
        let whole = desk.signed("hitokoe-stb", "2.0.0", |_| {});
        let bytes = fs::read(&whole).expect("there");
        fs::write(&whole, &bytes[..bytes.len() - 300]).expect("written");
        assert!(refused(&whole, None).contains("its end is missing"));
        let (payload, manifest) = forge::payload("hitokoe-stb", "2.0.0");
        let crypt = manifest.replace("format=verity", "format=crypt");
        let encrypted = [&b"\x13\x37"[..], &payload].concat();
        for (payload, manifest, expected) in [
            (&payload, Some(crypt.as_str()), "the format crypt"),
            (&encrypted, Some(crypt.as_str()), "the format crypt"),
            (&payload, None, "the format plain"),
            (&encrypted, Some(manifest.as_str()), "no update bundle"),
        ] {
            let cms = forge::cms(SIGNED_DATA, manifest);
            fs::write(&whole, forge::file(payload, &cms)).expect("written");
            let said = refused(&whole, None);
            assert!(said.contains(expected), "{expected}: {said}");
        }
        let stranger = Desk::new();
        fs::copy(stranger.0.path().join("ca.pem"), desk.0.path().join("stranger.pem"))
            .expect("copied");
        let source = desk.signed("hitokoe-stb", "2.0.0", |_| {});
        assert!(refused(&source, Some("stranger.pem")).contains("does not verify"));
        desk.nothing_came_in();
    }
}
