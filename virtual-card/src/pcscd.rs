//! A private `pcscd` with a virtual reader, for tests, demo and measurements.
//!
//! `pcscd` normally owns the one socket `/run/pcscd/pcscd.comm`. Started by socket activation it
//! serves whatever socket it is handed, and its clients look at `PCSCLITE_CSOCK_NAME`; so each
//! [`CardService`] has its own socket, its own reader configuration and its own ports, several run
//! side by side, and a system-wide `pcscd` is left alone. It needs root, because `pcscd` writes its
//! pid below `/run/pcscd`.
//!
//! The driver listens on all interfaces; use it on development machines only.

use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener},
    os::{
        fd::OwnedFd,
        unix::net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

/// Environment variable in which clients find the socket.
pub const CLIENT_SOCKET_VARIABLE: &str = "PCSCLITE_CSOCK_NAME";

/// Reader as the card service names it, first slot.
pub const READER_NAME: &str = "Virtual PCD 00 00";

const DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";

/// Another program may take the ports between choosing and binding them.
const ATTEMPTS_MAX: u8 = 5;

/// Standard input is the listening socket, standard output a stream that both carries the log and
/// ends when the starting process ends, however it ends; then `pcscd` is stopped.
const SUPERVISOR: &str = r#"
exec 3<&0 0</dev/null
sh -c 'LISTEN_PID=$$ LISTEN_FDS=1 exec pcscd --foreground --info --config "$1"' pcscd "$1" 2>&1 &
exec 3<&-
read -r _ <&1
kill $! 2>/dev/null
wait $!
"#;

/// The socket that clients use when nothing tells them otherwise.
const SYSTEM_SOCKET: &str = "/run/pcscd/pcscd.comm";
const SYSTEM_SOCKET_LOCK: &str = "/run/lock/hitokoe-pcscd-socket.lock";

/// A running card service; stopped when dropped.
pub struct CardService {
    process: Option<Process>,
    said: Arc<Mutex<String>>,
    directory: tempfile::TempDir,
    socket: PathBuf,
    vpcd: SocketAddr,
    system_socket_lock: Option<File>,
}

struct Process {
    supervisor: Child,
    stream: UnixStream,
    log: Option<JoinHandle<()>>,
}

/// Why there is no card service.
#[derive(Debug, thiserror::Error)]
pub enum CardServiceError {
    /// A card service of the system is running already.
    #[error("a card service answers at {SYSTEM_SOCKET}; stop it first")]
    AlreadyRunning,
    /// The driver of the virtual reader is not installed.
    #[error("{DRIVER} is missing: install vsmartcard-vpcd")]
    DriverMissing,
    /// A file, socket or process of it failed.
    #[error("the card service could not be started: {0}")]
    Io(#[from] io::Error),
    /// It ended before it was ready.
    #[error("pcscd ended before it was ready (is it installed, and is this root?): {log}")]
    NotReady {
        /// What it said.
        log: String,
    },
}

impl CardService {
    /// Starts a service with two empty virtual slots and waits until it is ready. Clients reach it
    /// with [`Self::client_environment`].
    pub fn start() -> Result<Self, CardServiceError> {
        Self::start_at(None, None)
    }

    /// Starts a service at the system's own socket, for clients in this very process, whose
    /// environment cannot be changed safely. Waits for others who do the same.
    pub fn start_system_wide() -> Result<Self, CardServiceError> {
        let lock = File::create(SYSTEM_SOCKET_LOCK)?;
        lock.lock()?;
        if UnixStream::connect(SYSTEM_SOCKET).is_ok() {
            return Err(CardServiceError::AlreadyRunning);
        }
        fs::create_dir_all("/run/pcscd")?;
        Self::start_at(Some(PathBuf::from(SYSTEM_SOCKET)), Some(lock))
    }

    fn start_at(socket: Option<PathBuf>, lock: Option<File>) -> Result<Self, CardServiceError> {
        if !Path::new(DRIVER).exists() {
            return Err(CardServiceError::DriverMissing);
        }
        let mut service = Self::at_free_ports(socket)?;
        service.system_socket_lock = lock;
        let mut attempts_left = ATTEMPTS_MAX;
        loop {
            attempts_left -= 1;
            match service.run() {
                Ok(()) => return Ok(service),
                Err(error) if attempts_left == 0 => return Err(error),
                Err(error) => tracing::debug!(%error, "trying other ports"),
            }
            service.choose_ports()?;
        }
    }

    fn at_free_ports(socket: Option<PathBuf>) -> Result<Self, CardServiceError> {
        let directory = tempfile::Builder::new().prefix("pcscd-").tempdir()?;
        let socket = socket.unwrap_or_else(|| directory.path().join("pcscd.comm"));
        let mut service = Self {
            process: None,
            said: Arc::default(),
            socket,
            directory,
            vpcd: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            system_socket_lock: None,
        };
        fs::create_dir(service.configuration())?;
        service.choose_ports()?;
        Ok(service)
    }

    fn choose_ports(&mut self) -> Result<(), CardServiceError> {
        self.vpcd.set_port(free_port_pair()?);
        fs::write(self.configuration().join("vpcd"), self.reader())?;
        Ok(())
    }

    /// Where the virtual card connects to.
    pub fn vpcd_address(&self) -> SocketAddr {
        self.vpcd
    }

    /// Socket of the service.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Everything it said so far.
    pub fn log(&self) -> String {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What a client's environment must hold, e.g. for [`Command::envs`].
    pub fn client_environment(&self) -> [(&'static str, &Path); 1] {
        [(CLIENT_SOCKET_VARIABLE, self.socket())]
    }

    /// Stops it, as when the service dies while the box runs. Addresses stay reserved for
    /// [`Self::restart`].
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Starts it again under the same addresses.
    pub fn restart(&mut self) -> Result<(), CardServiceError> {
        self.stop();
        self.run()
    }

    fn configuration(&self) -> PathBuf {
        self.directory.path().join("reader.conf.d")
    }

    fn reader(&self) -> String {
        let port = self.vpcd.port();
        format!(
            "FRIENDLYNAME \"Virtual PCD\"\n\
             DEVICENAME /dev/null:{port}\n\
             LIBPATH {DRIVER}\n\
             CHANNELID {port}\n"
        )
    }

    fn run(&mut self) -> Result<(), CardServiceError> {
        remove_if_present(&self.socket)?;
        let listener = UnixListener::bind(&self.socket)?;
        let (stream, theirs) = UnixStream::pair()?;
        let supervisor = Command::new("sh")
            .args(["-c", SUPERVISOR, "supervisor"])
            .arg(self.configuration())
            .stdin(Stdio::from(OwnedFd::from(listener)))
            .stdout(Stdio::from(OwnedFd::from(theirs)))
            .spawn()?;
        let reader = BufReader::new(stream.try_clone()?);
        let mut process = Process { supervisor, stream, log: None };
        process.log = Some(wait_until_ready(reader, Arc::clone(&self.said))?);
        self.process = Some(process);
        Ok(())
    }
}

/// Reads the log until the daemon says it is ready, then goes on reading it in the background so
/// that the daemon never waits for a full pipe.
fn wait_until_ready(
    mut reader: BufReader<UnixStream>,
    said: Arc<Mutex<String>>,
) -> Result<JoinHandle<()>, CardServiceError> {
    let mut log = String::new();
    loop {
        let before = log.len();
        if reader.read_line(&mut log)? == 0 {
            return Err(CardServiceError::NotReady { log });
        }
        let line = &log[before..];
        note(&said, line.trim_end());
        if line.contains("Could not initialize connection to virtual ICC") {
            return Err(CardServiceError::NotReady { log });
        }
        if line.contains("daemon ready") {
            break;
        }
    }
    Ok(std::thread::spawn(move || {
        for line in reader.lines().map_while(Result::ok) {
            tracing::debug!(target: "pcscd", "{line}");
            note(&said, &line);
        }
    }))
}

fn note(said: &Mutex<String>, line: &str) {
    let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
    said.push_str(line);
    said.push('\n');
}

impl Drop for CardService {
    fn drop(&mut self) {
        self.stop();
        if let Err(error) = remove_if_present(&self.socket) {
            tracing::debug!(%error, "the card service's socket stays behind");
        }
        drop(self.system_socket_lock.take());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The supervisor reads the end of the stream, stops the daemon and waits for it.
        let ended = self.stream.shutdown(Shutdown::Write);
        let waited = self.supervisor.wait();
        if let Some(log) = self.log.take() {
            let joined = log.join();
            tracing::debug!(?ended, ?waited, joined = joined.is_ok(), "card service stopped");
        }
    }
}

fn remove_if_present(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Two neighbouring free ports: the driver uses one per slot.
fn free_port_pair() -> io::Result<u16> {
    for _ in 0..100 {
        let first = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        let port = first.local_addr()?.port();
        if port < u16::MAX && TcpListener::bind((Ipv4Addr::UNSPECIFIED, port + 1)).is_ok() {
            return Ok(port);
        }
    }
    Err(io::Error::new(io::ErrorKind::AddrInUse, "no two neighbouring ports are free"))
}
