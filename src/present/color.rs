//! Colour for people who read at a terminal. It says nothing that the text does not say.

use clap::ValueEnum;

/// When text is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl ColorChoice {
    /// Whether standard output is coloured (<https://no-color.org>).
    #[must_use]
    pub fn for_stdout(self) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => std::io::IsTerminal::is_terminal(&std::io::stdout()) && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }
}

const BOLD: &str = "\u{1b}[1m";
const DIM: &str = "\u{1b}[2m";
const GREEN: &str = "\u{1b}[32m";
const YELLOW: &str = "\u{1b}[33m";
const PLAIN: &str = "\u{1b}[0m";

/// A heading.
pub(super) fn bold(line: &str) -> String {
    format!("{BOLD}{line}{PLAIN}")
}

/// Something to look at twice.
pub(super) fn warning(line: &str) -> String {
    format!("{YELLOW}{line}{PLAIN}")
}

/// A row of a board: bars stand out, what is unknown steps back. Only colours are added, so columns stay where they are.
pub(super) fn row(line: &str) -> String {
    let is_bar = |c: char| ('\u{2588}'..='\u{258f}').contains(&c);
    let (mut text, mut colour) = (String::with_capacity(line.len() + 64), "");
    let mut before = ' ';
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let alone = before == ' ' && rest.peek().is_none_or(|next| *next == ' ');
        let wanted = if is_bar(c) {
            GREEN
        } else if c == '?' && alone {
            DIM
        } else {
            ""
        };
        if wanted != colour {
            text.push_str(if wanted.is_empty() { PLAIN } else { wanted });
            colour = wanted;
        }
        text.push(c);
        before = c;
    }
    if !colour.is_empty() {
        text.push_str(PLAIN);
    }
    text
}
