//! The keys with which the gateway signs for others: sign-ins, statements, and the audit's
//! checkpoints.
//!
//! Public halves and times stand in the database, private halves are files for their owner only,
//! named by the key's id. A new key is published before it signs, and an old one stays published
//! until nothing that it signed can still be asked about. One key never signs two kinds of
//! documents.

use std::{
    collections::HashMap,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    encoding::{base64, from_base64},
    jws::{Jwk, KeyRejected, PublicKey, SigningKey},
    secret_file::{self, SecretFileError},
    store::{Row, Sql, StoreError},
    values,
};

const DAY_MS: i64 = 86_400_000;
/// A key is followed by the next after this time.
const ROTATE_AFTER_MS: i64 = 90 * DAY_MS;
/// A new key is published for this long before it signs: services keep our keys for a day.
const LEAD_MS: i64 = 2 * DAY_MS;

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyPurpose {
    /// Id tokens; they live for minutes.
    IdToken,
    /// Statements; their receivers keep them for years.
    Statement,
    /// Checkpoints of the audit log; never published to services.
    Audit,
}

impl KeyPurpose {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::IdToken, Self::Statement, Self::Audit];

    /// Stable code, as stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::IdToken => "id-token",
            Self::Statement => "statement",
            Self::Audit => "audit",
        }
    }

    /// The purpose with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.code() == code)
    }

    /// How long a key stays published after its successor signs.
    fn remembered_ms(self) -> i64 {
        match self {
            Self::IdToken => 2 * DAY_MS,
            Self::Statement | Self::Audit => 3_650 * DAY_MS,
        }
    }
}

