//! What went wrong, as a reader should see it: a message, and a hint with the exact thing to do.

use std::fmt;

use anyhow::Error;

/// An error for a person: lower case, literals in backticks, the culprit last; the hint is a paragraph of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What is wrong and where (`path:line: column …`).
    pub message: String,
    /// What to do about it: the exact flag, spelling, line or command.
    pub hint: Option<String>,
    /// Whether the command itself was wrong (exit 2) rather than a file (exit 1).
    pub usage: bool,
}

impl Failure {
    /// A failure of the data or of a file (exit 1).
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, usage: false }
    }

    /// A failure of the command line (exit 2).
    pub fn usage(message: impl Into<String>) -> Self {
        Self { usage: true, ..Self::new(message) }
    }

    /// The same failure with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// The one place that turns an error chain into text for standard error and an exit code.
///
/// A closed pipe (`kolscore rank … | head`) is a reader who has seen enough: no text, exit 0.
#[must_use]
pub fn explain(error: &Error) -> (String, u8) {
    let closed = error.chain().any(is_closed_pipe);
    if closed {
        return (String::new(), 0);
    }
    let (message, hint) = parts(error);
    let mut text = format!("error: {message}\n");
    if let Some(hint) = hint {
        text.push_str("hint: ");
        text.push_str(hint);
        text.push('\n');
    }
    let usage = error.chain().any(|cause| cause.downcast_ref::<Failure>().is_some_and(|failure| failure.usage));
    (text, if usage { 2 } else { 1 })
}

/// The message of an error with all its causes, and its hint.
#[must_use]
pub fn parts(error: &Error) -> (String, Option<&str>) {
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    let failure = error.chain().find_map(|cause| cause.downcast_ref::<Failure>());
    (causes.join(": "), failure.and_then(|failure| failure.hint.as_deref()))
}

/// Writers wrap the error of a closed pipe in their own.
fn is_closed_pipe(cause: &(dyn std::error::Error + 'static)) -> bool {
    let broken = std::io::ErrorKind::BrokenPipe;
    let of_csv = || match cause.downcast_ref::<csv::Error>()?.kind() {
        csv::ErrorKind::Io(error) => Some(error.kind()),
        _ => None,
    };
    let of_json = || cause.downcast_ref::<serde_json::Error>()?.io_error_kind();
    cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind).or_else(of_csv).or_else(of_json) == Some(broken)
}

/// `; did you mean …?` for the known word closest to `word`, or nothing where none is close.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&word.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(similarity, _)| *similarity > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
