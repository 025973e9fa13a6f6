//! A server's clients: how many there may be, and a thread for each.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use crate::console;
use crate::error::{Call, Explain, Result};
use crate::lock::lock;
use crate::thread::survives;

/// Starts a thread for one of a server's clients. A panic in it closes what the thread owned, such as the client's
/// socket, and the server goes on.
pub fn start_client(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    let guarded = || guard_client(work);
    Builder::new().name(name.into()).spawn(guarded).explain(Call::StartThread, name)
}

/// The same, in a thread that has other clients to serve afterwards.
pub fn guard_client(work: impl FnOnce()) {
    if !survives(work) {
        console::hint("only this client is affected; the server goes on");
    }
}

/// Counts clients: a server takes a place for each and waits when none is free.
#[derive(Clone)]
pub struct Places(Arc<(Mutex<usize>, Condvar)>);

/// One client's place; it is free again when this is dropped.
pub struct Place(Places);

impl Places {
    /// Space for `most` clients at once.
    pub fn new(most: usize) -> Self {
        Self(Arc::new((Mutex::new(most), Condvar::new())))
    }

    /// Takes a place; `None` when all are taken.
    pub fn try_take(&self) -> Option<Place> {
        let mut free = lock(&self.0.0);
        *free = free.checked_sub(1)?;
        Some(Place(self.clone()))
    }

    /// Takes a place, and waits for one when all are taken.
    pub fn take(&self) -> Place {
        let free = lock(&self.0.0);
        let mut free =
            self.0.1.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Place(self.clone())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        *lock(&self.0.0.0) += 1;
        self.0.0.1.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_client_leaves() {
        let places = Places::new(1);
        let first = places.take();
        assert!(places.try_take().is_none());
        drop(first);
        assert!(places.try_take().is_some());
    }
}
