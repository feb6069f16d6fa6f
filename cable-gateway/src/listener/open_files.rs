//! Every connection is an open file.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that are open besides connections: database, keys, logs, multicast.
const OTHER_FILES: u64 = 128;

/// Raises the number of files that this process may have open as far as the system lets it, and
/// says in the log what was reached. `connections` is how many the configuration allows.
pub fn raise_open_files(connections: usize) {
    let before = getrlimit(Resource::Nofile);
    let wanted = Rlimit { current: before.maximum, maximum: before.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, wanted) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
    // None is no limit at all.
    let reached = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let needed = connections as u64 + OTHER_FILES;
    if reached < needed {
        tracing::warn!(
            reached,
            needed,
            "fewer open files than the configured connections need: raise LimitNOFILE of the \
             service, or lower max_connections"
        );
    } else {
        tracing::info!(before = ?before.current, reached, "open files");
    }
}
