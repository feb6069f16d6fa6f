//! Tests that want the GTK thread and a screen that nobody else draws on.
//!
//! Such a test has its own `main`; it runs itself below xvfb-run.

use std::process::{Command, ExitCode};

/// Set in the process below xvfb-run.
const ON_ITS_SCREEN: &str = "HITOKOE_TEST_HAS_A_SCREEN";

/// A check with its name.
pub(crate) type Named<T> = (&'static str, T);

/// Lists the checks, or runs them on a screen of this size, e.g. `1920x1080`.
pub(crate) fn run<T>(size: &str, checks: &[Named<T>], run_one: impl Fn(&T)) -> ExitCode {
    if std::env::args().any(|argument| argument == "--list") {
        for (name, _) in checks {
            println!("{name}: test");
        }
        return ExitCode::SUCCESS;
    }
    if std::env::var_os(ON_ITS_SCREEN).is_none() {
        return again_on_a_screen(size);
    }
    for (name, check) in checks {
        run_one(check);
        println!("test {name} ... ok");
    }
    ExitCode::SUCCESS
}

fn again_on_a_screen(size: &str) -> ExitCode {
    let status = Command::new("xvfb-run")
        .args(["-a", "-s", &format!("-screen 0 {size}x24")])
        .args(std::env::args_os())
        .env(ON_ITS_SCREEN, "1")
        .env("GSK_RENDERER", "cairo")
        .env("GTK_A11Y", "none")
        .env("GDK_BACKEND", "x11")
        .status();
    match status {
        Ok(status) if status.success() => return ExitCode::SUCCESS,
        Ok(_) => {}
        Err(error) => eprintln!("xvfb-run: {error}"),
    }
    ExitCode::FAILURE
}
