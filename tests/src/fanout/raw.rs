//! The bound: a process that does nothing but `write()` the same bytes to every socket.

use std::{
    io::{BufRead as _, Write as _},
    net::TcpListener,
    path::Path,
    process::Command,
};

use anyhow::{Context, Result};
use tokio::net::TcpStream;

use super::{DEADLINE, Outcome, RECEIVERS, Receivers, Server, rounds};
use crate::{browser::free_port, process::Process};

/// First argument of this program when it is the bound itself.
const ARGUMENT: &str = "raw-write-loop";

struct RawLoop {
    process: Process,
    control: std::net::TcpStream,
}

impl Server for RawLoop {
    async fn publish(&mut self) -> Result<()> {
        Ok(self.control.write_all(b"go\n")?)
    }

    fn cpu_us(&self) -> Result<i64> {
        self.process.cpu_us()
    }
}

pub(super) async fn measure(frame: &[u8]) -> Result<Outcome> {
    let folder = tempfile::tempdir()?;
    let (payload, port) = (folder.path().join("frame"), free_port()?);
    std::fs::write(&payload, frame)?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(ARGUMENT).arg(port.to_string()).arg(&payload);
    let mut process = Process::start(ARGUMENT, &mut command, folder.path())?;
    let address = format!("127.0.0.1:{port}");
    let mut control = None;
    process.wait_until("listening", DEADLINE, || {
        control = std::net::TcpStream::connect(&address).ok();
        control.is_some()
    })?;
    let mut server = RawLoop { process, control: control.context("connected")? };
    let receivers = Receivers::connect(|_| {
        let address = address.clone();
        async move { Ok(TcpStream::connect(address).await?) }
    });
    rounds(&mut server, &receivers.await?).await
}

/// The bound itself: the first connection says when, the others get the bytes.
fn serve(port: &str, payload: &Path) -> Result<()> {
    super::raise_open_files()?;
    let frame = std::fs::read(payload)?;
    let listener = TcpListener::bind(format!("127.0.0.1:{port}"))?;
    let (control, _) = listener.accept()?;
    let mut sockets = Vec::with_capacity(RECEIVERS);
    for _ in 0..RECEIVERS {
        let (socket, _) = listener.accept()?;
        socket.set_nodelay(true)?;
        sockets.push(socket);
    }
    for line in std::io::BufReader::new(control).lines() {
        line?;
        for socket in &mut sockets {
            socket.write_all(&frame)?;
        }
    }
    Ok(())
}

/// Whether this process was started as the bound; then it serves and ends.
pub fn serve_if_asked(arguments: &[String]) -> Option<Result<()>> {
    match arguments {
        [first, port, payload] if first == ARGUMENT => Some(serve(port, Path::new(payload))),
        _ => None,
    }
}
