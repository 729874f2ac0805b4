//! Pieces of work numbered from 0 in, their results in that order out, whatever the number of threads.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use anyhow::{Error, Result};

/// Runs `worker` on `threads` threads, the calling one among them; what all of them give, one after the other.
pub fn workers<T: Send>(threads: usize, worker: impl Fn() -> Vec<T> + Sync) -> Vec<T> {
    thread::scope(|scope| {
        // Where the system grants no more threads, those that are there do the work.
        let spawn = |_| thread::Builder::new().spawn_scoped(scope, &worker).ok();
        let others: Vec<_> = (1..threads).map_while(spawn).collect();
        let mut done = worker();
        for other in others {
            match other.join() {
                Ok(more) => done.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    })
}

/// Does `work` for every number below `count` on `threads` threads.
///
/// # Errors
/// The first one, by number.
pub fn map<T: Send>(threads: usize, count: usize, work: impl Fn(usize) -> Result<T> + Sync) -> Result<Vec<T>> {
    let (next, failure): (AtomicUsize, Mutex<Option<(usize, Error)>>) = (AtomicUsize::new(0), Mutex::new(None));
    let worker = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return done;
            }
            match work(at) {
                Ok(result) => done.push((at, result)),
                Err(error) => {
                    // Numbers are handed out in order: those before this one are all being worked on, and one of them may still fail.
                    next.fetch_max(count, Ordering::Relaxed);
                    let mut failure = failure.lock().unwrap_or_else(PoisonError::into_inner);
                    if failure.as_ref().is_none_or(|(first, _)| at < *first) {
                        *failure = Some((at, error));
                    }
                }
            }
        }
    };
    let mut done = workers(threads.min(count), worker);
    if let Some((_, error)) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    done.sort_unstable_by_key(|(at, _)| *at);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_and_the_first_error_do_not_depend_on_threads() {
        for threads in [1, 2, 7] {
            assert_eq!(map(threads, 100, |at| Ok(at * at)).unwrap(), (0..100).map(|at| at * at).collect::<Vec<_>>());
            let failed = map(threads, 100, |at| if at % 30 == 29 { Err(anyhow::anyhow!("{at}")) } else { Ok(()) });
            assert_eq!(failed.unwrap_err().to_string(), "29");
        }
        assert!(map(3, 0, Ok).unwrap().is_empty());
    }
}
