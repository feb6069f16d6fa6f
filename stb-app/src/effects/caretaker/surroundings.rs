//! The system below, as files: which version runs from where, what the installer says, what it is asked for.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use gateway_api::{
    status::{Memory, Slot},
    update::{BundleId, UpdateOffer, UpdateReason},
    version::Version,
};
use stb_core::update::Installer;

use crate::effects::{file::replace, signs};

const VERSION: &str = "/etc/hitokoe/version";
/// Slot and id of this boot, written by `hitokoe-boot-facts.service`.
const FACTS: &str = "/run/hitokoe/boot";
/// What the installer says: a word, a bundle and perhaps a reason.
const INSTALLER: &str = "/run/hitokoe-update/state";
const DEVICES: &str = "/sys/class";
/// Its lines are short; a file beyond this is not its.
const STATE_BYTES_MAX: usize = 1_024;

/// Where everything lies.
#[derive(Debug, Clone)]
pub struct Surroundings {
    version: Version,
    slot: Option<Slot>,
    boot: Option<String>,
    installer: PathBuf,
    /// What the kernel tells of devices.
    devices: PathBuf,
    /// The folder that the service manager made for this service.
    signs: Option<PathBuf>,
    spread: u32,
}

impl Surroundings {
    /// Of this machine.
    pub fn of_this_machine(device_id: &str) -> Self {
        Self::at(Path::new("/"), signs::folder(), device_id)
    }

    /// Of a machine whose files lie below `root`.
    pub(super) fn at(root: &Path, signs: Option<PathBuf>, device_id: &str) -> Self {
        let below = |path: &str| root.join(path.trim_start_matches('/'));
        let facts = fs::read_to_string(below(FACTS)).unwrap_or_default();
        let fact = |name: &str| {
            let found = facts.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            found.map(str::to_owned).filter(|value| !value.is_empty())
        };
        Self {
            version: version(&fs::read_to_string(below(VERSION)).unwrap_or_default()),
            slot: match fact("slot").as_deref() {
                Some("A") => Some(Slot::A),
                Some("B") => Some(Slot::B),
                _ => None,
            },
            boot: fact("boot"),
            installer: below(INSTALLER),
            devices: below(DEVICES),
            signs,
            spread: device_id
                .bytes()
                .fold(0, |sum: u32, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))),
        }
    }

    pub(super) fn version(&self) -> &Version {
        &self.version
    }

    pub(super) fn slot(&self) -> Option<Slot> {
        self.slot
    }

    pub(super) fn boot(&self) -> &str {
        self.boot.as_deref().unwrap_or_default()
    }

    pub(super) fn spread(&self) -> u32 {
        self.spread
    }

    /// Without slots, or without anybody who takes wishes up, there is no installer.
    pub(super) fn installer(&self) -> Installer {
        if self.slot.is_none() || self.boot.is_none() || self.signs.is_none() {
            return Installer::Missing;
        }
        let said = fs::read(&self.installer).unwrap_or_default();
        said_by(&said).unwrap_or(Installer::Idle)
    }

    pub(super) fn devices(&self, class: &str) -> PathBuf {
        self.devices.join(class)
    }

    pub(super) fn is_busy(&self) -> bool {
        self.signs.as_deref().is_some_and(signs::is_busy)
    }

    pub(super) fn is_proven(&self) -> bool {
        self.signs.as_deref().is_some_and(signs::is_proven)
    }

    /// The certificate lies beside the wish: the installer fetches as this box.
    pub(super) fn wish_installation(&self, offer: &UpdateOffer, chain_pem: &str) -> io::Result<()> {
        let Some(signs) = &self.signs else { return Ok(()) };
        replace(&signs.join("client.pem"), chain_pem.as_bytes())?;
        self.wish(&format!("install {} {}", offer.bundle, offer.version))
    }

    pub(super) fn wish_restart(&self) -> io::Result<()> {
        self.wish("restart")
    }

    fn wish(&self, text: &str) -> io::Result<()> {
        let Some(signs) = &self.signs else { return Ok(()) };
        replace(&signs.join("update-wish"), format!("{text}\n").as_bytes())
    }
}

/// `writing BUNDLE`, `wrote BUNDLE` or `refused BUNDLE REASON`.
fn said_by(said: &[u8]) -> Option<Installer> {
    if said.len() > STATE_BYTES_MAX {
        return None;
    }
    let mut words = std::str::from_utf8(said).ok()?.split_ascii_whitespace();
    let (word, bundle) = (words.next()?, BundleId::parse(words.next()?).ok()?);
    match word {
        "writing" => Some(Installer::Writing(bundle)),
        "wrote" => Some(Installer::Wrote(bundle)),
        "refused" => Some(Installer::Refused(bundle, UpdateReason::from_code(words.next()?)?)),
        _ => None,
    }
}

/// The numbers at the beginning: what a build adds after them is its own.
fn version(text: &str) -> Version {
    let numbers: String =
        text.trim().chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let read = Version::parse(numbers.trim_end_matches('.'));
    let own = || Version::parse(env!("CARGO_PKG_VERSION"));
    read.or_else(|_| own()).expect("the version of this program has three numbers")
}

/// Main memory; the file about it is hidden from this service, the system call is not.
pub(super) fn memory() -> Memory {
    let info = rustix::system::sysinfo();
    let kib = |count: u64| {
        u32::try_from(count.saturating_mul(u64::from(info.mem_unit)) / 1_024).unwrap_or(u32::MAX)
    };
    Memory { total_kib: kib(info.totalram), free_kib: kib(info.freeram) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_installer_is_understood_or_not_believed() {
        let bundle = BundleId([0xab; 32]);
        assert_eq!(
            said_by(format!("writing {bundle}\n").as_bytes()),
            Some(Installer::Writing(bundle))
        );
        assert_eq!(said_by(format!("wrote {bundle}").as_bytes()), Some(Installer::Wrote(bundle)));
        let refused = Installer::Refused(bundle, UpdateReason::Untrusted);
        assert_eq!(said_by(format!("refused {bundle} untrusted").as_bytes()), Some(refused));
        let long = format!("wrote {bundle}{}", " ".repeat(STATE_BYTES_MAX));
        let strange = [
            "",
            "wrote",
            "wrote such",
            &format!("refused {bundle}"),
            &format!("refused {bundle} because"),
            &format!("ate {bundle}"),
            &long,
        ];
        for said in strange {
            assert_eq!(said_by(said.as_bytes()), None, "{said}");
        }
    }

    #[test]
    fn versions_of_builds_are_read_up_to_what_a_build_adds() {
        for (text, expected) in [("1.4.0\n", "1.4.0"), ("1.4.0+dev", "1.4.0"), ("2.0-rc1", "2.0")] {
            assert_eq!(version(text).to_string(), expected);
        }
        for text in ["", "development", "01.2", "1..2"] {
            assert_eq!(version(text).to_string(), env!("CARGO_PKG_VERSION"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_or_none(said in proptest::collection::vec(any::<u8>(), 0..200), text in "\\PC{0,40}") {
            let _understood = said_by(&said);
            let _read = version(&text);
        }
    }
}
