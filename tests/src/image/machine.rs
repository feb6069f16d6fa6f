//! One virtual machine: a box that is a process here.
//!
//! The machine is emulated instruction by instruction (TCG): hosts differ too much in what they let a
//! virtual machine do. `HITOKOE_QEMU_ACCEL=kvm` chooses otherwise.

mod arguments;

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, SocketAddrV4},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use self::arguments::{MARKS, TPM_SOCKET};
use super::{
    agent::{Agent, Answer},
    screen::Picture,
};
use crate::{browser::free_port, marks::Marks, process::Process};

/// A command in an emulated machine, with others busy on the same cores.
pub const SOON: Duration = Duration::from_mins(4);

/// Starting, emulated, with other builds on the same cores.
pub const START: Duration = Duration::from_mins(8);
const SOCKETS: [&str; 3] = ["agent.sock", "ccid.sock", "qmp.sock"];
/// Where UEFI keeps its settings.
const FIRMWARE_SETTINGS: &str = "/usr/share/OVMF/OVMF_VARS_4M.fd";
/// Another one at each start.
const BOOT_ID: &str = "cat /proc/sys/kernel/random/boot_id";
/// In the image.
const BARE_SHELL: &str = "/usr/lib/hitokoe-test/bare";

const FILES: [&str; 7] =
    ["disk.img", "rootfs.erofs", "bundles.erofs", "offered.raucb", "linux", "initrd", "cmdline"];

/// What `cargo xtask image` left.
#[derive(Debug, Clone)]
pub struct Files(PathBuf);

