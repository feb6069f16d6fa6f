//! The television application of the box.

use std::process::ExitCode;

fn main() -> ExitCode {
    stb_app::app::run()
}
