//! The box image in a virtual machine: in a window to try it, or walked through by itself.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};
use hitokoe_tests::image::{machine::Files, visit::Visit};

#[derive(Parser)]
struct Arguments {
    /// Folder that `cargo xtask image` wrote.
    #[arg(long)]
    image: PathBuf,
    /// Folder for pictures and reports.
    #[arg(long)]
    out: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// In a window, until Ctrl-C.
    Run,
    /// Without a window: each line of standard input is a command inside; `picture NAME` and `press KEY` are
    /// the test's own.
    Shell,
    /// An evening on it, without a window.
    Test {
        /// Only these steps; all when empty.
        steps: Vec<String>,
    },
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_env_filter("info").with_writer(std::io::stderr).init();
    let files = Files::new(&arguments.image)?;
    match arguments.command {
        Command::Run => {
            let _visit = Visit::start(&files, &arguments.out, true, false)?;
            println!(
                "The box starts in a window; emulated, this takes about a minute. Ctrl-C ends it."
            );
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            Ok(runtime.block_on(tokio::signal::ctrl_c())?)
        }
        Command::Shell => {
            let mut visit = Visit::start(&files, &arguments.out, false, false)?;
            visit.obey(std::io::stdin().lock())
        }
        Command::Test { steps } => {
            let mut visit = Visit::start(&files, &arguments.out, false, true)?;
            visit.walk(&steps)?;
            for (name, took) in visit.timings() {
                println!("{name:<14} {:>6.1} s", took.as_secs_f32());
            }
            let mut lines = String::new();
            for figure in visit.figures() {
                lines += &serde_json::to_string(figure)?;
                lines.push('\n');
            }
            print!("{lines}");
            std::fs::write(arguments.out.join("figures.jsonl"), lines)?;
            Ok(())
        }
    }
}
