//! The tree `rootfs/`, judged by the programs that will read it on the box.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{packages::is_root, place, run};

const UNITS: &str = "usr/lib/systemd/system";
/// The gateway's own unit and user: for the operator's machine, judged by the same programs.
const GATEWAY: &str = "cable-gateway/packaging";
const GATEWAY_UNIT: &str = "cable-gateway.service";

/// Exposure that `systemd-analyze security` may find, in tenths. Why not less stands with each.
const EXPOSURE: &[(&str, u32)] = &[
    // Mounts, formats and encrypts, for everybody: most of a sandbox is a mount namespace of one's own.
    ("hitokoe-data.service", 90),
    // Its helper opens a session on the seat; the screen and all inputs are its work.
    ("weston.service", 60),
    ("hitokoe-firewall.service", 25),
    // Labels the mounted data partition.
    ("hitokoe-factory-reset.service", 25),
    // Mounts the boot entries.
    ("hitokoe-unproven.service", 25),
];
const EXPOSURE_USUAL: u32 = 20;

/// What the layer expects of others, among it the programs of other packages that units and rules start.
const EXPECTED: &str = "xtask/layer/core.toml";

/// Findings.
pub(super) fn check() -> Result<Vec<String>> {
    let tree = lay_out()?;
    let mut findings = Vec::new();
    for unit in units()? {
        findings.extend(unit_problems(&tree, &unit)?);
    }
    findings.extend(unit_problems(&tree, GATEWAY_UNIT)?);
    findings.extend(gateway_user(&tree)?);
    findings.extend(firewall()?);
    findings.extend(scripts()?);
    findings.extend(keymaps()?);
    fs::remove_dir_all(&tree)?;
    Ok(findings)
}

fn rootfs() -> PathBuf {
    place::root().join("rootfs")
}

/// The tree with the system's own units beside ours and a file for every program of another package.
fn lay_out() -> Result<PathBuf> {
    let tree = place::cache().join("layer-tree");
    if tree.exists() {
        fs::remove_dir_all(&tree)?;
    }
    fs::create_dir_all(tree.join("usr/bin"))?;
    fs::create_dir_all(tree.join("usr/sbin"))?;
    run::read(Command::new("cp").arg("-a").arg(rootfs().join(".")).arg(&tree))?;
    run::read(Command::new("cp").args(["-an", "/lib/systemd/system/."]).arg(tree.join(UNITS)))?;
    fs::copy(gateway(GATEWAY_UNIT), tree.join(UNITS).join(GATEWAY_UNIT))?;
    fs::copy("/bin/true", tree.join("usr/bin/cable-gateway"))?;
    for program in programs()? {
        let place = tree.join(program);
        fs::create_dir_all(place.parent().context("a program lies in a folder")?)?;
        fs::copy("/bin/true", place)?;
    }
    for link in ["bin", "sbin", "lib"] {
        std::os::unix::fs::symlink(format!("usr/{link}"), tree.join(link))?;
    }
    Ok(tree)
}

/// Paths on the box of what other packages bring.
fn programs() -> Result<Vec<String>> {
    let expected: toml::Table = fs::read_to_string(place::root().join(EXPECTED))?.parse()?;
    let by_package = expected.get("programs").and_then(|value| value.as_table());
    let paths = by_package.context("core.toml has no [programs]")?.values();
    let paths = paths.filter_map(|value| value.as_array()).flatten();
    Ok(paths.filter_map(|path| path.as_str().map(str::to_owned)).collect())
}

/// Names of our units; a template with an instance.
fn units() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(rootfs().join(UNITS))? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            names.push(entry.file_name().to_string_lossy().replace('@', "@cec0"));
        }
    }
    names.sort();
    Ok(names)
}

fn unit_problems(tree: &Path, unit: &str) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    let root = format!("--root={}", tree.display());
    let verified = Command::new("systemd-analyze")
        .args(["verify", "--man=no", "--recursive-errors=no", &root, unit])
        .output()
        .context("systemd-analyze does not start")?;
    // A value that makes no sense is only printed; the exit code stays 0.
    let said = String::from_utf8_lossy(&verified.stderr);
    findings.extend(said.lines().map(|line| format!("{unit}: {line}")));
    if !verified.status.success() && findings.is_empty() {
        findings.push(format!("{unit}: systemd-analyze verify ended with {}", verified.status));
    }
    if unit.ends_with(".service") {
        findings.extend(exposure(&root, unit)?);
    }
    Ok(findings)
}