/// A signing key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// None was created yet.
    #[error("there is no {0} key; a start of the gateway creates what is missing")]
    Missing(&'static str),
    /// Its file cannot be used.
    #[error(transparent)]
    File(#[from] SecretFileError),
    /// The folder cannot be created.
    #[error("cannot create {path}: {cause}; check that keys.directory is writable")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// What is kept is no key.
    #[error("the signing key {kid} is damaged; restore its file from the backup, or withdraw it")]
    Damaged {
        /// Its id.
        kid: String,
    },
    /// No such key.
    #[error("no signing key {kid} is in use; see `admin list-signing-keys`")]
    Unknown {
        /// The id asked for.
        kid: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A key as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// Id.
    pub kid: String,
    /// Code of its purpose.
    pub purpose: String,
    /// From when it signs, Unix milliseconds.
    pub signs_from_ms: i64,
    /// Until when it is published; open while it has no successor.
    pub published_until_ms: Option<i64>,
    /// When it was withdrawn, if it was.
    pub withdrawn_at_ms: Option<i64>,
}

/// Reads, draws and remembers keys.
#[derive(Debug)]
pub struct KeyRing {
    directory: PathBuf,
    loaded: Mutex<HashMap<String, Arc<SigningKey>>>,
}

impl KeyRing {
    /// A ring whose files lie in a folder of their own below the gateway's keys.
    pub fn new(keys: &Path) -> Self {
        Self { directory: keys.join("signing"), loaded: Mutex::default() }
    }

    /// Creates missing keys and the successors of old ones; says how many.
    pub fn keep_fresh(&self, sql: &mut dyn Sql, now_ms: i64) -> Result<u32, KeyError> {
        let mut created = 0;
        for purpose in KeyPurpose::ALL {
            let newest = "SELECT MAX(signs_from_ms) AS newest FROM signing_key \
                          WHERE purpose = $1 AND withdrawn_at_ms IS NULL";
            let row = sql.one(newest, values![purpose.code()])?;
            match row.get::<Option<i64>>("newest")? {
                None => self.add(sql, purpose, now_ms, now_ms)?,
                Some(newest) if newest + ROTATE_AFTER_MS <= now_ms => {
                    self.add(sql, purpose, now_ms, now_ms + LEAD_MS)?;
                }
                Some(_) => continue,
            }
            created += 1;
        }
        Ok(created)
    }

    /// Draws the next key before its time; it signs after the usual lead.
    pub fn rotate(
        &self,
        sql: &mut dyn Sql,
        purpose: KeyPurpose,
        now_ms: i64,
    ) -> Result<(), KeyError> {
        self.add(sql, purpose, now_ms, now_ms + LEAD_MS)
    }

    /// Stops a key at once, e.g. because somebody copied it; another takes its place at once.
    pub fn withdraw(&self, sql: &mut dyn Sql, kid: &str, now_ms: i64) -> Result<(), KeyError> {
        let query = "UPDATE signing_key SET withdrawn_at_ms = $2, published_until_ms = $2 \
                     WHERE kid = $1 AND withdrawn_at_ms IS NULL RETURNING purpose";
        let row = sql.optional(query, values![kid, now_ms])?;
        let row = row.ok_or_else(|| KeyError::Unknown { kid: kid.to_owned() })?;
        let purpose = KeyPurpose::from_code(&row.get::<String>("purpose")?);
        let purpose = purpose.ok_or(StoreError::Column { column: "purpose" })?;
        match self.signing(sql, purpose, now_ms) {
            Err(KeyError::Missing(_)) => self.add(sql, purpose, now_ms, now_ms),
            other => other.map(drop),
        }
    }

    /// The key that signs now.
    pub fn signing(
        &self,
        sql: &mut dyn Sql,
        purpose: KeyPurpose,
        now_ms: i64,
    ) -> Result<Arc<SigningKey>, KeyError> {
        let query = "SELECT kid FROM signing_key WHERE purpose = $1 AND signs_from_ms <= $2 \
                     AND withdrawn_at_ms IS NULL ORDER BY signs_from_ms DESC, kid LIMIT 1";
        let row = sql.optional(query, values![purpose.code(), now_ms])?;
        let row = row.ok_or(KeyError::Missing(purpose.code()))?;
        self.load(&row.get::<String>("kid")?)
    }

    /// The public half of a key whose file is here.
    pub fn public_of(&self, kid: &str) -> Option<PublicKey> {
        // An id from a signed text becomes part of a path only when it looks like ours.
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let is_ours = kid.len() == 43 && kid.bytes().all(allowed);
        is_ours.then(|| self.load(kid).ok().map(|key| key.public())).flatten()
    }

    fn load(&self, kid: &str) -> Result<Arc<SigningKey>, KeyError> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = loaded.get(kid) {
            return Ok(Arc::clone(key));
        }
        let damaged = || KeyError::Damaged { kid: kid.to_owned() };
        let text = secret_file::read_text(&self.path(kid))?;
        let der = from_base64(text.trim(), 4096).map(zeroize::Zeroizing::new);
        let key = SigningKey::from_pkcs8(&der.ok_or_else(damaged)?).map_err(|_| damaged())?;
        if key.kid() != kid {
            return Err(damaged());
        }
        let key = Arc::new(key);
        loaded.insert(kid.to_owned(), Arc::clone(&key));
        Ok(key)
    }

    fn add(
        &self,
        sql: &mut dyn Sql,
        purpose: KeyPurpose,
        now_ms: i64,
        signs_from_ms: i64,
    ) -> Result<(), KeyError> {
        let drawn = SigningKey::generate();
        let (key, der) = drawn.map_err(|KeyRejected| KeyError::Missing(purpose.code()))?;
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.directory)
            .map_err(|cause| KeyError::Folder { path: self.directory.clone(), cause })?;
        secret_file::write_text(&self.path(key.kid()), &format!("{}\n", base64(&der)))?;
        // Whatever signs at that moment gets its end; a successor that never signed yet, too.
        let close = "UPDATE signing_key SET published_until_ms = $2 \
                     WHERE purpose = $1 AND published_until_ms IS NULL";
        sql.execute(close, values![purpose.code(), signs_from_ms + purpose.remembered_ms()])?;
        sql.execute(
            "INSERT INTO signing_key (kid, purpose, public_key, created_at_ms, signs_from_ms) \
             VALUES ($1, $2, $3, $4, $5)",
            values![
                key.kid(),
                purpose.code(),
                key.public().point().to_vec(),
                now_ms,
                signs_from_ms
            ],
        )?;
        Ok(())
    }

    fn path(&self, kid: &str) -> PathBuf {
        self.directory.join(format!("{kid}.key"))
    }
}

/// The keys that services may believe now: of id tokens and statements.
pub fn published(sql: &mut dyn Sql, now_ms: i64) -> Result<Vec<Jwk>, StoreError> {
    let query = "SELECT kid, public_key FROM signing_key \
                 WHERE purpose IN ('id-token', 'statement') \
                 AND (published_until_ms IS NULL OR published_until_ms > $1) \
                 ORDER BY purpose, signs_from_ms, kid";
    let rows = sql.all(query, values![now_ms])?;
    rows.iter().map(|row| Ok(public(row)?.to_jwk(&row.get::<String>("kid")?))).collect()
}

/// The public half of a key of this purpose, also of one that signs no more; not of a withdrawn
/// one.
pub fn public_key(
    sql: &mut dyn Sql,
    purpose: KeyPurpose,
    kid: &str,
) -> Result<Option<PublicKey>, StoreError> {
    let query = "SELECT public_key FROM signing_key \
                 WHERE kid = $1 AND purpose = $2 AND withdrawn_at_ms IS NULL";
    sql.optional(query, values![kid, purpose.code()])?.as_ref().map(public).transpose()
}

