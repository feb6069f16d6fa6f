//! Who else on this machine may read what the gateway keeps.
//!
//! New files and folders are made for their owner only. This module looks at those that are there,
//! e.g. from a copy or a backup, and says how to mend them.

use std::{
    ffi::OsString,
    fs::DirBuilder,
    io,
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use crate::config::Config;

/// Creates a folder, and those above it, for its owner only; one that exists stays as it is.
pub fn create_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// What others may read or enter, each with its remedy.
pub fn too_open(config: &Config) -> Vec<String> {
    let database = &config.database.path;
    let mut files = ["", "-wal", "-shm"].map(|suffix| with_suffix(database, suffix)).to_vec();
    files.extend(private_keys(&config.keys.directory));
    files.extend(
        [&config.box_api.private_key, &config.box_api.device_ca_private_key].map(PathBuf::from),
    );
    files.push(config.staff.secret.clone());
    files.extend(config.staff.tls.iter().map(|(_, key)| key.clone()));
    files.sort_unstable();
    files.dedup();
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folders = [folder.unwrap_or(Path::new(".")), &config.keys.directory];
    let folders = folders.iter().filter_map(|folder| open_folder(folder));
    folders.chain(files.iter().filter_map(|file| open_file(file))).collect()
}

/// Keys lie beside certificates and manifests, which everybody may read.
fn private_keys(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let is_key = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().contains(".key"))
    };
    paths.filter(is_key).collect()
}

fn open_folder(path: &Path) -> Option<String> {
    let mode = mode(path)?;
    (mode & 0o077 != 0).then(|| {
        let path = path.display();
        format!("{path} (mode {mode:03o}) can be entered by other users; run `chmod 700 {path}`")
    })
}

fn open_file(path: &Path) -> Option<String> {
    let mode = mode(path)?;
    (mode & 0o077 != 0).then(|| {
        let path = path.display();
        format!("{path} (mode {mode:03o}) can be read by other users; run `chmod 600 {path}`")
    })
}

/// None when it is not there.
fn mode(path: &Path) -> Option<u32> {
    std::fs::metadata(path).ok().map(|about| about.permissions().mode() & 0o777)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, set_permissions};

    use super::*;
    use crate::{admin, testing::TestGateway};

    #[tokio::test]
    async fn everything_a_gateway_makes_is_for_its_owner_only() {
        let gateway = TestGateway::start().await;
        let config = gateway.state.config.clone();
        let path = &config.database.path;
        for (path, expected) in [
            (path.parent().expect("a folder").to_owned(), 0o700),
            (path.clone(), 0o600),
            (with_suffix(path, "-wal"), 0o600),
            (with_suffix(path, "-shm"), 0o600),
            (config.keys.directory.clone(), 0o700),
            (config.keys.directory.join("order.key"), 0o600),
            (config.keys.directory.join("server-ca.key.pem"), 0o600),
        ] {
            assert_eq!(mode(&path), Some(expected), "{}", path.display());
        }
        assert_eq!(too_open(&config), Vec::<String>::new());
        gateway.stop().await;
    }

    #[test]
    fn a_folder_with_key_in_its_name_makes_no_key_of_a_certificate() {
        let above = tempfile::tempdir().expect("temporary folder");
        let folder = above.path().join("town.keys");
        create_folder(&folder).expect("created");
        for name in ["server.cert.pem", "key-manifest.cose", "order.key", "order-2.key"] {
            std::fs::write(folder.join(name), "x").expect("written");
        }
        let mut found = private_keys(&folder);
        found.sort();
        assert_eq!(found, [folder.join("order-2.key"), folder.join("order.key")]);
    }

    #[tokio::test]
    async fn check_config_names_what_is_too_open_and_how_to_mend_it() {
        let gateway = TestGateway::start().await;
        let config = gateway.state.config.clone();
        let wal = with_suffix(&config.database.path, "-wal");
        let root = config.keys.directory.join("manifest-root.key");
        for (path, mode) in [(&wal, 0o644), (&root, 0o640), (&config.keys.directory, 0o755)] {
            set_permissions(path, Permissions::from_mode(mode)).expect("mode set");
        }
        let said = admin::check_config(&config).expect_err("too open").to_string();
        for (command, path) in [("600", &wal), ("600", &root), ("700", &config.keys.directory)] {
            let remedy = format!("run `chmod {command} {}`", path.display());
            assert!(said.contains(&remedy), "{remedy} is missing in {said}");
        }
        gateway.stop().await;
    }
}
