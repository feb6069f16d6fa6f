//! One evening in one town, in a window; with `--tour` driven by itself.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;
use hitokoe_tests::{
    display::Display,
    place, tour,
    town::{
        Options, Town,
        cards::{PASSWORD, PIN},
    },
};

#[derive(Parser)]
struct Arguments {
    /// Drive the box and the console, save pictures and latencies.
    #[arg(long)]
    tour: bool,
    /// Folder for pictures and latencies.
    #[arg(long, default_value = "tour")]
    out: PathBuf,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_env_filter("warn").init();
    if arguments.tour {
        return tour::run(&arguments.out);
    }
    let display = Display::of_desktop().context(
        "there is no display here; `cargo xtask demo --tour` needs none and saves pictures",
    )?;
    let town = Town::start(Options::default(), Some(display))?;
    tell(&town)?;
    wait_for_interrupt()?;
    println!("\nおやすみなさい。 Stopping.");
    Ok(())
}

/// How to use what is running now.
fn tell(town: &Town) -> Result<()> {
    let card = place::program("virtual-card")?;
    let (card, folder) = (card.display(), town.path().display());
    println!("Hitokoe is running: one home in 美波町 (every person is invented).\n");
    println!("Remote control, in the box's window");
    println!("  arrows, Return 決定, BackSpace 戻る, Escape 終了, Home ホーム, digits,");
    println!("  PageUp/PageDown チャンネル, F1-F4 青赤緑黄, +/- 音量,");
    println!("  g 番組表, F8 ヘルプ, F9 電源\n");
    println!("Card (PIN {PIN}, password of the signature certificate {PASSWORD})");
    for (label, whose) in [
        ("hana", "中村 ハナ"),
        ("shigeru", "中村 茂"),
        ("blocked", "PIN が止まり、登録もないカード（ログインで試す）"),
        ("stranger", "登録のない人"),
    ] {
        println!(
            "  {card} insert {folder}/cards/{label}.json --control {folder}/cards.sock   # {whose}"
        );
    }
    println!("  {card} remove --control {folder}/cards.sock\n");
    let agency = town.agency.folder().display();
    println!("Simulated agency (a lost card is refused at once; so is its signature after a move)");
    println!("  {card} j-lis lose --state {agency} --id hana");
    println!("  {card} j-lis renew --state {agency} --id hana");
    println!("Counters  {}\n", town.metrics());
    println!("Staff console  {}", town.console());
    for member in &town.staff {
        println!("  {:<9} password {}   {}", member.login, member.password, member.otpauth());
    }
    println!("  one-time codes of the next minute, in the order above:");
    for member in &town.staff {
        println!("  {:<9} {}", member.login, member.code()?);
    }
    println!("\nCtrl-C ends everything. Logs: {}", town.logs().display());
    Ok(())
}

fn wait_for_interrupt() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(tokio::signal::ctrl_c())?)
}
