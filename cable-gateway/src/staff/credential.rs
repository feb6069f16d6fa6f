//! Password (argon2id) and second factor (TOTP).

use std::{sync::Arc, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;
use totp_rs::{Builder, Totp};
use zeroize::Zeroizing;

use crate::random::{self, Random};

/// Passwords hashed at once; each takes some 20 MB and a core for a moment.
const AT_ONCE: usize = 2;
/// How long a sign-in waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// Length of a step in seconds (RFC 6238).
const STEP_SECONDS: u64 = 30;

/// Why a credential could not be made or checked.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// Too many are being checked.
    #[error("too many passwords are being checked; try again in a moment")]
    Busy,
    /// A library refused.
    #[error("credential: {0}")]
    Library(String),
}

/// Hashes passwords, a few at a time, off the threads that serve requests.
#[derive(Debug, Clone)]
pub struct PasswordHashing {
    turns: Arc<Semaphore>,
    cost: Cost,
}

/// How dear one hash is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cost {
    memory_kib: u32,
    passes: u32,
}

impl Default for PasswordHashing {
    fn default() -> Self {
        Self::with_cost(Cost { memory_kib: 19 * 1024, passes: 2 })
    }
}

impl PasswordHashing {
    fn with_cost(cost: Cost) -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), cost }
    }

    /// So cheap that a test with many sign-ins stays quick. Never for real accounts.
    #[cfg(test)]
    pub fn cheap() -> Self {
        Self::with_cost(Cost { memory_kib: 8, passes: 1 })
    }

    fn argon2(&self) -> Result<Argon2<'static>, CredentialError> {
        let params = Params::new(self.cost.memory_kib, self.cost.passes, 1, None);
        let params = params.map_err(|error| CredentialError::Library(error.to_string()))?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    /// PHC string of a new password.
    pub async fn hash(
        &self,
        password: Zeroizing<String>,
        salt: [u8; 16],
    ) -> Result<String, CredentialError> {
        let argon2 = self.argon2()?;
        self.in_turn(move || {
            let hash = argon2.hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string())
        })
        .await?
        .map_err(|error| CredentialError::Library(error.to_string()))
    }

    /// Whether the password is right. Without a hash (nobody has this login) it takes as long.
    pub async fn verify(
        &self,
        password: Zeroizing<String>,
        hash: Option<String>,
    ) -> Result<bool, CredentialError> {
        let Some(hash) = hash else {
            self.hash(password, [0; 16]).await?;
            return Ok(false);
        };
        self.in_turn(move || {
            let parsed = PasswordHash::new(&hash)
                .map_err(|error| CredentialError::Library(error.to_string()))?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
        })
        .await?
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, CredentialError> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        let turn = turn.ok().and_then(Result::ok).ok_or(CredentialError::Busy)?;
        let worked = tokio::task::spawn_blocking(move || {
            let outcome = work();
            drop(turn);
            outcome
        });
        worked.await.map_err(|error| CredentialError::Library(error.to_string()))
    }
}

/// The second factor of one account.
pub struct SecondFactor(Totp);

impl SecondFactor {
    /// A new one with 160 random bits.
    pub fn generate(random: &dyn Random, login: &str) -> Result<Self, CredentialError> {
        Self::new(&random::bytes::<20>(random), login)
    }

    /// From a stored secret.
    pub fn new(secret: &[u8], login: &str) -> Result<Self, CredentialError> {
        Builder::new()
            .with_secret(secret.to_vec())
            .with_account_name(login)
            .with_issuer(Some("Hitokoe"))
            .build()
            .map(Self)
            .map_err(|error| CredentialError::Library(error.to_string()))
    }

    /// The step for which `code` is right, one step of clock difference allowed.
    pub fn step_of(&self, code: &str, now_ms: i64) -> Option<i64> {
        let step = self.0.check(code, seconds(now_ms))?;
        i64::try_from(step).ok()
    }

    /// The code of this moment.
    pub fn code_at(&self, now_ms: i64) -> String {
        self.0.generate(seconds(now_ms)).to_string()
    }

    /// `otpauth://` address for an authenticator app.
    pub fn url(&self) -> Result<String, CredentialError> {
        self.0.to_url().map_err(|error| CredentialError::Library(error.to_string()))
    }

    /// Secret in base32, for typing.
    pub fn base32(&self) -> String {
        self.0.secret().to_base32()
    }

    pub(super) fn secret(&self) -> &[u8] {
        self.0.secret().as_ref()
    }
}

fn seconds(now_ms: i64) -> u64 {
    // The first steps after 1970 have no predecessor; no clock is there.
    u64::try_from(now_ms / 1000).unwrap_or(0).max(STEP_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    #[test]
    fn a_code_is_good_for_its_step_and_one_beside_it() {
        let factor = SecondFactor::generate(&SeededRandom::new(1), "hanako").expect("a factor");
        let now_ms = 1_790_000_010_000;
        let code = factor.code_at(now_ms);
        let step = factor.step_of(&code, now_ms).expect("the code of now");
        assert_eq!(step, now_ms / 30_000);
        assert_eq!(factor.step_of(&code, now_ms + 30_000), Some(step));
        assert_eq!(factor.step_of(&code, now_ms + 61_000), None);
        for wrong in ["", "12345", "+12345", "１２３４５６", "abcdef"] {
            assert_eq!(factor.step_of(wrong, now_ms), None, "{wrong}");
        }
    }

    #[tokio::test]
    async fn only_the_right_password_verifies() -> Result<(), CredentialError> {
        let hashing = PasswordHashing::cheap();
        let password = |text: &str| Zeroizing::new(text.to_owned());
        let hash = hashing.hash(password("あさがおの種を三つ"), [7; 16]).await?;
        assert!(hash.starts_with("$argon2id$v=19$"), "{hash}");
        assert!(hashing.verify(password("あさがおの種を三つ"), Some(hash.clone())).await?);
        assert!(!hashing.verify(password("あさがおの種を四つ"), Some(hash)).await?);
        assert!(!hashing.verify(password("x"), None).await?);
        Ok(())
    }
}
