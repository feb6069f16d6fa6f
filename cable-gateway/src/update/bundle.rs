//! What a bundle says of itself; pure.
//!
//! A bundle of the format `verity` is a squashfs and a tree of its hashes, then a CMS signature that holds the
//! manifest in clear, then the length of the signature. Whether the signature is one of the operator's says
//! [`signature`](super::signature); whether the content is the signed one says [`verity`](super::verity).

use x509_parser::asn1_rs::{Any, Class, FromDer as _, Tag};

/// Longest signature.
const SIGNATURE_MAX: u64 = 256 * 1024;
/// Bytes at the end that hold the signature's length.
pub const LENGTH_LEN: u64 = 8;
const SQUASHFS: &[u8] = b"hsqs";
/// Smallest squashfs: its head.
const PAYLOAD_MIN: u64 = 96;
/// Longest salt of a hash tree (dm-verity takes no longer one).
const SALT_MAX: usize = 256;

/// 1.2.840.113549.1.7.2, RFC 5652 section 5.
pub(crate) const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
/// 1.2.840.113549.1.7.3 and 1.2.840.113549.1.9.16.1.23: encrypted, with and without a check of integrity.
const ENVELOPED: [&[u8]; 2] = [
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03],
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17],
];

/// Why a file is no bundle for boxes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Not a bundle at all.
    #[error(
        "the file is no update bundle; name the *.raucb that the image build or `rauc bundle` wrote"
    )]
    NoBundle,
    /// The beginning is that of a bundle, the end is not.
    #[error(
        "the file begins like an update bundle, but its end is missing; copy it again in whole"
    )]
    CutOff,
    /// The manifest is not in the signature.
    #[error(
        "the bundle has the format plain, which boxes do not take; write `format=verity` under [bundle] in its \
         manifest, and build it anew"
    )]
    Plain,
    /// Only some boxes could read it.
    #[error(
        "the bundle has the format crypt, which boxes do not take; write `format=verity` under [bundle] in its \
         manifest, and do not encrypt it"
    )]
    Crypt,
    /// The manifest lacks something.
    #[error(
        "the manifest of the bundle has no usable {0}; build it anew with `format=verity`, compatible and version"
    )]
    Manifest(&'static str),
    /// The content is not the one that was signed.
    #[error(
        "the content of the bundle is damaged: it is not what its signed manifest says; copy it again in whole"
    )]
    Damaged,
}

/// How many bytes at the end of a file of this size, with this tail, belong to the signature and its length.
pub fn signature_len(file_len: u64, tail: [u8; 8]) -> Result<u64, BundleError> {
    let signature = u64::from_be_bytes(tail);
    let room = file_len.checked_sub(PAYLOAD_MIN + LENGTH_LEN).ok_or(BundleError::CutOff)?;
    if signature == 0 || signature > SIGNATURE_MAX.min(room) {
        return Err(BundleError::CutOff);
    }
    Ok(signature + LENGTH_LEN)
}

/// Checks the first bytes.
pub fn check_head(head: &[u8]) -> Result<(), BundleError> {
    if head.starts_with(SQUASHFS) { Ok(()) } else { Err(BundleError::NoBundle) }
}

/// What the manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Kind of box.
    pub compatible: String,
    /// Version of the image, as written.
    pub version: String,
    /// Root of the tree of hashes.
    pub root_hash: [u8; 32],
    /// Goes before everything that is hashed.
    pub salt: Vec<u8>,
    /// Size of the tree, in bytes.
    pub tree_len: u64,
}

impl Manifest {
    /// Reads the manifest inside of a CMS signature (DER).
    pub fn in_signature(cms: &[u8]) -> Result<Self, BundleError> {
        let text = std::str::from_utf8(signed_content(cms)?);
        Self::parse(text.map_err(|_| BundleError::Manifest("text"))?)
    }

