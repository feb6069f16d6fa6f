//! The project's commands: `demo`, `test`, `tidy`, `image`, `bench`.
//!
//! Each installs what it lacks from Debian and says so, needs no other step, and ends with a clear
//! result. The commands themselves are small: scenes, pictures and figures live in the package
//! `hitokoe-tests`, which is built only after its system libraries are there.

mod bench;
mod demo;
mod fuzz;
mod image;
mod layer;
mod packages;
mod place;
mod run;
mod test;
mod tidy;
mod tools;
mod voice;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Hitokoe's commands")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// One evening in one town: television, card, check-in, evacuation order, staff console.
    Demo {
        /// Drive it with remote keys and a real browser; save a picture per step and the latencies.
        #[arg(long)]
        tour: bool,
        /// Folder for the pictures and the latency table.
        #[arg(long, default_value = "tour")]
        out: std::path::PathBuf,
    },
    /// Everything that CI runs.
    Test {
        /// Run only these steps (see `--list`).
        steps: Vec<String>,
        /// Name the steps and stop.
        #[arg(long)]
        list: bool,
    },
    /// Rules of the repository: crate arrows, file sizes, documents that must be fresh.
    Tidy,
    /// The box as an image for a virtual machine, from the same files as the Yocto image.
    Image {
        /// Open it in a window, with a town around it.
        #[arg(long, conflicts_with = "test")]
        run: bool,
        /// Walk through an evening on it.
        #[arg(long)]
        test: bool,
        /// Build it again and compare the bytes; say what an update of a small change costs.
        #[arg(long, conflicts_with_all = ["run", "test"])]
        twice: bool,
    },
    /// Write the crate list of the Yocto recipes from Cargo.lock.
    YoctoCrates,
    /// The figures of the design's section 6, one JSON object per line.
    Bench {
        /// Names such as `login`, `zap`, `screen`; all when empty.
        names: Vec<String>,
    },
    /// Fuzz every target for a while (coverage-guided, stable compiler).
    Fuzz {
        /// Seconds per target.
        #[arg(long, default_value_t = 10)]
        seconds: u32,
        /// Only targets whose name contains this.
        #[arg(long)]
        target: Option<String>,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Demo { tour, out } => demo::run(tour, &out),
        Command::Test { steps, list } => test::run(&steps, list),
        Command::Tidy => tidy::run(),
        Command::Image { run: true, .. } => image::run(image::Purpose::Run),
        Command::Image { test: true, .. } => image::test(),
        Command::Image { twice: true, .. } => image::run(image::Purpose::Twice),
        Command::Image { .. } => image::run(image::Purpose::Build),
        Command::YoctoCrates => layer::write_crates(),
        Command::Bench { names } => bench::run(&names),
        Command::Fuzz { seconds, target } => fuzz::run(seconds, target.as_deref()),
    }
}
