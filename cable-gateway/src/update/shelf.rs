//! The bundles that there are: added, offered to more and more boxes, paused, withdrawn.

use std::{
    io,
    path::{Path, PathBuf},
};

use gateway_api::{
    status::BoxStatus,
    update::{BundleId, UpdateOffer, UpdateReason, UpdateState},
    version::Version,
};

use super::{
    bundle::BundleError,
    rollout::{self, Tally},
    signature::SignatureError,
};
use crate::{
    encoding::{from_hex, hex},
    store::{Row, Sql, StoreError},
    values,
};

/// Bundles kept at the same time; each is some hundred megabytes.
const BUNDLES_MAX: usize = 50;

/// One bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// SHA-256 of the file.
    pub id: BundleId,
    /// Its version.
    pub version: Version,
    /// Size in bytes.
    pub size_bytes: u64,
    /// When it was added, Unix milliseconds.
    pub added_at_ms: i64,
    /// So many of a hundred boxes are offered it.
    pub percent: u32,
    /// Why nobody is offered it at present.
    pub pause: Option<Pause>,
    /// What became of it since it was added.
    pub tally: Tally,
}

/// Why a rollout stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// Somebody paused it.
    ByHand,
    /// Too many boxes failed.
    Failures,
}

impl Pause {
    const fn code(self) -> &'static str {
        match self {
            Self::ByHand => "by-hand",
            Self::Failures => "failures",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::ByHand, Self::Failures].into_iter().find(|pause| pause.code() == code)
    }
}

/// Why a bundle is not taken or changed.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// A file cannot be read or written.
    #[error("{path}: {cause}; check the disk, and to whom the folder belongs")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// What was named is no file that could be a bundle.
    #[error("{path}: {cause}; name the bundle, the *.raucb that the image build wrote")]
    Unnamed {
        /// What was named.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// The file is no bundle.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// It is not signed by whom the operator believes.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The manifest is for other boxes.
    #[error(
        "the bundle is for boxes of the kind {found}, not {ours}, and these would refuse it; build it for {ours}, or \
         write `compatible = \"{found}\"` under [updates] when your boxes are of that kind"
    )]
    OtherKind {
        /// In the manifest.
        found: String,
        /// Configured.
        ours: String,
    },
    /// The manifest says something else.
    #[error("the manifest of the bundle says version {found}, not {said}")]
    OtherVersion {
        /// In the manifest.
        found: String,
        /// By the operator.
        said: Version,
    },
    /// Boxes take no older version, and no other file under the same one.
    #[error(
        "version {offered} is not newer than {newest}, which is here already; build a newer one"
    )]
    NotNewer {
        /// The new one.
        offered: Version,
        /// The newest that is here.
        newest: Version,
    },
    /// No such version.
    #[error("no version {0} is here; see `admin update list`")]
    Unknown(Version),
    /// The share only grows.
    #[error(
        "{present} % of the boxes are offered this version already; a share only grows: pause it instead"
    )]
    Smaller {
        /// The present share.
        present: u32,
    },
    /// A share is one of a few.
    #[error("{0} % is no step of a rollout; use {steps}", steps = rollout::steps())]
    NoStep(u32),
    /// A rollout that stands still is not widened.
    #[error("the rollout is paused; look for the reason, then `admin update resume`")]
    Paused,
    /// Too many bundles.
    #[error("{BUNDLES_MAX} versions are here; withdraw old ones first")]
    Full,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where a bundle lies.
pub fn file_of(directory: &Path, id: BundleId) -> PathBuf {
    directory.join(format!("{id}.raucb"))
}

/// Takes the file of a version that is gone; one that is not there is gone already.
pub fn remove_file(directory: &Path, id: BundleId) -> Result<(), ShelfError> {
    let path = file_of(directory, id);
    match std::fs::remove_file(&path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
            Err(ShelfError::File { path, cause })
        }
        _ => Ok(()),
    }
}

/// Enters a bundle; nobody is offered it yet.
pub fn add(
    sql: &mut dyn Sql,
    id: BundleId,
    version: &Version,
    size_bytes: u64,
    now_ms: i64,
) -> Result<(), ShelfError> {
    let present = all(sql)?;
    if let Some(newest) = present.first().filter(|newest| newest.version >= *version) {
        let (offered, newest) = (version.clone(), newest.version.clone());
        return Err(ShelfError::NotNewer { offered, newest });
    }
    if present.len() >= BUNDLES_MAX {
        return Err(ShelfError::Full);
    }
    let size = i64::try_from(size_bytes).unwrap_or(i64::MAX);
    sql.execute(
        "INSERT INTO update_bundle (bundle_id, version, size_bytes, added_at_ms, percent, \
         counted_from_ms) VALUES ($1, $2, $3, $4, 0, $4)",
        values![hex(&id.0), version.to_string(), size, now_ms],
    )?;
    Ok(())
}