/// Every key, in the order of use.
pub fn all(sql: &mut dyn Sql) -> Result<Vec<KeyRecord>, StoreError> {
    let rows = sql.all("SELECT * FROM signing_key ORDER BY purpose, signs_from_ms, kid", &[])?;
    rows.iter()
        .map(|row| {
            Ok(KeyRecord {
                kid: row.get("kid")?,
                purpose: row.get("purpose")?,
                signs_from_ms: row.get("signs_from_ms")?,
                published_until_ms: row.get("published_until_ms")?,
                withdrawn_at_ms: row.get("withdrawn_at_ms")?,
            })
        })
        .collect()
}

fn public(row: &Row) -> Result<PublicKey, StoreError> {
    let point: Vec<u8> = row.get("public_key")?;
    PublicKey::from_point(&point).map_err(|_| StoreError::Column { column: "public_key" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    struct Keeper {
        ring: Arc<KeyRing>,
        store: crate::store::Store,
        folder: tempfile::TempDir,
    }

    impl Keeper {
        async fn new() -> Self {
            let (store, folder) = testing::store().await;
            let ring = Arc::new(KeyRing::new(folder.path()));
            Self { ring, store, folder }
        }

        async fn run<T: Send + 'static>(
            &self,
            work: impl FnOnce(&KeyRing, &mut dyn Sql) -> Result<T, KeyError> + Send + 'static,
        ) -> Result<T, KeyError> {
            let ring = Arc::clone(&self.ring);
            self.store.write(move |sql| work(&ring, sql)).await
        }

        async fn signs(&self, now_ms: i64) -> String {
            let key = self.run(move |ring, sql| ring.signing(sql, KeyPurpose::IdToken, now_ms));
            key.await.expect("a key").kid().to_owned()
        }

        async fn shows(&self, now_ms: i64) -> Vec<String> {
            let keys = self.store.read::<_, StoreError, _>(move |sql| published(sql, now_ms)).await;
            keys.expect("read").into_iter().filter_map(|jwk| jwk.kid).collect()
        }
    }

    #[tokio::test]
    async fn a_key_is_published_before_it_signs_and_after_it_signed() {
        let ring = Keeper::new().await;
        assert_eq!(ring.run(|ring, sql| ring.keep_fresh(sql, 0)).await.expect("created"), 3);
        assert_eq!(ring.run(|ring, sql| ring.keep_fresh(sql, 1)).await.expect("nothing"), 0);
        let first = ring.signs(1).await;
        assert_eq!(ring.shows(1).await.len(), 2, "the audit's key is nobody's business");

        let due = ROTATE_AFTER_MS;
        assert_eq!(ring.run(move |ring, sql| ring.keep_fresh(sql, due)).await.expect("new"), 3);
        assert_eq!(ring.signs(due + LEAD_MS - 1).await, first);
        assert_eq!(ring.shows(due).await.len(), 4);
        let second = ring.signs(due + LEAD_MS).await;
        assert_ne!(second, first);
        assert!(ring.shows(due + 2 * LEAD_MS - 1).await.contains(&first));
        assert!(!ring.shows(due + 2 * LEAD_MS).await.contains(&first));
        assert!(ring.shows(due + 2 * LEAD_MS).await.contains(&second));
    }

    #[tokio::test]
    async fn a_withdrawn_key_is_gone_at_once_and_another_signs() {
        let ring = Keeper::new().await;
        ring.run(|ring, sql| ring.keep_fresh(sql, 0)).await.expect("created");
        let first = ring.signs(1).await;
        let kid = first.clone();
        ring.run(move |ring, sql| ring.withdraw(sql, &kid, 2)).await.expect("withdrawn");
        let second = ring.signs(2).await;
        assert_ne!(second, first);
        assert!(!ring.shows(2).await.contains(&first) && ring.shows(2).await.contains(&second));
        let again = ring.run(move |ring, sql| ring.withdraw(sql, &first, 3)).await;
        assert!(matches!(again, Err(KeyError::Unknown { .. })));
    }

    #[tokio::test]
    async fn a_new_process_reads_the_same_key_from_its_file() {
        let mut ring = Keeper::new().await;
        ring.run(|ring, sql| ring.keep_fresh(sql, 0)).await.expect("created");
        let kid = ring.signs(1).await;
        ring.ring = Arc::new(KeyRing::new(ring.folder.path()));
        assert_eq!(ring.signs(1).await, kid);
        ring.ring = Arc::new(KeyRing::new(&ring.folder.path().join("elsewhere")));
        let lost = ring.run(|ring, sql| ring.signing(sql, KeyPurpose::IdToken, 1)).await;
        assert!(matches!(lost, Err(KeyError::File(_))));
    }
}
