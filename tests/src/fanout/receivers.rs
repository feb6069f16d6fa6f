//! Receivers that count what they get.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use anyhow::Result;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    sync::{Notify, Semaphore},
    task::JoinSet,
};

use super::{MARK, RECEIVERS};

/// Connections being made at the same time; the gateway gives one network 64 places for handshakes.
const AT_ONCE: usize = 48;

/// All receivers; dropped, they leave.
pub(super) struct Receivers {
    got: Arc<Got>,
    _tasks: JoinSet<()>,
}

#[derive(Default)]
struct Got {
    count: AtomicUsize,
    changed: Notify,
}

impl Receivers {
    /// Connects them; `connect` gives the stream of one, subscribed.
    pub(super) async fn connect<S, F>(connect: impl Fn(usize) -> F) -> Result<Self>
    where
        S: AsyncRead + Unpin + Send + 'static,
        F: Future<Output = Result<S>> + Send + 'static,
    {
        let got = Arc::new(Got::default());
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        let mut connecting = JoinSet::new();
        for number in 0..RECEIVERS {
            let turn = turns.clone().acquire_owned().await?;
            let stream = connect(number);
            connecting.spawn(async move {
                let stream = stream.await;
                drop(turn);
                stream
            });
        }
        let mut tasks = JoinSet::new();
        while let Some(stream) = connecting.join_next().await {
            tasks.spawn(receive(stream??, got.clone()));
        }
        Ok(Self { got, _tasks: tasks })
    }

    /// Deliveries so far.
    pub(super) fn count(&self) -> usize {
        self.got.count.load(Ordering::SeqCst)
    }

    /// Waits for so many deliveries in all.
    pub(super) async fn have(&self, count: usize) {
        while self.count() < count {
            self.got.changed.notified().await;
        }
    }
}

async fn receive(mut stream: impl AsyncRead + Unpin, got: Arc<Got>) {
    let mut buffer = [0; 4096];
    let mut kept = 0;
    while let Ok(read) = stream.read(&mut buffer[kept..]).await {
        if read == 0 {
            return;
        }
        let filled = kept + read;
        let found = buffer[..filled].windows(MARK.len()).filter(|window| *window == MARK).count();
        for _ in 0..found {
            let before = got.count.fetch_add(1, Ordering::SeqCst);
            if (before + 1).is_multiple_of(RECEIVERS) {
                got.changed.notify_one();
            }
        }
        // A mark may be cut in two.
        kept = filled.min(MARK.len() - 1);
        buffer.copy_within(filled - kept..filled, 0);
    }
}
