//! Collects how the box is, once its home has said yes. Everything is a number, a word of a list or a line of
//! the application's own log; what cannot be read is left out.

use std::{fs, path::Path};

use gateway_api::diagnosis::{INTERFACES_MAX, Interface, InterfaceKind, ProcessState};
use rustix::time::{ClockId, clock_gettime};

/// Of the application itself.
pub(super) fn process() -> ProcessState {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let number = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line?.split_ascii_whitespace().next()?.parse().ok()
    };
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    let spent_ms = spent.tv_sec.saturating_mul(1_000).saturating_add(spent.tv_nsec / 1_000_000);
    ProcessState {
        resident_kib: number("VmRSS"),
        processor_ms: u64::try_from(spent_ms).ok(),
        threads: number("Threads"),
    }
}

/// The hottest place below `thermal`, thousandths of a degree Celsius.
pub(super) fn temperature(thermal: &Path) -> Option<i32> {
    folders(thermal, "thermal_zone").filter_map(|zone| number(&zone.join("temp"))).max()
}

/// Interfaces below `net` but the machine's way to itself.
pub(super) fn interfaces(net: &Path) -> Vec<Interface> {
    let mut folders: Vec<_> = folders(net, "").filter(|one| !one.ends_with("lo")).collect();
    folders.sort();
    folders.iter().take(INTERFACES_MAX).map(|folder| interface(folder)).collect()
}

fn interface(folder: &Path) -> Interface {
    let count = |name: &str| number(&folder.join("statistics").join(name)).unwrap_or(0_u64);
    let sum = |names: [&str; 2]| count(names[0]).saturating_add(count(names[1]));
    let kind = if folder.join("wireless").exists() || folder.join("phy80211").exists() {
        InterfaceKind::Wireless
    } else if folder.join("device").exists() {
        InterfaceKind::Wired
    } else {
        InterfaceKind::Other
    };
    Interface {
        kind,
        has_carrier: number(&folder.join("carrier")) == Some(1_u8),
        megabits: number(&folder.join("speed")),
        received_bytes: count("rx_bytes"),
        sent_bytes: count("tx_bytes"),
        receive_faults: sum(["rx_errors", "rx_dropped"]),
        send_faults: sum(["tx_errors", "tx_dropped"]),
    }
}

fn folders(below: &Path, prefix: &'static str) -> impl Iterator<Item = std::path::PathBuf> {
    let entries = fs::read_dir(below).into_iter().flatten().filter_map(Result::ok);
    let named =
        entries.filter(move |entry| entry.file_name().to_string_lossy().starts_with(prefix));
    named.map(|entry| entry.path())
}

fn number<T: std::str::FromStr>(file: &Path) -> Option<T> {
    fs::read_to_string(file).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory_time_and_threads() {
        let process = process();
        assert!(process.resident_kib.is_some_and(|kib| kib > 1_000));
        assert!(process.threads.is_some_and(|threads| threads >= 1));
        assert!(process.processor_ms.is_some());
    }

    #[test]
    fn interfaces_are_read_without_names_and_addresses() -> std::io::Result<()> {
        let root = tempfile::tempdir()?;
        let put = |file: &str, text: &str| {
            let file = root.path().join(file);
            fs::create_dir_all(file.parent().expect("below the folder"))?;
            fs::write(file, text)
        };
        put("net/lo/statistics/rx_bytes", "9")?;
        put("net/eth0/device/driver", "")?;
        put("net/eth0/carrier", "1\n")?;
        put("net/eth0/speed", "1000\n")?;
        put("net/eth0/address", "02:00:00:00:00:01\n")?;
        put("net/eth0/statistics/rx_bytes", "12\n")?;
        put("net/eth0/statistics/rx_errors", "2\n")?;
        put("net/eth0/statistics/rx_dropped", "3\n")?;
        put("net/wlan0/phy80211/index", "0")?;
        put("net/wlan0/speed", "-1\n")?;
        put("thermal/thermal_zone0/temp", "41000\n")?;
        put("thermal/thermal_zone1/temp", "57250\n")?;
        put("thermal/cooling_device0/temp", "99000\n")?;
        let nothing = Interface {
            kind: InterfaceKind::Wireless,
            has_carrier: false,
            megabits: None,
            received_bytes: 0,
            sent_bytes: 0,
            receive_faults: 0,
            send_faults: 0,
        };
        let wired = Interface {
            kind: InterfaceKind::Wired,
            has_carrier: true,
            megabits: Some(1_000),
            received_bytes: 12,
            receive_faults: 5,
            ..nothing
        };
        assert_eq!(interfaces(&root.path().join("net")), [wired, nothing]);
        assert_eq!(temperature(&root.path().join("thermal")), Some(57_250));
        assert_eq!(temperature(&root.path().join("nowhere")), None);
        Ok(())
    }
}
