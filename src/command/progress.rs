//! How far a long reading is, on standard error of a terminal; nothing elsewhere, and nothing for what is quickly done.

use indicatif::{ProgressBar, ProgressStyle};

/// Files smaller than this are read before anybody wonders.
const LONG: u64 = 32 << 20;

/// A bar for one reading of one file; it is gone when that is done.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// A bar for so many bytes.
    pub(super) fn of(what: &'static str, name: &str, bytes: u64) -> Self {
        // indicatif draws on standard error, and only where that is a terminal.
        let bar = if bytes < LONG { ProgressBar::hidden() } else { ProgressBar::new(bytes) };
        if let Ok(style) = ProgressStyle::with_template("{prefix} {wide_msg} {bar:24} {bytes}/{total_bytes} {eta}") {
            bar.set_style(style);
        }
        bar.set_prefix(what);
        bar.set_message(name.to_owned());
        Self(bar)
    }

    /// So many bytes more are done.
    pub(super) fn add(&self, bytes: u32) {
        self.0.inc(u64::from(bytes));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
