//! Clients that do not get on, over real sockets.

use std::sync::Mutex;

use axum::{
    body::Bytes,
    routing::{get, post},
};
use futures_util::stream;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    sync::oneshot,
};

use super::*;

mod tls;

/// Nothing here takes longer unless something is broken.
const DEADLINE: Duration = Duration::from_secs(20);

struct Open {
    address: SocketAddr,
    shutdown: CancellationToken,
    tasks: TaskTracker,
}

async fn open(limits: Limits, router: Router) -> Open {
    let address = "127.0.0.1:0".parse().expect("an address");
    let listener = Listener::bind(address, None, limits).await.expect("a free port");
    let (shutdown, tasks) = (CancellationToken::new(), TaskTracker::new());
    let address = listener.address();
    tasks.spawn(listener.serve(router, tasks.clone(), shutdown.clone()));
    Open { address, shutdown, tasks }
}

impl Open {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("the listener is there")
    }

    async fn close(self) {
        self.shutdown.cancel();
        self.tasks.close();
        tokio::time::timeout(DEADLINE, self.tasks.wait()).await.expect("every connection ends");
    }
}

fn limits() -> Limits {
    let short = Duration::from_millis(300);
    Limits { head: short, stalled: short, ..Limits::new(64, 32) }
}

fn hello() -> Router {
    Router::new().route("/", get(|| async { "hello" }))
}

/// Whether the other end closed the connection before the deadline.
async fn is_closed(stream: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    let read = tokio::time::timeout(DEADLINE, stream.read_to_end(&mut rest)).await;
    read.is_ok()
}

async fn is_answered(open: &Open) -> bool {
    let mut stream = open.connect().await;
    let request = b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";
    if stream.write_all(request).await.is_err() {
        return false;
    }
    let mut answer = String::new();
    let read = tokio::time::timeout(DEADLINE, stream.read_to_string(&mut answer)).await;
    read.is_ok_and(|read| read.is_ok()) && answer.ends_with("hello")
}

#[tokio::test]
async fn heads_that_never_end_are_cut_off_and_the_others_are_served() {
    let open = open(limits(), hello()).await;
    let mut slow = Vec::new();
    for index in 0..20 {
        let mut stream = open.connect().await;
        let head: &[u8] = if index % 2 == 0 { b"GET / HTTP/1.1\r\nHost: he" } else { b"" };
        stream.write_all(head).await.expect("sent");
        slow.push(stream);
    }
    assert!(is_answered(&open).await, "while they are waiting");
    for stream in &mut slow {
        assert!(is_closed(stream).await);
    }
    open.close().await;
}

#[tokio::test]
async fn a_head_byte_by_byte_gets_no_more_time_than_a_silent_one() {
    let open = open(limits(), hello()).await;
    let mut stream = open.connect().await;
    stream.write_all(b"GET / HTTP/1.1\r\nX: ").await.expect("sent");
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let mut cut_off = false;
    for _ in 0..500 {
        ticks.tick().await;
        cut_off = stream.write_all(b"x").await.is_err();
        if cut_off {
            break;
        }
    }
    assert!(cut_off, "ten seconds of single bytes");
    open.close().await;
}

#[tokio::test]
async fn an_address_beyond_its_share_is_closed_at_once_until_one_leaves() {
    let mut open_limits = limits();
    (open_limits.per_address, open_limits.head) = (2, DEADLINE);
    let open = open(open_limits, hello()).await;
    let (first, second) = (open.connect().await, open.connect().await);
    assert!(is_closed(&mut open.connect().await).await);
    drop(first);
    // The listener notices the end of a connection some time after it.
    let mut ticks = tokio::time::interval(Duration::from_millis(10));
    let answered = async {
        while !is_answered(&open).await {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(DEADLINE, answered).await.expect("answered before the deadline");
    drop(second);
    open.close().await;
}

/// Tells when the answer it belongs to was dropped.
struct Dropped(Option<oneshot::Sender<()>>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.0.take().map(|tell| tell.send(()));
    }
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_dropped_with_all_that_waits_for_it() {
    let (tell, told) = oneshot::channel();
    let held = Arc::new(Mutex::new(Some(Dropped(Some(tell)))));
    let endless = move || {
        let dropped = held.lock().expect("not poisoned").take();
        async move {
            Body::from_stream(stream::unfold(dropped, |dropped| async {
                Some((Ok::<_, io::Error>(Bytes::from(vec![b'x'; 64 * 1024])), dropped))
            }))
        }
    };
    let open = open(limits(), Router::new().route("/endless", get(endless))).await;
    let mut stream = open.connect().await;
    stream.write_all(b"GET /endless HTTP/1.1\r\nHost: here\r\n\r\n").await.expect("sent");
    tokio::time::timeout(DEADLINE, told).await.expect("in time").expect("told");
    drop(stream);
    open.close().await;
}

#[tokio::test]
async fn a_client_that_is_silent_while_it_listens_keeps_its_stream() {
    let quiet = || async {
        let events = stream::unfold(0, |count| async move {
            tokio::time::sleep(Duration::from_millis(200)).await;
            (count < 5).then(|| (Ok::<_, io::Error>(Bytes::from_static(b".")), count + 1))
        });
        Body::from_stream(events)
    };
    let open = open(limits(), Router::new().route("/quiet", post(quiet))).await;
    let mut stream = open.connect().await;
    let request = b"POST /quiet HTTP/1.0\r\nHost: here\r\nContent-Length: 0\r\n\r\n";
    stream.write_all(request).await.expect("sent");
    let mut answer = String::new();
    let read = tokio::time::timeout(DEADLINE, stream.read_to_string(&mut answer)).await;
    read.expect("in time").expect("read");
    assert!(answer.ends_with("....."), "a second, far beyond the time for a head: {answer}");
    open.close().await;
}
