//! Asks whether a certificate is revoked: the responder first, the lists as fall-back.
//!
//! What an answer is worth is decided in [`jpki::revocation`]; here are the lines to it: lists from
//! files and addresses ([`fetch`]), verified, swapped in as a whole and kept on disk ([`kept`]), and
//! the responder over HTTP ([`responder`]). Nothing is fetched that the configuration does not
//! name; addresses inside certificates are never followed.

pub(crate) mod fetch;
mod kept;
mod line;
mod lists;
mod responder;
mod standing;

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use jpki::{
    revocation::{
        NoRevocationSource, RevocationPolicy, RevocationQuestion, RevocationSource,
        RevocationStatus,
        cache::AnswerCache,
        inquiry::{Ask, Finding, FindingSource, Inquiry, InquiryEvent},
    },
    trust::TrustStore,
    verify::{CertificateClass, LibraryVerifier},
};

use fetch::Fetcher;
pub use line::LineError;
pub(crate) use lists::SharedLists;
use responder::Responder;
pub use standing::Standing;

use crate::{
    config::RevocationConfig,
    metrics::{ListAge, Metrics},
    random::{self, Random},
};

/// Knows whom to ask, and what a service makes of the answer.
pub struct RevocationDesk {
    trust: Arc<TrustStore>,
    lists: Lists,
    responder: Option<Responder>,
    cache: Mutex<AnswerCache>,
    policy: RevocationPolicy,
    services: BTreeMap<String, RevocationPolicy>,
    metrics: Arc<Metrics>,
}

/// The fall-back.
enum Lists {
    /// Lists of the configuration.
    Shared(Arc<SharedLists>, reqwest::Client),
    /// Another source in their place, e.g. an operator's own adapter.
    Other(Arc<dyn RevocationSource + Send + Sync>),
}

impl Lists {
    fn source(&self) -> &dyn RevocationSource {
        match self {
            Self::Shared(lists, _) => &**lists,
            Self::Other(source) => &**source,
        }
    }
}

impl RevocationDesk {
    /// Nobody to ask: every certificate is unknown, and refused.
    pub(crate) fn closed(trust: Arc<TrustStore>) -> Self {
        Self {
            trust,
            lists: Lists::Other(Arc::new(NoRevocationSource)),
            responder: None,
            cache: Mutex::new(AnswerCache::new(0, 0)),
            policy: RevocationPolicy::default(),
            services: BTreeMap::new(),
            metrics: Arc::default(),
        }
    }

    /// The sources of a configuration; lists are known after [`fetch::Fetcher::load_kept`] and the first
    /// fetch.
    pub(crate) fn new(
        config: &RevocationConfig,
        trust: Arc<TrustStore>,
        metrics: Arc<Metrics>,
    ) -> Result<Self, LineError> {
        line::check_lists(config, &trust)?;
        let client = line::client(config)?;
        let (capacity, lifetime) = config.ocsp.as_ref().map_or((0, 0), |ocsp| {
            (ocsp.cache_entries, i64::try_from(ocsp.cache.as_secs()).unwrap_or(i64::MAX))
        });
        let ocsp = config.ocsp.clone();
        Ok(Self {
            trust,
            responder: ocsp.map(|ocsp| Responder::new(client.clone(), ocsp)),
            lists: Lists::Shared(Arc::default(), client),
            cache: Mutex::new(AnswerCache::new(capacity, lifetime)),
            policy: config.policy,
            services: config.services.clone(),
            metrics,
        })
    }

    /// The same with another source in place of the lists.
    #[must_use]
    pub(crate) fn with_source(self, source: Arc<dyn RevocationSource + Send + Sync>) -> Self {
        Self { lists: Lists::Other(source), ..self }
    }

    /// What this relying party does in doubt.
    pub(crate) fn policy(&self, relying_party: Option<&str>) -> RevocationPolicy {
        let own = relying_party.and_then(|party| self.services.get(party));
        own.copied().unwrap_or(self.policy)
    }

    /// The lists of the configuration.
    pub(crate) fn shared_lists(&self) -> Option<&Arc<SharedLists>> {
        match &self.lists {
            Lists::Shared(lists, _) => Some(lists),
            Lists::Other(_) => None,
        }
    }

    /// Fetches the lists of this configuration; none when another source stands in their place.
    pub(crate) fn fetcher(&self, config: &RevocationConfig) -> Option<Fetcher> {
        let Lists::Shared(lists, client) = &self.lists else { return None };
        let (lists, metrics) = (Arc::clone(lists), Arc::clone(&self.metrics));
        Some(Fetcher::new(client.clone(), config, Arc::clone(&self.trust), lists, metrics))
    }

