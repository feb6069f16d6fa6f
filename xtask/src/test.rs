//! `cargo xtask test`: everything that CI runs, cheapest first.

use std::{process::Command, time::Instant};

use anyhow::{Context, Result, bail};

use crate::{demo, fuzz, image, layer, packages, place, run, tidy, tools, voice};

/// One step: name and what it does.
struct Step {
    name: &'static str,
    does: fn() -> Result<()>,
}

const STEPS: &[Step] = &[
    Step { name: "format", does: format },
    Step { name: "tidy", does: tidy::run },
    Step { name: "layer", does: layer::check },
    Step { name: "lint", does: lint },
    Step { name: "deny", does: deny },
    Step { name: "build", does: || demo::build(&[]) },
    Step { name: "tests", does: tests },
    Step { name: "tour", does: tour },
    Step { name: "image", does: image::test },
    Step { name: "docs", does: docs },
    Step { name: "fuzz", does: || fuzz::run(5, None) },
];

/// Runs all steps, or the named ones.
pub(crate) fn run(wanted: &[String], list: bool) -> Result<()> {
    if list {
        for step in STEPS {
            println!("{}", step.name);
        }
        return Ok(());
    }
    for name in wanted {
        if !STEPS.iter().any(|step| step.name == name) {
            bail!("no step is called `{name}`; `cargo xtask test --list` names them");
        }
    }
    packages::ensure()?;
    let start = Instant::now();
    let mut table = Vec::new();
    let is_wanted = |step: &&Step| wanted.is_empty() || wanted.iter().any(|name| name == step.name);
    for step in STEPS.iter().filter(is_wanted) {
        eprintln!("== {}", step.name);
        let begun = Instant::now();
        (step.does)().with_context(|| format!("step `{}` failed", step.name))?;
        table.push((step.name, begun.elapsed()));
    }
    for (name, took) in &table {
        println!("{name:<10} {:>7.1} s", took.as_secs_f32());
    }
    println!("all        {:>7.1} s", start.elapsed().as_secs_f32());
    println!("{} passed, 0 failed", table.len());
    Ok(())
}

fn format() -> Result<()> {
    run::succeed(&mut run::cargo(["fmt", "--all", "--check"]))
}

fn lint() -> Result<()> {
    run::succeed(&mut run::cargo([
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ]))
}

fn deny() -> Result<()> {
    let program = tools::cargo_deny()?;
    // The whole lock file, other systems' crates included: a build fetches only what it compiles.
    run::succeed(&mut run::cargo(["fetch", "--locked"]))?;
    run::succeed(Command::new(program).current_dir(place::root()).args([
        "--offline",
        "--workspace",
        "check",
        "bans",
        "licenses",
        "sources",
    ]))
}

/// Every test of every crate, scenarios of whole towns included, on a display of their own. One
/// command: a part of the workspace would compile the dependencies with other features again.
fn tests() -> Result<()> {
    let voice = voice::ensure()?;
    let mut tests = on_display();
    tests
        .arg(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["test", "--workspace", "--quiet"])
        .current_dir(place::root())
        .env("CARGO_TARGET_DIR", place::target())
        .env("HITOKOE_BIN", place::binaries())
        .env("HITOKOE_VOICE", voice);
    run::succeed(&mut tests)
}

fn tour() -> Result<()> {
    demo::run(true, &place::target().join("tour"))
}

fn docs() -> Result<()> {
    run::succeed(
        run::cargo(["doc", "--workspace", "--no-deps", "--document-private-items", "--quiet"])
            // Private items are documented here, so links to them work.
            .env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links"),
    )
}

/// A virtual display; GTK draws with cairo, without an accessibility bus.
fn on_display() -> Command {
    let mut command = Command::new("xvfb-run");
    command
        .args(["-a", "-s", "-screen 0 1920x1080x24"])
        .env("GSK_RENDERER", "cairo")
        .env("GDK_BACKEND", "x11")
        .env("GTK_A11Y", "none");
    command
}
