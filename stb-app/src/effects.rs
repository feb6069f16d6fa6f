//! One adapter for each kind of effect.
//!
//! Every adapter owns its thread. It takes commands from an unbounded channel, because the driver
//! may never wait for it (commands come at the pace of one person), and it puts what happened into
//! the driver's bounded channel, where it waits when that is full: nothing is ever thrown away
//! there, the pressure goes back to the socket, the kernel's queue or the reader. An adapter that
//! panics is started again with its queue intact; the process lives on.

pub mod audio;
pub mod card;
pub mod caretaker;
pub mod clock;
pub mod cue;
mod file;
pub mod link;
pub mod multicast;
pub mod signs;
pub mod speech;
pub mod store;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    thread::{Builder, JoinHandle},
    time::Duration,
};

/// Pause before an adapter that panicked starts again.
const RESTART_PAUSE: Duration = Duration::from_millis(500);

/// What an adapter tells the driver.
pub type Events = async_channel::Sender<stb_core::event::Event>;

/// Capacity of the driver's channel: a burst of a whole catch-up of orders fits.
pub const EVENTS_MAX: usize = 1_024;

/// Why an adapter's work came to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Nobody sends commands or listens any more.
    Finished,
    /// Something failed that a fresh start may mend.
    Broken,
}

/// Runs an adapter on a thread of its own and starts it again after a panic or a failure.
pub fn supervise(
    name: &'static str,
    mut work: impl FnMut() -> Ended + Send + 'static,
) -> std::io::Result<JoinHandle<()>> {
    Builder::new().name(name.to_owned()).spawn(move || {
        loop {
            match catch_unwind(AssertUnwindSafe(&mut work)) {
                Ok(Ended::Finished) => return,
                Ok(Ended::Broken) => tracing::warn!(adapter = name, "adapter starts again"),
                Err(_) => tracing::error!(adapter = name, "adapter panicked; it starts again"),
            }
            std::thread::park_timeout(RESTART_PAUSE);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adapter_that_panics_goes_on_with_its_queue() {
        let (commands, queue) = std::sync::mpsc::channel::<u8>();
        let (done, results) = std::sync::mpsc::channel();
        let thread = supervise("test", move || {
            while let Ok(command) = queue.recv() {
                assert_ne!(command, 1, "a defect of the adapter");
                done.send(command).expect("the test listens");
            }
            Ended::Finished
        })
        .expect("a thread");
        for command in [0, 1, 2] {
            commands.send(command).expect("the adapter listens");
        }
        drop(commands);
        assert_eq!(results.iter().collect::<Vec<_>>(), [0, 2]);
        thread.join().expect("the adapter ended in peace");
    }
}
