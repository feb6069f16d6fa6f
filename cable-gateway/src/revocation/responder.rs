//! The OCSP responder over HTTP (RFC 6960, appendix A): bytes out, bytes in, in time.

use std::sync::atomic::{AtomicBool, Ordering};

use jpki::{
    revocation::{
        inquiry::OcspTrouble,
        ocsp::{ANSWER_LEN_MAX, OcspRules},
    },
    verify::CertificateClass,
};
use reqwest::header::CONTENT_TYPE;

use crate::{config::OcspConfig, metrics::Metrics};

/// One responder.
pub(super) struct Responder {
    client: reqwest::Client,
    config: OcspConfig,
    /// Its trouble was told; the end of it is told too.
    in_trouble: AtomicBool,
}

impl Responder {
    pub(super) fn new(client: reqwest::Client, config: OcspConfig) -> Self {
        Self { client, config, in_trouble: AtomicBool::new(false) }
    }

    pub(super) fn rules(&self) -> OcspRules {
        self.config.rules
    }

    /// The price of one question.
    pub(super) fn yen(&self, class: CertificateClass, now: i64) -> u32 {
        self.config.fees.yen(class, now)
    }

    /// Sends a question; the whole exchange has one deadline.
    pub(super) async fn ask(&self, request: Vec<u8>) -> Result<Vec<u8>, OcspTrouble> {
        let exchange = self.exchange(request);
        let answered = tokio::time::timeout(self.config.timeout, exchange).await;
        answered.unwrap_or(Err(OcspTrouble::TimedOut))
    }

    async fn exchange(&self, request: Vec<u8>) -> Result<Vec<u8>, OcspTrouble> {
        let post = self
            .client
            .post(&self.config.url)
            .header(CONTENT_TYPE, "application/ocsp-request")
            .body(request);
        let mut answer = post.send().await.map_err(unreachable)?;
        if !answer.status().is_success() {
            return Err(OcspTrouble::Unreachable);
        }
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(unreachable)? {
            // One byte more than allowed is enough to refuse it later.
            let room = (ANSWER_LEN_MAX + 1).saturating_sub(body.len());
            body.extend_from_slice(&part[..part.len().min(room)]);
            if body.len() > ANSWER_LEN_MAX {
                break;
            }
        }
        Ok(body)
    }

    /// Counts trouble, and tells the operator when it begins and when it ends.
    pub(super) fn note(&self, trouble: Option<OcspTrouble>, metrics: &Metrics) {
        let was_in_trouble = self.in_trouble.swap(trouble.is_some(), Ordering::Relaxed);
        let Some(trouble) = trouble else {
            if was_in_trouble {
                tracing::info!(url = self.config.url, "the OCSP responder answers again");
            }
            return;
        };
        metrics.ocsp_troubles.count([match trouble {
            OcspTrouble::Refused(_) => "refused",
            OcspTrouble::TimedOut => "timed-out",
            OcspTrouble::Unreachable => "unreachable",
        }]);
        if !was_in_trouble {
            tracing::warn!(
                url = self.config.url,
                cause = %trouble,
                "the OCSP responder gives no answer that counts; the lists are asked until it \
                 does: check the line to it, its certificate and the clocks"
            );
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err takes")]
fn unreachable(error: reqwest::Error) -> OcspTrouble {
    if error.is_timeout() { OcspTrouble::TimedOut } else { OcspTrouble::Unreachable }
}