impl Files {
    /// In this folder.
    pub fn new(folder: &Path) -> Result<Self> {
        let files = Self(folder.to_path_buf());
        for name in FILES {
            anyhow::ensure!(files.path(name).exists(), "{} is missing", files.path(name).display());
        }
        Ok(files)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

/// How the machine is started.
#[derive(Debug, Clone)]
pub struct Wiring {
    /// Where the gateway listens on this host.
    pub gateway_port: u16,
    /// What the box gets from its factory: name and file or text.
    pub credentials: Vec<(String, Credential)>,
    /// A window of its own, for people.
    pub window: bool,
}

/// Where a credential's content is.
#[derive(Debug, Clone)]
pub enum Credential {
    /// In a file.
    File(PathBuf),
    /// Here.
    Text(String),
}

/// A machine, running or without power.
#[derive(Debug)]
pub struct Machine {
    running: Option<Running>,
    files: Files,
    folder: PathBuf,
    /// Where programmes are sent to, and from where.
    pub cable: (SocketAddrV4, SocketAddrV4),
}

#[derive(Debug)]
struct Running {
    qemu: Process,
    /// Ends with the emulator; what it knows stays in its folder, as in the chip of a box without power.
    _tpm: Process,
    agent: Agent,
}

impl Machine {
    /// Starts a machine with an own copy of the disk; everything it needs lies in `folder`.
    pub fn start(files: &Files, wiring: &Wiring, folder: &Path) -> Result<Self> {
        copy_disk(files, folder)?;
        std::fs::copy(FIRMWARE_SETTINGS, folder.join("firmware-settings.fd"))
            .context(FIRMWARE_SETTINGS)?;
        let mut machine = Self {
            running: None,
            files: files.clone(),
            folder: folder.to_path_buf(),
            cable: (loopback(free_port()?), loopback(free_port()?)),
        };
        machine.power_on(wiring)?;
        Ok(machine)
    }

    /// With the disk and the firmware's settings as they were left.
    pub fn power_on(&mut self, wiring: &Wiring) -> Result<()> {
        // What is left of an emulator that ended: its TPM still holds the folder.
        self.running = None;
        for socket in SOCKETS {
            // A first start has none of them.
            let _ = std::fs::remove_file(self.folder.join(socket));
        }
        let tpm = start_tpm(&self.folder)?;
        let mut command = Command::new("qemu-system-x86_64");
        command.current_dir(&self.folder).args(arguments::machine(wiring.window));
        command.args(arguments::tpm());
        command.args(arguments::network(wiring.gateway_port, self.cable));
        let updates = std::path::absolute(self.files.path("bundles.erofs"))?;
        let updates = format!("file={},format=raw,if=virtio,readonly=on", updates.display());
        command.arg("-drive").arg(updates);
        for (name, credential) in &wiring.credentials {
            let content = match credential {
                Credential::File(file) => format!("file={}", file.display()),
                Credential::Text(text) => format!("string={text}"),
            };
            let name = format!("name=opt/io.systemd.credentials/{name},{content}");
            command.arg("-fw_cfg").arg(name);
        }
        let mut qemu = Process::start("qemu", &mut command, &self.folder)?;
        let folder = &self.folder;
        qemu.wait_until("its sockets", SOON, || {
            SOCKETS.iter().all(|name| folder.join(name).exists())
                && UnixStream::connect(folder.join("qmp.sock")).is_ok()
        })?;
        let agent = Agent::connect(&folder.join("agent.sock"))?;
        self.running = Some(Running { qemu, _tpm: tpm, agent });
        Ok(())
    }

    /// The plug is pulled, whatever the machine is in the middle of.
    pub fn cut_power(&mut self) -> Result<()> {
        match self.running.take() {
            Some(running) => running.qemu.kill(),
            None => bail!("the machine has no power already"),
        }
    }

    fn agent(&mut self) -> Result<&mut Agent> {
        let running = self.running.as_mut().context("the machine has no power")?;
        running.qemu.ensure_running()?;
        Ok(&mut running.agent)
    }

    /// So many bytes a second reach the disk, for whoever wants to be in time for the middle of a write.
    pub fn slow_down_disk(&self, bytes: u32) -> Result<()> {
        let limits = json!({
            "device": "disk0", "bps": 0, "bps_rd": 0, "bps_wr": bytes, "iops": 0, "iops_rd": 0, "iops_wr": 0,
        });
        self.qmp("block_set_io_throttle", &limits).map(drop)
    }

    /// The card reader's cable is pulled.
    pub fn unplug_reader(&self) -> Result<()> {
        self.qmp("device_del", &json!({"id": "ccid0"})).map(drop)
    }

    /// And put in again.
    pub fn plug_reader(&self) -> Result<()> {
        let reader = json!({"driver": "usb-ccid", "bus": "xhci.0", "id": "ccid0"});
        let slot = json!({"driver": "ccid-card-passthru", "chardev": "ccid", "bus": "ccid0.0"});
        for device in [reader, slot] {
            // Its name is free only when the old one is gone.
            crate::watch::until("the reader's place", SOON, || {
                Ok(self.qmp("device_add", &device).ok())
            })?;
        }
        Ok(())
    }

    /// Socket of the card reader.
    pub fn reader_socket(&self) -> PathBuf {
        self.folder.join("ccid.sock")
    }

    /// What of a slot is its file system; the rest is empty.
    pub fn slot_bytes(&self) -> Result<u64> {
        Ok(std::fs::metadata(self.files.path("rootfs.erofs"))?.len())
    }

    /// The update that the gateway offers.
    pub fn offered_bundle(&self) -> PathBuf {
        self.files.path("offered.raucb")
    }

    /// What the application marks, followed since the power came on.
    pub fn marks(&self) -> Marks {
        Marks::new(self.folder.join(MARKS))
    }

    /// An error when the emulator ended.
    pub fn ensure_running(&mut self) -> Result<()> {
        self.agent().map(drop)
    }

    /// What the kernel and the services printed.
    pub fn console(&self) -> String {
        console(&self.folder)
    }

    /// A command inside; its exit code is up to the caller.
    pub fn run(&mut self, command: &str) -> Result<Answer> {
        self.run_within(command, SOON)
    }

    /// The same for a command that takes its time.
    pub fn run_within(&mut self, command: &str, limit: Duration) -> Result<Answer> {
        self.agent()?.run(command, limit)
    }

    /// A command inside that must succeed.
    pub fn succeed(&mut self, command: &str) -> Result<String> {
        self.agent()?.succeed(command, SOON)
    }

    /// Waits until a command inside succeeds.
    pub fn wait_for(&mut self, command: &str, limit: Duration) -> Result<()> {
        let looked = std::time::Instant::now();
        // The first answer may come only when the system is up.
        let mut answer = self.agent()?.run(command, limit)?;
        while answer.code != 0 {
            if looked.elapsed() > limit {
                bail!("`{command}` did not succeed within {limit:?}: {}", answer.said);
            }
            answer = self.agent()?.run(&format!("sleep 0.3; {command}"), limit)?;
        }
        Ok(())
    }

    /// A command after which the machine resets itself, once or more; gives when its system answers again.
    ///
    /// A reset ends the emulator, and a new one goes on with disk and firmware as they are: it starts twice as fast
    /// as one whose memory still holds the translated code of the boot before.
    pub fn wait_for_reset(
        &mut self,
        command: &str,
        wiring: &Wiring,
        limit: Duration,
    ) -> Result<()> {
        let boot = self.succeed(BOOT_ID)?;
        // The machine dies with this on its lips.
        drop(self.agent()?.run(command, Duration::from_secs(2)));
        crate::watch::until("a reset", limit, || {
            let running = self.running.as_mut().context("the machine has no power")?;
            if running.qemu.has_ended_well()? {
                self.power_on(wiring)?;
                return Ok(None);
            }
            let answer = running.agent.run(BOOT_ID, Duration::from_secs(10));
            Ok(answer.ok().filter(|answer| answer.code == 0 && answer.said != boot).map(drop))
        })
    }

    /// The screen as a picture.
    pub fn picture(&self) -> Result<Picture> {
        let file = self.folder.join("screen.ppm");
        self.qmp("screendump", &json!({"filename": file}))?;
        Picture::read(&file)
    }

    /// The screen as a file for people.
    pub fn save_picture(&self, file: &Path) -> Result<()> {
        let file = std::path::absolute(file)?;
        self.qmp("screendump", &json!({"filename": file, "format": "png"})).map(drop)
    }

    /// A key of the emulated keyboard.
    pub fn key(&self, qcode: &str) -> Result<()> {
        for down in [true, false] {
            let key = json!({"type": "qcode", "data": qcode});
            let event = json!({"type": "key", "data": {"down": down, "key": key}});
            self.qmp("input-send-event", &json!({"events": [event]}))?;
        }
        Ok(())
    }

    /// One command of QEMU's own protocol.
    pub fn qmp(&self, command: &str, arguments: &Value) -> Result<Value> {
        let mut stream = UnixStream::connect(self.folder.join("qmp.sock"))?;
        stream.set_read_timeout(Some(SOON))?;
        let mut lines = BufReader::new(stream.try_clone()?).lines();
        lines.next().context("no greeting")??;
        let mut answer = Value::Null;
        for request in [
            json!({"execute": "qmp_capabilities"}),
            json!({"execute": command, "arguments": arguments}),
        ] {
            writeln!(stream, "{request}")?;
            answer = loop {
                let line: Value = serde_json::from_str(&lines.next().context("QEMU is gone")??)?;
                // Events come in between.
                if line.get("return").is_some() || line.get("error").is_some() {
                    break line;
                }
            };
        }
        match answer.get("error") {
            None => Ok(answer),
            Some(error) => bail!("{command}: {error}"),
        }
    }
}

fn loopback(port: u16) -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)
}

