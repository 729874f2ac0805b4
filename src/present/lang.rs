//! The language of what people read: Chinese or English.

use clap::ValueEnum;

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// Chinese
    Zh,
    /// English
    En,
}

impl Lang {
    /// Chinese where the brief is written in it, else the language of the system.
    #[must_use]
    pub fn of<'t>(mut brief: impl Iterator<Item = &'t str>) -> Self {
        let chinese = |c: char| ('\u{3400}'..='\u{9fff}').contains(&c);
        let system = || ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        if brief.any(|text| text.chars().any(chinese)) || system().is_some_and(|system| system.starts_with("zh")) { Self::Zh } else { Self::En }
    }

    /// The text of this language.
    pub(super) fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}
