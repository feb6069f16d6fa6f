//! Boxes over real TLS: their states, their certificates, their images.

mod diagnoses;
mod letters;
mod renewals;
mod statuses;
mod updates;

use gateway_api::{
    path,
    status::{BoxStatus, LastOrder, Memory, Reader, Signal, Slot, StatusAnswer},
    update::UpdateReport,
    version::Version,
};

use crate::testing::BoxClient;

fn version(text: &str) -> Version {
    Version::parse(text).expect("a version")
}

/// A healthy box.
fn status(running: &str) -> BoxStatus {
    BoxStatus {
        version: version(running),
        slot: Some(Slot::A),
        reader: Reader::Ready,
        last_order: Some(LastOrder { sequence: 1_795_000_000, heard_at_ms: 1_795_000_000_000 }),
        signal: Signal::Good,
        update: UpdateReport::current(),
        uptime_seconds: 3_600,
        memory: Some(Memory { total_kib: 1_000_000, free_kib: 600_000 }),
    }
}

async fn tell(client: &BoxClient, status: &BoxStatus) -> StatusAnswer {
    client.post(path::STATUS, status).await.ok()
}