/// The chip that keeps the key of the data partition.
fn start_tpm(folder: &Path) -> Result<Process> {
    let (socket, state) = (folder.join(TPM_SOCKET), folder.join("tpm"));
    std::fs::create_dir_all(&state)?;
    // Left by the machine's start before.
    let _ = std::fs::remove_file(&socket);
    let mut command = Command::new("swtpm");
    command.args(["socket", "--tpm2", "--terminate", "--flags", "startup-clear"]);
    command.arg("--tpmstate").arg(format!("dir={}", state.display()));
    command.arg("--ctrl").arg(format!("type=unixio,path={}", socket.display()));
    let mut tpm = Process::start("swtpm", &mut command, folder)?;
    tpm.wait_until("its socket", SOON, || socket.exists())?;
    Ok(tpm)
}

fn copy_disk(files: &Files, folder: &Path) -> Result<()> {
    let image = std::path::absolute(files.path("disk.img"))?;
    crate::process::succeed(
        Command::new("qemu-img")
            .args(["create", "-q", "-f", "qcow2", "-F", "raw", "-b"])
            .arg(image)
            .arg(folder.join("disk.qcow2")),
    )
    .map(drop)
}

/// Seconds from the kernel's first instruction to a shell as its first process: the same kernel, initramfs,
/// disk and devices, and nothing of ours.
pub fn bare_start(files: &Files, folder: &Path) -> Result<f64> {
    std::fs::create_dir_all(folder)?;
    copy_disk(files, folder)?;
    std::fs::copy(FIRMWARE_SETTINGS, folder.join("firmware-settings.fd"))
        .context(FIRMWARE_SETTINGS)?;
    let cmdline = std::fs::read_to_string(files.path("cmdline"))?;
    let append = format!("root=PARTLABEL=rootfs-a {} init={BARE_SHELL}", cmdline.trim());
    let mut command = Command::new("qemu-system-x86_64");
    command.current_dir(folder).args(arguments::machine(false));
    for (option, name) in [("-kernel", "linux"), ("-initrd", "initrd")] {
        command.arg(option).arg(std::path::absolute(files.path(name))?);
    }
    let mut qemu = Process::start("qemu", command.arg("-append").arg(append), folder)?;
    let seconds = crate::watch::until("a bare shell", START, || {
        qemu.ensure_running()?;
        let said = console(folder);
        let words = said.split_once("bare shell after ").map(|(_, rest)| rest);
        let seconds = words.and_then(|rest| rest.split_once(" s"));
        Ok(seconds.and_then(|(seconds, _)| seconds.parse().ok()))
    });
    qemu.kill()?;
    seconds
}

fn console(folder: &Path) -> String {
    let bytes = std::fs::read(folder.join("serial.log")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}
