//! Entry point: `cable-gateway serve|migrate|admin|check-config|openapi|example-config`.

use std::{
    io::{IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use cable_gateway::{
    admin::{self, Printed},
    config::{self, Config, LogFormat},
    lifecycle,
    web::box_api::document,
};
use clap::{Parser, Subcommand};

/// The operator's platform of Hitokoe: box API, order push, verifier, staff console.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// Configuration file
    #[arg(long, global = true, default_value = "/etc/hitokoe/gateway.toml")]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the gateway until SIGTERM
    Serve {
        /// Write the addresses listened on into this file, as JSON, when ready
        #[arg(long)]
        address_file: Option<PathBuf>,
    },
    /// Bring the database's schema up to date
    Migrate,
    /// Keys, town data, enrolment codes, cards, staff
    Admin {
        #[command(subcommand)]
        command: admin::Command,
    },
    /// Check the configuration and the files it names
    CheckConfig,
    /// Print the OpenAPI document of the box API
    Openapi,
    /// Print a configuration with every key explained, to begin with
    ExampleConfig,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Runtime::new().expect("the system gives threads");
    match runtime.block_on(run(arguments)) {
        Ok(output) => print(&output),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "cable-gateway: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<Printed> {
    let config = match arguments.command {
        Command::Openapi => return Ok(document::text().into()),
        Command::ExampleConfig => return Ok(config::EXAMPLE.to_owned().into()),
        _ => load(&arguments.config)?,
    };
    let text = match arguments.command {
        Command::Serve { address_file } => {
            lifecycle::serve(config, address_file.as_deref()).await?;
            String::new()
        }
        Command::Migrate => admin::migrate(&config).await?,
        Command::Admin { command } => return admin::run(&config, command).await,
        Command::CheckConfig => admin::check_config(&config)?,
        Command::Openapi | Command::ExampleConfig => anyhow::bail!("handled above"),
    };
    Ok(text.into())
}

fn load(path: &Path) -> anyhow::Result<Config> {
    let config = config::load(path)?;
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log.filter)?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match config.log.format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
    Ok(config)
}

fn print(Printed { text: output, notice }: &Printed) -> ExitCode {
    // Beside the output, which often goes into a file.
    if let Some(line) = notice {
        let _ = writeln!(std::io::stderr(), "cable-gateway: {line}");
    }
    let mut out = std::io::stdout().lock();
    let newline = if output.is_empty() || output.ends_with('\n') { "" } else { "\n" };
    match write!(out, "{output}{newline}").and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        // A reader that went away has seen what it wanted.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!(
                "the output could not be written: {error}; the command was carried out, and codes or \
                 passwords in its output are lost: make room, then draw new ones"
            );
            ExitCode::FAILURE
        }
    }
}