    fn parse(text: &str) -> Result<Self, BundleError> {
        let value = |group: &'static str, key: &'static str| {
            value_of(text, group, key)
                .filter(|value| !value.is_empty())
                .ok_or(BundleError::Manifest(key))
        };
        match value("bundle", "format")? {
            "verity" => {}
            "crypt" => return Err(BundleError::Crypt),
            "plain" => return Err(BundleError::Plain),
            _ => return Err(BundleError::Manifest("format")),
        }
        let bytes = |key: &'static str| {
            crate::encoding::from_hex_text(value("bundle", key)?, SALT_MAX)
                .ok_or(BundleError::Manifest(key))
        };
        let root_hash =
            bytes("verity-hash")?.try_into().map_err(|_| BundleError::Manifest("verity-hash"))?;
        let tree_len = value("bundle", "verity-size")?
            .parse()
            .map_err(|_| BundleError::Manifest("verity-size"))?;
        Ok(Self {
            compatible: value("update", "compatible")?.to_owned(),
            version: value("update", "version")?.to_owned(),
            root_hash,
            salt: bytes("verity-salt")?,
            tree_len,
        })
    }
}

/// The last value of a key in a group, as key files are read.
fn value_of<'a>(text: &'a str, group: &str, key: &str) -> Option<&'a str> {
    let mut here = false;
    let mut found = None;
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            here = name == group;
        } else if let Some((name, value)) = line.split_once('=').filter(|_| here)
            && name.trim_end() == key
        {
            found = Some(value.trim_start());
        }
    }
    found
}

/// What a CMS signature holds (RFC 5652, sections 3 and 5.1).
fn signed_content(cms: &[u8]) -> Result<&[u8], BundleError> {
    let mut whole = cms;
    let mut info = next(&mut whole, Class::Universal, Tag::Sequence)?;
    let kind = next(&mut info, Class::Universal, Tag::Oid)?;
    if ENVELOPED.contains(&kind) {
        return Err(BundleError::Crypt);
    }
    if kind != SIGNED_DATA {
        return Err(BundleError::CutOff);
    }
    let mut holder = next(&mut info, Class::ContextSpecific, Tag(0))?;
    let mut signed = next(&mut holder, Class::Universal, Tag::Sequence)?;
    next(&mut signed, Class::Universal, Tag::Integer)?;
    next(&mut signed, Class::Universal, Tag::Set)?;
    let mut content = next(&mut signed, Class::Universal, Tag::Sequence)?;
    next(&mut content, Class::Universal, Tag::Oid)?;
    if content.is_empty() {
        return Err(BundleError::Plain);
    }
    let mut holder = next(&mut content, Class::ContextSpecific, Tag(0))?;
    next(&mut holder, Class::Universal, Tag::OctetString)
}

/// The content of the next element, which must be this one.
fn next<'a>(rest: &mut &'a [u8], class: Class, tag: Tag) -> Result<&'a [u8], BundleError> {
    let (after, element) = Any::from_der(rest).map_err(|_| BundleError::CutOff)?;
    if (element.class(), element.tag()) != (class, tag) {
        return Err(BundleError::CutOff);
    }
    *rest = after;
    Ok(element.data)
}

/// Bundles of tests.
#[cfg(test)]
pub(crate) mod forge {
    use crate::{encoding::hex, update::verity};

