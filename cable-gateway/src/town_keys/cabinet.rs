//! The keys of a running gateway: renewed on the disk, they are taken over without a restart.

use std::{
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};

use evacuation::id::Issuer;

use super::{MANIFEST, TownKeyError, TownKeys};

/// Holds the keys in use.
#[derive(Debug)]
pub struct KeyCabinet {
    directory: PathBuf,
    issuer: Issuer,
    current: RwLock<Arc<TownKeys>>,
}

impl KeyCabinet {
    /// Reads the folder.
    pub fn open(directory: PathBuf, issuer: Issuer) -> Result<Self, TownKeyError> {
        let current = RwLock::new(Arc::new(TownKeys::load(&directory, &issuer)?));
        Ok(Self { directory, issuer, current })
    }

    /// The keys in use.
    pub fn current(&self) -> Arc<TownKeys> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes over keys that were renewed on the disk; answers whether there were any. What cannot be
    /// used leaves the keys in use as they are.
    pub fn take_over(&self) -> Result<bool, TownKeyError> {
        let on_disk = std::fs::read(self.directory.join(MANIFEST));
        if on_disk.is_ok_and(|bytes| bytes == self.current().manifest()) {
            return Ok(false);
        }
        let renewed = Arc::new(TownKeys::load(&self.directory, &self.issuer)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = renewed;
        Ok(true)
    }
}
