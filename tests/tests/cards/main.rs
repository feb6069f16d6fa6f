//! A resident's card over the years, as box, clerk and services meet it: linked by a letter, lost and
//! stopped, changed and asked about, and what a service gets of it. Everything is a process.

mod concerns;
mod letters;
mod lost;
mod statements;

use std::time::Duration;

use anyhow::{Context as _, Result};
use hitokoe_tests::{
    bare_box::BareBox,
    console::Desk,
    town::{HOME, Options, Town},
};
use tokio::runtime::Runtime;

/// Everything that a program does by itself is done within this.
const SOON: Duration = Duration::from_secs(20);

/// Residents of the home, as in the town's file.
const HANA: &str = "a9eb974a-f41d-5405-8abb-4885c2daec97";
const SHIGERU: &str = "879a826a-7d3f-5761-a687-1553d10f40da";
/// The household next door.
const NEXT_DOOR: &str = "8d96620d-df6a-5a14-b86a-996860986d5e";

/// A town without programmes, and a box at home.
fn town() -> Result<(Runtime, Town, BareBox)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let town = Town::found(Options { channels: false, ..Options::default() }, None)?;
    let tv = runtime.block_on(BareBox::enrol(&town))?;
    Ok((runtime, town, tv))
}

/// The clerk of the registry at work.
fn clerk(town: &Town) -> Result<Desk> {
    let account = town.staff.iter().find(|account| account.login == "juumin");
    Desk::sign_in(town, account.context("the town has a clerk")?)
}

/// The code of a letter to a resident of the home.
fn letter(town: &Town, command: &str, resident: &str) -> Result<String> {
    town.code(&[command, "--household", HOME, "--resident", resident])
}

/// Saves a page where somebody asked for pictures.
fn picture(desk: &Desk, name: &str) -> Result<()> {
    match std::env::var_os("HITOKOE_PICTURES") {
        Some(folder) => desk.picture(&std::path::Path::new(&folder).join(name)),
        None => Ok(()),
    }
}