/// How many results `r` there are of each outcome, for [`tally_of`].
macro_rules! outcomes {
    () => {
        "COALESCE(SUM(CASE WHEN r.outcome = 'going' THEN 1 ELSE 0 END), 0) AS going, \
         COALESCE(SUM(CASE WHEN r.outcome = 'good' THEN 1 ELSE 0 END), 0) AS good, \
         COALESCE(SUM(CASE WHEN r.outcome = 'failed' THEN 1 ELSE 0 END), 0) AS failed"
    };
}

fn tally_of(row: &Row) -> Result<Tally, StoreError> {
    Ok(Tally { going: row.get("going")?, good: row.get("good")?, failed: row.get("failed")? })
}

/// Every bundle, the newest version first.
pub fn all(sql: &mut dyn Sql) -> Result<Vec<Bundle>, StoreError> {
    let rows = sql.all(
        concat!(
            "SELECT b.bundle_id, b.version, b.size_bytes, b.added_at_ms, b.percent, b.pause, ",
            outcomes!(),
            " FROM update_bundle b LEFT JOIN update_result r ON r.bundle_id = b.bundle_id \
             GROUP BY b.bundle_id"
        ),
        &[],
    )?;
    let bundles = rows.iter().map(|row| bundle_of(row, tally_of(row)?));
    Ok(newest_first(bundles.collect::<Result<_, StoreError>>()?))
}

/// The same without what became of them: cheap, for every state that a box tells.
fn on_offer(sql: &mut dyn Sql) -> Result<Vec<Bundle>, StoreError> {
    let rows = sql.all(
        "SELECT bundle_id, version, size_bytes, added_at_ms, percent, pause FROM update_bundle \
         WHERE percent > 0 AND pause IS NULL",
        &[],
    )?;
    let bundles = rows.iter().map(|row| bundle_of(row, Tally::default()));
    Ok(newest_first(bundles.collect::<Result<_, StoreError>>()?))
}

fn newest_first(mut bundles: Vec<Bundle>) -> Vec<Bundle> {
    bundles.sort_by(|one, other| other.version.cmp(&one.version));
    bundles
}

fn bundle_of(row: &Row, tally: Tally) -> Result<Bundle, StoreError> {
    let id = from_hex(row.text("bundle_id")?).map(BundleId);
    let version = Version::parse(row.text("version")?).ok();
    let pause: Option<String> = row.get("pause")?;
    Ok(Bundle {
        id: id.ok_or(StoreError::Column { column: "bundle_id" })?,
        version: version.ok_or(StoreError::Column { column: "version" })?,
        size_bytes: row.get("size_bytes")?,
        added_at_ms: row.get("added_at_ms")?,
        percent: row.get("percent")?,
        pause: pause.as_deref().and_then(Pause::from_code),
        tally,
    })
}

/// The bundle of a version.
pub fn find(sql: &mut dyn Sql, version: &Version) -> Result<Bundle, ShelfError> {
    let found = all(sql)?.into_iter().find(|bundle| bundle.version == *version);
    found.ok_or_else(|| ShelfError::Unknown(version.clone()))
}

/// What a box may have: the newest version that is newer than what it runs and whose turn has come.
pub(crate) fn offer(
    sql: &mut dyn Sql,
    device_id: &str,
    running: &Version,
) -> Result<Option<UpdateOffer>, StoreError> {
    let fits = |bundle: &Bundle| {
        bundle.version > *running && rollout::is_among(device_id, bundle.id, bundle.percent)
    };
    let found = on_offer(sql)?.into_iter().find(fits);
    Ok(found.map(|bundle| UpdateOffer {
        version: bundle.version,
        bundle: bundle.id,
        size_bytes: bundle.size_bytes,
    }))
}

/// Whether a bundle may be fetched. One that is paused still may: a box in the middle of it comes to an end.
pub(crate) fn is_here(sql: &mut dyn Sql, id: BundleId) -> Result<bool, StoreError> {
    let query = "SELECT bundle_id FROM update_bundle WHERE bundle_id = $1 AND percent > 0";
    Ok(sql.optional(query, values![hex(&id.0)])?.is_some())
}

