//! The television application of the box.

use std::process::ExitCode;

fn main() -> anyhow::Result<ExitCode> {
    stb_app::app::run()
}
