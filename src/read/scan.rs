//! A splitter and some work in, the work's results in file order out, whatever the number of threads.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use anyhow::{Error, Result};

use super::batch::{Batch, Shape, Span};
use super::digest::Digest;
use super::split::{Buffer, Splitter};
use super::store::Store;
use crate::parallel::workers;

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
    let mut results = workers(threads, || worker(&shared, store, shape, work));
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
        match work(&Batch { span, shape, text: text(store, &buffer, span) }) {
            Ok(result) => results.push((span.index, result)),
            Err(error) => lock(shared).fail(span.index, error),
        }
    }
}

fn text<'b>(store: &'b Store, buffer: &'b Buffer, span: Span) -> &'b [u8] {
    match store {
        Store::File { .. } | Store::Stream(_) => &buffer.filled()[..span.len as usize],
        Store::Memory(bytes) => &bytes[span.offset as usize..][..span.len as usize],
    }
}

/// What hands out the batches, until something goes wrong.
struct Feed<'s> {
    splitter: Splitter<'s>,
    stopped: bool,
}

/// Where results go, in file order.
struct Line<F> {
    /// The batch whose turn it is.
    next: u32,
    take: F,
    failure: Option<Error>,
    stopped: bool,
}

/// Runs `work` over all batches of a splitter on `threads` threads, and gives the results to `take` in file order. A thread that is done waits for
/// its turn, so that no more batches than threads are held. What stands before a failure has been taken.
pub(super) fn in_order<T>(
    (splitter, store, shape): (Splitter<'_>, &Store, Shape),
    threads: usize,
    work: &(impl Fn(&Batch<'_>) -> Result<T> + Sync),
    take: impl FnMut(T) -> Result<()> + Send,
) -> Result<()> {
    let feed = Mutex::new(Feed { splitter, stopped: false });
    let line = (Mutex::new(Line { next: 0, take, failure: None, stopped: false }), Condvar::new());
    let worker = || {
        let _stop = StopOnPanic(&line);
        let mut buffer = Buffer::default();
        loop {
            let (index, next) = {
                let mut feed = lock(&feed);
                if feed.stopped {
                    return;
                }
                let index = feed.splitter.index();
                let next = feed.splitter.next(&mut buffer);
                feed.stopped = !matches!(next, Ok(Some(_)));
                (index, next)
            };
            let result = match next {
                Ok(None) => return,
                Ok(Some(span)) => work(&Batch { span, shape, text: text(store, &buffer, span) }),
                Err(error) => Err(error),
            };
            if !hand_over(&line, index, result) {
                return;
            }
        }
    };
    workers(threads, || -> Vec<()> {
        worker();
        Vec::new()
    });
    let line = line.0.into_inner().unwrap_or_else(PoisonError::into_inner);
    line.failure.map_or(Ok(()), Err)
}

/// Waits for the turn of a batch and gives its result away. False where an earlier one has failed, or this one.
fn hand_over<T, F: FnMut(T) -> Result<()>>((line, moved): &(Mutex<Line<F>>, Condvar), index: u32, result: Result<T>) -> bool {
    let mut line = lock(line);
    while line.next != index && !line.stopped {
        line = moved.wait(line).unwrap_or_else(PoisonError::into_inner);
    }
    if line.stopped {
        return false;
    }
    match result.and_then(|result| (line.take)(result)) {
        Ok(()) => line.next += 1,
        Err(error) => (line.failure, line.stopped) = (Some(error), true),
    }
    moved.notify_all();
    !line.stopped
}

/// Lets nobody wait for the turn of a thread that is gone.
struct StopOnPanic<'l, F>(&'l (Mutex<Line<F>>, Condvar));

impl<F> Drop for StopOnPanic<'_, F> {
    fn drop(&mut self) {
        if thread::panicking() {
            lock(&self.0.0).stopped = true;
            self.0.1.notify_all();
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