/// Offers a version to more boxes.
pub fn widen(sql: &mut dyn Sql, version: &Version, percent: u32) -> Result<(), ShelfError> {
    let bundle = find(sql, version)?;
    if bundle.pause.is_some() {
        return Err(ShelfError::Paused);
    }
    if !rollout::STEPS.contains(&percent) {
        return Err(ShelfError::NoStep(percent));
    }
    if percent <= bundle.percent {
        return Err(ShelfError::Smaller { present: bundle.percent });
    }
    let query = "UPDATE update_bundle SET percent = $2 WHERE bundle_id = $1";
    sql.execute(query, values![hex(&bundle.id.0), percent])?;
    Ok(())
}

/// Offers a version to nobody for now.
pub fn pause(sql: &mut dyn Sql, version: &Version) -> Result<(), ShelfError> {
    let bundle = find(sql, version)?;
    note_pause(sql, bundle.id, Pause::ByHand)?;
    Ok(())
}

/// Goes on; failures so far do not count any more.
pub fn resume(sql: &mut dyn Sql, version: &Version, now_ms: i64) -> Result<(), ShelfError> {
    let bundle = find(sql, version)?;
    let query = "UPDATE update_bundle SET pause = NULL, counted_from_ms = $2 WHERE bundle_id = $1";
    sql.execute(query, values![hex(&bundle.id.0), now_ms])?;
    Ok(())
}

/// Takes a version away; answers with its id, so that the file can go too.
pub fn withdraw(sql: &mut dyn Sql, version: &Version) -> Result<BundleId, ShelfError> {
    let bundle = find(sql, version)?;
    let id = hex(&bundle.id.0);
    sql.execute("DELETE FROM update_result WHERE bundle_id = $1", values![&id])?;
    sql.execute("DELETE FROM update_bundle WHERE bundle_id = $1", values![&id])?;
    Ok(bundle.id)
}

fn note_pause(sql: &mut dyn Sql, id: BundleId, pause: Pause) -> Result<(), StoreError> {
    let query = "UPDATE update_bundle SET pause = $2 WHERE bundle_id = $1 AND pause IS NULL";
    sql.execute(query, values![hex(&id.0), pause.code()]).map(drop)
}

/// Counts what a box says of a bundle, and pauses the rollout when too many say that it does not work.
pub(crate) fn note_report(
    sql: &mut dyn Sql,
    device_id: &str,
    status: &BoxStatus,
    now_ms: i64,
) -> Result<(), StoreError> {
    let Some(bundle) = status.update.bundle else { return Ok(()) };
    let query = "SELECT version, counted_from_ms FROM update_bundle WHERE bundle_id = $1";
    let Some(row) = sql.optional(query, values![hex(&bundle.0)])? else { return Ok(()) };
    let outcome = outcome(status, row.text("version")?);
    // A box that tries again has failed until it succeeds: one bad flash must not pause what was resumed.
    sql.execute(
        "INSERT INTO update_result (bundle_id, device_id, outcome, since_ms) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (bundle_id, device_id) \
         DO UPDATE SET outcome = $3, since_ms = $4 WHERE update_result.outcome <> $3 \
         AND NOT (update_result.outcome = 'failed' AND $3 = 'going')",
        values![hex(&bundle.0), device_id, outcome, now_ms],
    )?;
    if outcome == "failed" && rollout::must_pause(recent(sql, bundle, row.get("counted_from_ms")?)?)
    {
        tracing::error!(%bundle, "too many boxes failed: the rollout is paused");
        note_pause(sql, bundle, Pause::Failures)?;
    }
    Ok(())
}

fn outcome(status: &BoxStatus, version: &str) -> &'static str {
    let report = &status.update;
    let is_against = report.reason.is_some_and(UpdateReason::speaks_against_the_bundle);
    match report.state {
        UpdateState::Current if status.version.to_string() == version => "good",
        UpdateState::FellBack => "failed",
        UpdateState::Refused if is_against => "failed",
        _ => "going",
    }
}

/// What became of a bundle since it was added or resumed.
fn recent(sql: &mut dyn Sql, id: BundleId, from_ms: i64) -> Result<Tally, StoreError> {
    let query = concat!(
        "SELECT ",
        outcomes!(),
        " FROM update_result r WHERE r.bundle_id = $1 AND r.since_ms >= $2"
    );
    tally_of(&sql.one(query, values![hex(&id.0), from_ms])?)
}
