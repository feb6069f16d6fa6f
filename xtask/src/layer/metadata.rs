//! BitBake's parser, the linter for recipes and the schema of kas, as Python programs in the cache.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{place, run};

/// What is fetched, with versions: another version is another folder.
const TOOLS: &[&str] = &["bitbake-setup==2.19.0", "oelint-adv==9.11.2", "kas==5.5"];

const RELEASE: &str = "wrynose";

/// Rules of the linter that do not fit this layer, and why.
const NOT_FOR_US: &[(&str, &str)] = &[
    ("oelint.vars.homepageping", "asks the network"),
    ("oelint.vars.fileextrapaths", "the sources are the checkout that the layer lies in"),
    ("oelint.vars.outofcontext", "the same"),
    ("oelint.vars.layerconf", "the same: only layer.conf knows where the layer lies"),
    ("oelint.var.filesoverride", "packages that hold one folder say so"),
    ("oelint.var.badimagefeature", "the image for desks is meant to be open, and says so"),
    ("oelint.vars.mispell", "does not know the variables of meta-rauc"),
    ("oelint.vars.specific", "does not know image types as overrides"),
    ("oelint.vars.dependsordered", "counts an appended package group as unordered"),
    ("oelint.file.underscores", "the bundle has the version of the distribution"),
    ("oelint.var.mandatoryvar.SRC_URI", "the bundle has no sources of its own"),
];

/// Findings of the parser with our own checks, then of the linter.
pub(super) fn check() -> Result<Vec<String>> {
    let tools = tools()?;
    let mut findings = parse(&tools)?;
    findings.extend(lint(&tools)?);
    Ok(findings)
}

fn tools() -> Result<PathBuf> {
    let folder = place::cache().join("tools").join(TOOLS.join("_").replace("==", "-"));
    if !folder.exists() {
        eprintln!("Fetching {} (once)", TOOLS.join(" "));
        let unfinished = folder.with_extension("new");
        run::succeed(
            Command::new("python3")
                .args(["-m", "pip", "install", "--quiet", "--upgrade", "--target"])
                .arg(&unfinished)
                .args(TOOLS),
        )?;
        std::fs::rename(&unfinished, &folder)?;
    }
    Ok(folder)
}

fn python(tools: &Path) -> Command {
    let mut command = Command::new("python3");
    command
        .current_dir(place::root())
        .env("PYTHONPATH", tools)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("LC_ALL", "C.UTF-8");
    command
}

fn parse(tools: &Path) -> Result<Vec<String>> {
    let output = python(tools)
        .args(["xtask/layer/check.py", "."])
        .output()
        .context("python3 does not start")?;
    let said = String::from_utf8_lossy(&output.stdout);
    if output.status.success() {
        eprint!("{said}");
        return Ok(Vec::new());
    }
    let mut findings: Vec<String> = said.lines().map(str::to_owned).collect();
    // What the parser itself says goes to standard error.
    findings.push(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    Ok(findings)
}

fn lint(tools: &Path) -> Result<Vec<String>> {
    let mut linter = python(tools);
    linter.args(["-m", "oelint_adv", "--quiet", "--relpaths", "--hide", "info"]);
    linter.args(["--release", RELEASE]);
    for (rule, _why) in NOT_FOR_US {
        linter.args(["--suppress", rule]);
    }
    let output = linter.arg("--").args(files()?).output().context("oelint-adv does not start")?;
    // Findings and failures alike go to standard error.
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let mut findings: Vec<String> = said.lines().map(str::to_owned).collect();
    if !output.status.success() && findings.is_empty() {
        findings.push(format!("oelint-adv ended with {}", output.status));
    }
    Ok(findings)
}

/// Recipes, appends and configuration files, as git names them.
fn files() -> Result<Vec<String>> {
    let listed = run::read(
        Command::new("git")
            .args(["ls-files", "--cached", "--others", "--exclude-standard", "yocto-layer"])
            .current_dir(place::root()),
    )?;
    let wanted = |name: &&str| {
        [".bb", ".bbappend", ".conf"].iter().any(|ending| name.ends_with(ending))
            && !name.contains("/files/")
            && place::root().join(name).exists()
    };
    Ok(listed.lines().filter(wanted).map(str::to_owned).collect())
}