fn exposure(root: &str, unit: &str) -> Result<Option<String>> {
    let limit = EXPOSURE.iter().find(|(name, _)| *name == unit).map_or(EXPOSURE_USUAL, |e| e.1);
    let judged = Command::new("systemd-analyze")
        .args(["security", "--offline=yes", "--no-pager", root])
        .arg(format!("--threshold={limit}"))
        .arg(unit)
        .output()?;
    let said = String::from_utf8_lossy(&judged.stdout);
    let result = said.lines().last().unwrap_or("no answer").trim_start_matches('→').trim();
    Ok((!judged.status.success()).then(|| format!("{unit}: limit {limit} tenths: {result}")))
}

fn gateway(file: &str) -> PathBuf {
    place::root().join(GATEWAY).join(file)
}

/// The user of the unit is one that the file beside it makes.
fn gateway_user(tree: &Path) -> Result<Option<String>> {
    let users = gateway("sysusers.conf");
    fs::create_dir_all(tree.join("etc"))?;
    let made = Command::new("systemd-sysusers")
        .arg(format!("--root={}", tree.display()))
        .arg(&users)
        .output()
        .context("systemd-sysusers does not start")?;
    if !made.status.success() {
        return Ok(Some(format!(
            "sysusers.conf: {}",
            String::from_utf8_lossy(&made.stderr).trim()
        )));
    }
    let names = fs::read_to_string(tree.join("etc/passwd"))?;
    let unit = fs::read_to_string(gateway(GATEWAY_UNIT))?;
    let user = unit.lines().find_map(|line| line.strip_prefix("User=")).unwrap_or("root");
    let is_there = names.lines().any(|line| line.split(':').next() == Some(user));
    Ok((!is_there).then(|| format!("{GATEWAY_UNIT}: no user {user} in sysusers.conf")))
}

/// In a network namespace of its own, so that nothing of this machine is asked or changed.
fn firewall() -> Result<Option<String>> {
    let rules = rootfs().join("etc/hitokoe/nftables.conf");
    // Others become root of a namespace first; root need not, and in a changed root may not.
    let user: &[&str] = if is_root() { &[] } else { &["--map-root-user"] };
    let output = Command::new("unshare")
        .arg("--net")
        .args(user)
        .args(["/usr/sbin/nft", "--check", "--file"])
        .arg(&rules)
        .output()
        .context("unshare does not start")?;
    let said = String::from_utf8_lossy(&output.stderr);
    Ok((!output.status.success()).then(|| format!("nftables.conf: {}", said.trim())))
}

/// Shell scripts parse and may be started.
fn scripts() -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for entry in fs::read_dir(rootfs().join("usr/lib/hitokoe"))? {
        let path = entry?.path();
        if !fs::read_to_string(&path)?.starts_with("#!/bin/sh") {
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if fs::metadata(&path)?.permissions().mode() & 0o111 == 0 {
            findings.push(format!("{name} is a script that may not be started: chmod +x"));
        }
        let parsed = Command::new("dash").arg("-n").arg(&path).output()?;
        let said = String::from_utf8_lossy(&parsed.stderr);
        findings.extend(said.lines().map(|line| format!("{name}: {line}")));
    }
    Ok(findings)
}

/// Keymaps of infrared remotes: every code one that the box's own table knows.
fn keymaps() -> Result<Vec<String>> {
    let known = fs::read_to_string(place::root().join("remote-input/keymaps/default.toml"))?;
    let known: toml::Table = known.parse().context("remote-input/keymaps/default.toml")?;
    let known = known["keys"].as_table().context("default.toml has no [keys]")?;
    let mut findings = Vec::new();
    for entry in fs::read_dir(rootfs().join("etc/rc_keymaps"))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let table: toml::Table = match fs::read_to_string(&path)?.parse() {
            Ok(table) => table,
            Err(error) => {
                findings.push(format!("{name}: {error}"));
                continue;
            }
        };
        let codes: Vec<&str> = codes(&table);
        if codes.is_empty() {
            findings.push(format!("{name} maps nothing"));
        }
        findings.extend(
            codes
                .into_iter()
                .filter(|code| !known.contains_key(*code))
                .map(|code| format!("{name}: {code} means nothing to the box")),
        );
    }
    Ok(findings)
}

fn codes(table: &toml::Table) -> Vec<&str> {
    let protocols = table.get("protocols").and_then(|value| value.as_array());
    protocols
        .into_iter()
        .flatten()
        .filter_map(|protocol| protocol.get("scancodes")?.as_table())
        .flat_map(|scancodes| scancodes.values())
        .filter_map(|value| value.as_str())
        .collect()
}
