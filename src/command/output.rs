//! Where a command's answer goes, and how wide it may be: the arguments of every command that prints one.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};

use crate::{failure::Failure, present};

/// Arguments of every command that can write to a file.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct OutputArgs {
    /// Write to a file, whole or not at all [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Replace an existing file that kolscore did not write
    #[arg(long)]
    force: bool,
}

/// Argument of every command that prints a table or paragraphs.
#[derive(Debug, clap::Args)]
pub(super) struct WidthArgs {
    /// Width of the text in columns [default: the terminal's, else 100]
    #[arg(long, value_name = "COLUMNS")]
    width: Option<usize>,
}

/// Columns where nothing says how many there are.
const WIDTH: usize = 100;

impl OutputArgs {
    /// Refuses, before any work, to take the place of a file that somebody else wrote.
    pub(super) fn refuse_foreign(&self) -> Result<()> {
        self.refuse_foreign_at(self.output.as_deref())
    }

    /// The same for another file that the command writes.
    pub(super) fn refuse_foreign_at(&self, path: Option<&Path>) -> Result<()> {
        path.filter(|_| !self.force).map_or(Ok(()), present::file::refuse_foreign)
    }

    /// Refuses to take the place of what is read.
    pub(super) fn refuse_inputs<'p>(&self, inputs: impl IntoIterator<Item = &'p PathBuf>) -> Result<()> {
        let Some(output) = &self.output else { return Ok(()) };
        let same = |input: &&PathBuf| matches!((input.canonicalize(), output.canonicalize()), (Ok(input), Ok(output)) if input == output);
        if let Some(input) = inputs.into_iter().find(same) {
            bail!(Failure::usage(format!("`-o {}` would overwrite the input `{}`", output.display(), input.display())).hint("write to another file"));
        }
        Ok(())
    }

    /// The format that is named, else that of the file's ending, else the table.
    pub(super) fn format(&self, named: Option<&str>) -> Result<&'static present::Format> {
        match (named, &self.output) {
            (Some(name), _) => present::named(name),
            (None, Some(path)) => present::of_file(path),
            (None, None) => present::named("table"),
        }
    }

    /// Where these say nothing, what others say.
    pub(super) fn or(self, others: Self) -> Self {
        if self.output.is_some() { self } else { others }
    }

    /// Writes to the file, else to standard output.
    pub(super) fn write(&self, text: impl FnOnce(&mut (dyn Write + Send)) -> Result<()>) -> Result<()> {
        if let Some(path) = &self.output {
            return present::file::write_whole(path, text);
        }
        let mut out = std::io::BufWriter::new(std::io::stdout());
        text(&mut out)?;
        Ok(out.flush()?)
    }
}

impl WidthArgs {
    /// The width asked for, else the terminal's.
    pub(super) fn columns(&self) -> usize {
        self.width.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))).unwrap_or(WIDTH)
    }
}