    /// One DER element.
    pub(crate) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).expect("short").to_be_bytes();
        [&[tag, 0x84], &length[..], content].concat()
    }

    /// A CMS structure of this kind around a text, without any signature.
    pub(crate) fn cms(kind: &[u8], text: Option<&str>) -> Vec<u8> {
        let held = text.map(|text| element(0xa0, &element(0x04, text.as_bytes())));
        let data = [element(0x06, &[0x2a, 3]), held.unwrap_or_default()].concat();
        let signed = [element(0x02, &[3]), element(0x31, &[]), element(0x30, &data)].concat();
        let info = [element(0x06, kind), element(0xa0, &element(0x30, &signed))].concat();
        element(0x30, &info)
    }

    /// The payload of a bundle, and its manifest.
    pub(crate) fn payload(compatible: &str, version: &str) -> (Vec<u8>, String) {
        let mut data = b"hsqs".to_vec();
        data.extend((0..49 * 4_096 - 4_u32).map(|number| (number % 251) as u8));
        let salt = [7; 32];
        let tree = verity::tree(&mut data.as_slice(), 49, &salt).expect("read");
        let manifest = format!(
            "[update]\ncompatible={compatible}\nversion={version}\n\n[bundle]\nformat=verity\nverity-hash={}\n\
             verity-salt={}\nverity-size={}\n\n[image.rootfs]\nversion=9\n",
            hex(&tree.root),
            hex(&salt),
            tree.bytes.len()
        );
        data.extend(tree.bytes);
        (data, manifest)
    }

    /// A whole file.
    pub(crate) fn file(payload: &[u8], cms: &[u8]) -> Vec<u8> {
        [payload, cms, &(cms.len() as u64).to_be_bytes()].concat()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_manifest_inside_the_signature_is_read() {
        let (_, text) = forge::payload("hitokoe-stb", "1.4.0");
        let manifest =
            Manifest::in_signature(&forge::cms(SIGNED_DATA, Some(&text))).expect("a manifest");
        assert_eq!(
            (manifest.compatible.as_str(), manifest.version.as_str()),
            ("hitokoe-stb", "1.4.0")
        );
        assert_eq!((manifest.tree_len, manifest.salt.len()), (4_096, 32));
    }

    #[test]
    fn what_boxes_do_not_take_is_told_by_its_name() {
        let (_, text) = forge::payload("hitokoe-stb", "1.4.0");
        let read =
            |kind: &[u8], text: Option<&str>| Manifest::in_signature(&forge::cms(kind, text));
        assert_eq!(read(SIGNED_DATA, None), Err(BundleError::Plain));
        let other = |from: &str, to: &str| read(SIGNED_DATA, Some(&text.replacen(from, to, 1)));
        assert_eq!(other("format=verity", "format=crypt"), Err(BundleError::Crypt));
        assert_eq!(other("format=verity", "format=plain"), Err(BundleError::Plain));
        for (from, to, missing) in [
            ("format=verity", "form=verity", "format"),
            ("compatible=hitokoe-stb", "", "compatible"),
            ("version=1.4.0", "version=", "version"),
            ("verity-hash=", "verity-hash=00", "verity-hash"),
            ("verity-salt=07", "verity-salt=0x", "verity-salt"),
            ("verity-size=", "verity-size=-", "verity-size"),
        ] {
            assert_eq!(other(from, to), Err(BundleError::Manifest(missing)), "{to}");
        }
        for kind in ENVELOPED {
            assert_eq!(read(kind, Some(&text)), Err(BundleError::Crypt));
        }
        let whole = forge::cms(SIGNED_DATA, Some(&text));
        assert_eq!(Manifest::in_signature(&whole[..whole.len() - 1]), Err(BundleError::CutOff));
        assert_eq!(read(&[0x2a, 3], Some(&text)), Err(BundleError::CutOff));
    }

    #[test]
    fn lengths_beyond_the_file_are_refused() {
        assert_eq!(signature_len(1_000_000, 2_000_u64.to_be_bytes()), Ok(2_008));
        for (file, signature) in
            [(1_000_000, 0), (1_000_000, 300_000), (100, 1), (1_000, 990), (0, 1)]
        {
            let refused = signature_len(file, u64::to_be_bytes(signature));
            assert_eq!(refused, Err(BundleError::CutOff), "{file} {signature}");
        }
        assert_eq!(check_head(b"PK\x03\x04"), Err(BundleError::NoBundle));
        assert_eq!(check_head(b"hsqs\x01"), Ok(()));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600), file: u64, tail: [u8; 8]) {
            let _read = Manifest::in_signature(&bytes);
            let _inside = Manifest::in_signature(&forge::cms(SIGNED_DATA, Some(&String::from_utf8_lossy(&bytes))));
            if let Ok(length) = signature_len(file, tail) {
                prop_assert!(length <= SIGNATURE_MAX + LENGTH_LEN && length < file);
            }
        }

        #[test]
        fn a_signature_with_a_wrong_byte_is_read_or_refused(at in 0_usize..400, byte: u8) {
            let (_, text) = forge::payload("hitokoe-stb", "1.4.0");
            let mut cms = forge::cms(SIGNED_DATA, Some(&text));
            let at = at % cms.len();
            cms[at] = byte;
            let _read = Manifest::in_signature(&cms);
        }
    }
}
