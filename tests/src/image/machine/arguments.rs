//! What the emulator is told.

use std::net::SocketAddrV4;

/// Memory of the smallest box that we support, in MiB.
const MEMORY_MIB: u32 = 1_024;
/// What the machine calls its second network interface; `70-programmes.network` in the image knows it.
const PROGRAMMES_MAC: &str = "52:54:00:48:4b:02";
/// Address at which the machine sees the gateway, and nothing else.
const GATEWAY_IN_GUEST: &str = "10.0.2.100:8443";
/// Where the marks that the application writes inside come out.
pub(super) const MARKS: &str = "marks.jsonl";
/// Where the TPM answers.
pub(super) const TPM_SOCKET: &str = "tpm.sock";
/// UEFI for virtual machines.
const FIRMWARE: &str = "/usr/share/OVMF/OVMF_CODE_4M.fd";

/// The box itself: screen, reader, watchdog, the test's ears.
pub(super) fn machine(window: bool) -> Vec<String> {
    let accel = std::env::var("HITOKOE_QEMU_ACCEL").unwrap_or_else(|_| "tcg,thread=multi".into());
    let display = if window { "gtk" } else { "none" };
    let reboot = if window { "reset" } else { "shutdown" };
    format!(
        "-accel {accel} -cpu max -smp 2 -m {MEMORY_MIB} -nodefaults -vga none -display {display} \
         -name Hitokoe -device virtio-gpu-pci,xres=1280,yres=720 -device virtio-keyboard-pci \
         -device virtio-rng-pci -device i6300esb -action watchdog=reset,reboot={reboot} \
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
         -device virtserialport,chardev=agent,name=hitokoe.test.0 \
         -chardev file,id=marks,path={MARKS} \
         -device virtserialport,chardev=marks,name=hitokoe.marks.0"
    )
    .split_whitespace()
    .map(str::to_owned)
    .collect()
}

/// A chip of version 2 beside the processor.
pub(super) fn tpm() -> [String; 6] {
    [
        "-chardev",
        &format!("socket,id=tpm,path={TPM_SOCKET}"),
        "-tpmdev",
        "emulator,id=tpm0,chardev=tpm",
        "-device",
        "tpm-crb,tpmdev=tpm0",
    ]
    .map(str::to_owned)
}

/// The gateway through one hole in a wall, and the cable.
pub(super) fn network(gateway: u16, cable: (SocketAddrV4, SocketAddrV4)) -> Vec<String> {
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
