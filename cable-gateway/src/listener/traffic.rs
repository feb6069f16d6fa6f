//! Which exchanges of a connection are open: requests whose answer has not been given in whole.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::Notify;

/// The exchanges of one connection.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    asked: AtomicBool,
    open: AtomicUsize,
    changed: Notify,
}

/// One exchange; over when dropped.
#[derive(Debug)]
pub(super) struct Exchange(Arc<Traffic>);

/// An answer's body; the exchange is over when nobody needs it any more.
#[derive(Debug)]
pub(super) struct Counted {
    body: Body,
    _exchange: Exchange,
}

impl Traffic {
    pub(super) fn begin(self: &Arc<Self>) -> Exchange {
        self.asked.store(true, Ordering::Relaxed);
        self.open.fetch_add(1, Ordering::Relaxed);
        self.changed.notify_one();
        Exchange(self.clone())
    }

    /// Returns after an exchange began or ended.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    pub(super) fn is_open(&self) -> bool {
        self.open.load(Ordering::Relaxed) > 0
    }

    /// Whether there was any request.
    pub(super) fn was_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}

impl Exchange {
    pub(super) fn with(self, body: Body) -> Counted {
        Counted { body, _exchange: self }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
        self.0.changed.notify_one();
    }
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
