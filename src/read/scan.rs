//! A splitter and some work in, the work's results in file order out, whatever the number of threads.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use anyhow::{Error, Result};

use super::batch::{Batch, Shape, Span};
use super::digest::Digest;
use super::split::{Buffer, Splitter};
use super::store::Store;

/// What the threads share: who comes next, and the earliest thing that went wrong.
struct Shared<'s> {
    splitter: Splitter<'s>,
    failure: Option<(u32, Error)>,
}

impl Shared<'_> {
    /// Keeps the error that is first in file order. Batches are handed out in that order, so those before a failed
    /// one are all being worked on, and one of them may still fail.
    fn fail(&mut self, index: u32, error: Error) {
        if self.failure.as_ref().is_none_or(|(earliest, _)| index < *earliest) {
            self.failure = Some((index, error));
        }
    }

    /// The next span, unless something went wrong.
    fn next(&mut self, buffer: &mut Buffer) -> Option<Span> {
        if self.failure.is_some() {
            return None;
        }
        let index = self.splitter.index();
        self.splitter.next(buffer).unwrap_or_else(|error| {
            self.fail(index, error);
            None
        })
    }
}

/// Runs `work` over all batches of a splitter on `threads` threads.
pub(super) fn run<T: Send>(
    (splitter, store, shape): (Splitter<'_>, &Store, Shape),
    threads: usize,
    work: &(impl Fn(&Batch<'_>) -> Result<T> + Sync),
) -> Result<(Vec<T>, Digest)> {
    let shared = Mutex::new(Shared { splitter, failure: None });
    let worker = || worker(&shared, store, shape, work);
    let mut results = thread::scope(|scope| {
        // Where the system grants no more threads, those that are there do the work.
        let spawn = |_| thread::Builder::new().spawn_scoped(scope, worker).ok();
        let others: Vec<_> = (1..threads).map_while(spawn).collect();
        let mut results = worker();
        for other in others {
            match other.join() {
                Ok(more) => results.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results
    });
    let shared = shared.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, error)) = shared.failure {
        return Err(error);
    }
    results.sort_unstable_by_key(|(index, _)| *index);
    Ok((results.into_iter().map(|(_, result)| result).collect(), shared.splitter.digest()))
}

fn worker<T>(shared: &Mutex<Shared<'_>>, store: &Store, shape: Shape, work: &impl Fn(&Batch<'_>) -> Result<T>) -> Vec<(u32, T)> {
    let mut buffer = Buffer::default();
    let mut results = Vec::new();
    loop {
        let Some(span) = lock(shared).next(&mut buffer) else { return results };
        let text = match store {
            Store::File { .. } => &buffer.filled()[..span.len as usize],
            Store::Memory(bytes) => &bytes[span.offset as usize..][..span.len as usize],
        };
        match work(&Batch { span, shape, text }) {
            Ok(result) => results.push((span.index, result)),
            Err(error) => lock(shared).fail(span.index, error),
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
