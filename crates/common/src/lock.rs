//! A lock that a thread's panic doesn't spoil for the others.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Waits for the lock. After a panic of its holder the value is still the best one that there is.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