    /// Asks. Takes no longer than the responder's configured time.
    pub(crate) async fn ask(
        &self,
        question: &RevocationQuestion,
        now: i64,
        random: &dyn Random,
    ) -> Finding {
        if let Some(finding) = self.cached(question, now) {
            self.count("cache", question);
            return finding;
        }
        let finding = match &self.responder {
            Some(responder) => self.ask_responder(responder, question, now, random).await,
            None => self.ask_lists(Inquiry::with_lists(question.clone()).0, now),
        };
        let source = match finding.source {
            FindingSource::List => "list",
            FindingSource::Nobody => "nobody",
            FindingSource::Ocsp => "ocsp",
        };
        self.count(source, question);
        if finding.source == FindingSource::Ocsp {
            let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
            cache.keep(question.certificate.clone(), finding, now);
        }
        finding
    }

    async fn ask_responder(
        &self,
        responder: &Responder,
        question: &RevocationQuestion,
        now: i64,
        random: &dyn Random,
    ) -> Finding {
        let Some(issuer) = self.trust.issuer(&question.certificate.issuer_key_id) else {
            return self.ask_lists(Inquiry::with_lists(question.clone()).0, now);
        };
        let nonce = random::bytes(random);
        let (mut inquiry, ask) =
            Inquiry::with_ocsp(question.clone(), issuer, responder.rules(), nonce);
        if let Ask::Ocsp { request, .. } = ask {
            let class = self.class(question);
            let yen = responder.yen(class, now);
            self.metrics.revocation_cost_yen.add([word(class)], yen.into());
            let answered = responder.ask(request).await;
            let event = match &answered {
                Ok(answer) => InquiryEvent::OcspAnswered(answer),
                Err(trouble) => InquiryEvent::OcspFailed(*trouble),
            };
            inquiry.handle(&event, issuer, now, &LibraryVerifier);
        }
        let finding = self.ask_lists(inquiry, now);
        responder.note(finding.trouble, &self.metrics);
        finding
    }

    fn ask_lists(&self, mut inquiry: Inquiry, now: i64) -> Finding {
        match inquiry.look_up(self.lists.source(), now) {
            Ask::Done(finding) => finding,
            Ask::Lists(_) | Ask::Ocsp { .. } => Finding {
                status: RevocationStatus::Unknown,
                source: FindingSource::Nobody,
                trouble: None,
            },
        }
    }

    /// An answer of a short while ago, unless it says good and a list says revoked: whichever came
    /// first, the answer or the list, the responder is asked anew.
    fn cached(&self, question: &RevocationQuestion, now: i64) -> Option<Finding> {
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let finding = cache.get(&question.certificate, now)?;
        drop(cache);
        let is_revoked = |status| matches!(status, RevocationStatus::Revoked { .. });
        let listed = self.lists.source().status(question, now);
        (is_revoked(finding.status) || !is_revoked(listed)).then_some(finding)
    }

    fn class(&self, question: &RevocationQuestion) -> CertificateClass {
        let class = self.trust.class_of_issuer(&question.certificate.issuer_key_id);
        class.unwrap_or(CertificateClass::Authentication)
    }

    fn count(&self, source: &'static str, question: &RevocationQuestion) {
        self.metrics.revocation_queries.count([source, word(self.class(question))]);
    }

    /// How old the lists are.
    pub(crate) fn ages(&self, now: i64) -> Vec<ListAge> {
        let Some(lists) = self.shared_lists() else { return Vec::new() };
        let mut ages = BTreeMap::new();
        for list in lists.current().lists() {
            let class = self.trust.class_of_issuer(list.issuer_key_id());
            let certificate = word(class.unwrap_or(CertificateClass::Authentication));
            let age = ages.entry(certificate).or_insert(ListAge {
                certificate,
                count: 0,
                oldest_secs: 0,
                stale: 0,
                entries: 0,
            });
            let secs = u64::try_from(now - list.this_update()).unwrap_or(0);
            age.count += 1;
            age.oldest_secs = age.oldest_secs.max(secs);
            age.stale += u64::from(now > list.next_update());
            age.entries += list.table().len() as u64;
        }
        ages.into_values().collect()
    }
}

/// A kind of certificate in the metrics.
pub(crate) fn word(class: CertificateClass) -> &'static str {
    match class {
        CertificateClass::Authentication => "auth",
        CertificateClass::Signature => "sign",
    }
}
