//! One virtual machine: a box that is a process here.
//!
//! The machine is emulated instruction by instruction (TCG): hosts differ too much in what they let a
//! virtual machine do. `HITOKOE_QEMU_ACCEL=kvm` chooses otherwise.

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

use super::{
    agent::{Agent, Answer},
    screen::Picture,
};
use crate::{browser::free_port, process::Process};

/// Memory of the smallest box that we support, in MiB.
const MEMORY_MIB: u32 = 1_024;
/// What the machine calls its second network interface; `70-programmes.network` in the image knows it.
const PROGRAMMES_MAC: &str = "52:54:00:48:4b:02";
/// Address at which the machine sees the gateway, and nothing else.
const GATEWAY_IN_GUEST: &str = "10.0.2.100:8443";
/// A command in an emulated machine, with others busy on the same cores.
pub const SOON: Duration = Duration::from_mins(4);

/// Starting, emulated, with other builds on the same cores.
pub const START: Duration = Duration::from_mins(8);
const SOCKETS: [&str; 3] = ["agent.sock", "ccid.sock", "qmp.sock"];
/// UEFI for virtual machines, and where it keeps its settings.
const FIRMWARE: &str = "/usr/share/OVMF/OVMF_CODE_4M.fd";
const FIRMWARE_SETTINGS: &str = "/usr/share/OVMF/OVMF_VARS_4M.fd";
/// In the image.
const BARE_SHELL: &str = "/usr/lib/hitokoe-test/bare";

/// What `cargo xtask image` left.
#[derive(Debug, Clone)]
pub struct Files(PathBuf);

impl Files {
    /// In this folder.
    pub fn new(folder: &Path) -> Result<Self> {
        let files = Self(folder.to_path_buf());
        for name in ["disk.img", "bundles.erofs", "linux", "initrd", "cmdline"] {
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
        for socket in SOCKETS {
            // A first start has none of them.
            let _ = std::fs::remove_file(self.folder.join(socket));
        }
        let mut command = Command::new("qemu-system-x86_64");
        command.current_dir(&self.folder).args(machine_arguments(wiring.window));
        command.args(network_arguments(wiring.gateway_port, self.cable));
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
        self.running = Some(Running { qemu, agent });
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

    /// A command after which the machine resets itself; gives when its system answers again.
    pub fn wait_for_reset(&mut self, command: &str, limit: Duration) -> Result<()> {
        let boot = self.succeed("cat /proc/sys/kernel/random/boot_id")?;
        // The machine dies with this on its lips.
        drop(self.agent()?.run(command, Duration::from_secs(2)));
        let end = std::time::Instant::now() + limit;
        loop {
            let ask = "cat /proc/sys/kernel/random/boot_id";
            if let Ok(answer) = self.agent()?.run(ask, Duration::from_secs(10))
                && answer.code == 0
                && answer.said != boot
            {
                return Ok(());
            }
            anyhow::ensure!(std::time::Instant::now() < end, "no reset within {limit:?}");
        }
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

/// The box itself: screen, reader, watchdog, the test's ears.
fn machine_arguments(window: bool) -> Vec<String> {
    let accel = std::env::var("HITOKOE_QEMU_ACCEL").unwrap_or_else(|_| "tcg,thread=multi".into());
    let display = if window { "gtk" } else { "none" };
    format!(
        "-accel {accel} -cpu max -smp 2 -m {MEMORY_MIB} -nodefaults -vga none -display {display} \
         -name Hitokoe -device virtio-gpu-pci,xres=1280,yres=720 -device virtio-keyboard-pci \
         -device virtio-rng-pci -device i6300esb -action watchdog=reset \
         -drive if=pflash,format=raw,readonly=on,file={FIRMWARE} \
         -drive if=pflash,format=raw,file=firmware-settings.fd \
         -drive file=disk.qcow2,format=qcow2,if=none,id=disk0,cache=unsafe \
         -device virtio-blk-pci,id=disk,drive=disk0,bootindex=1 \
         -serial file:serial.log -qmp unix:qmp.sock,server=on,wait=off \
         -device qemu-xhci,id=xhci \
         -chardev socket,id=ccid,path=ccid.sock,server=on,wait=off \
         -device usb-ccid,bus=xhci.0,id=ccid0 -device ccid-card-passthru,chardev=ccid,bus=ccid0.0 \
         -device virtio-serial-pci \
         -chardev socket,id=agent,path=agent.sock,server=on,wait=off \
         -device virtserialport,chardev=agent,name=hitokoe.test.0"
    )
    .split_whitespace()
    .map(str::to_owned)
    .collect()
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
    command.current_dir(folder).args(machine_arguments(false));
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

/// The gateway through one hole in a wall, and the cable.
fn network_arguments(gateway: u16, cable: (SocketAddrV4, SocketAddrV4)) -> Vec<String> {
    let (machine, here) = cable;
    let hole = format!("tcp:{GATEWAY_IN_GUEST}-cmd:socat - TCP:127.0.0.1:{gateway}");
    let cable = format!(
        "dgram,id=cable,local.type=inet,local.host={},local.port={},remote.type=inet,remote.host={},\
         remote.port={}",
        machine.ip(),
        machine.port(),
        here.ip(),
        here.port()
    );
    [
        "-netdev",
        &format!("user,id=net,restrict=on,guestfwd={hole}"),
        "-device",
        "virtio-net-pci,netdev=net,romfile=",
        "-netdev",
        &cable,
        "-device",
        &format!("virtio-net-pci,netdev=cable,mac={PROGRAMMES_MAC},romfile="),
    ]
    .map(str::to_owned)
    .to_vec()
}
