//! A path or standard input in, bytes that can be read again at any offset out.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail};

use super::Input;
use crate::failure::Failure;

/// The most that is held in memory whole: standard input, pipes, and files that must be decoded.
const MEMORY_LIMIT: u64 = 4 << 30;

/// Bytes at rest: a file that is read piece by piece, or memory.
#[derive(Debug)]
pub(super) enum Store {
    /// A regular file. The lock is held for one read, because a read moves the file's one cursor.
    File { file: Mutex<File>, size: u64 },
    /// Everything there is.
    Memory(Vec<u8>),
}

impl Store {
    /// Opens an input; what is not a regular file is read to its end.
    pub(super) fn open(input: &Input, name: &str) -> Result<Self> {
        match input {
            Input::Stdin => read_to_memory(io::stdin().lock(), name),
            Input::Path(path) => open_path(path, name),
        }
    }

    /// How many bytes there are.
    pub(super) fn size(&self) -> u64 {
        match self {
            Self::File { size, .. } => *size,
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// Fills `buffer` from `offset` on and says how many bytes there were; fewer only at the end.
    pub(super) fn fill(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Memory(bytes) => {
                let rest = usize::try_from(offset).ok().and_then(|at| bytes.get(at..)).unwrap_or_default();
                let count = rest.len().min(buffer.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                Ok(count)
            }
            Self::File { file, .. } => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(offset))?;
                fill_from(&mut *file, buffer)
            }
        }
    }

    /// Up to `length` bytes from `offset` on; fewer only at the end.
    pub(super) fn read(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let rest = self.size().saturating_sub(offset);
        let mut bytes = vec![0; length.min(usize::try_from(rest).unwrap_or(usize::MAX))];
        let count = self.fill(offset, &mut bytes)?;
        bytes.truncate(count);
        Ok(bytes)
    }

    /// Everything, of a file that must be held whole.
    pub(super) fn read_whole(&self, name: &str, limit: u64) -> Result<Vec<u8>> {
        if self.size() > limit {
            let message = format!("`{name}` is more than {} MiB, which only CSV may be", limit >> 20);
            bail!(Failure::new(message).hint("split it, or save it as `CSV UTF-8`"));
        }
        self.read(0, usize::try_from(self.size())?).with_context(|| format!("`{name}` cannot be read"))
    }

    /// Refuses a file that is too large to be decoded whole.
    pub(super) fn check_fits_memory(&self, name: &str) -> Result<()> {
        if self.size() > MEMORY_LIMIT { Err(too_large(name)) } else { Ok(()) }
    }
}

fn open_path(path: &Path, name: &str) -> Result<Store> {
    let file = File::open(path).map_err(|error| cannot_open(name, &error))?;
    let facts = file.metadata().map_err(|error| cannot_open(name, &error))?;
    if facts.is_dir() {
        bail!(Failure::new(format!("`{name}` is a folder")).hint(format!("name the files in it: `{}`", path.join("*.csv").display())));
    }
    if facts.is_file() && facts.len() > 0 {
        return Ok(Store::File { file: Mutex::new(file), size: facts.len() });
    }
    read_to_memory(file, name)
}

fn cannot_open(name: &str, error: &io::Error) -> anyhow::Error {
    let failure = match error.kind() {
        io::ErrorKind::NotFound if name.contains(['*', '?']) => {
            Failure::new(format!("no file matches `{name}`")).hint("check the folder, or name the files one by one")
        }
        io::ErrorKind::NotFound => Failure::new(format!("there is no file `{name}`")).hint("check the spelling and the folder; `-` reads standard input"),
        io::ErrorKind::PermissionDenied => {
            Failure::new(format!("`{name}` may not be read")).hint("ask its owner for the right to read it, or close the program that holds it")
        }
        io::ErrorKind::IsADirectory => Failure::new(format!("`{name}` is a folder")).hint("name the files in it"),
        _ => Failure::new(format!("`{name}` cannot be opened: {error}")),
    };
    failure.into()
}

fn read_to_memory(reader: impl Read, name: &str) -> Result<Store> {
    let mut bytes = Vec::new();
    let count = reader.take(MEMORY_LIMIT + 1).read_to_end(&mut bytes).map_err(|error| Failure::new(format!("`{name}` cannot be read: {error}")))?;
    if count as u64 > MEMORY_LIMIT { Err(too_large(name)) } else { Ok(Store::Memory(bytes)) }
}

fn too_large(name: &str) -> anyhow::Error {
    Failure::new(format!("`{name}` is more than {} GiB, which only a UTF-8 file may be", MEMORY_LIMIT >> 30))
        .hint("save it as a file in UTF-8 first: `iconv -f GB18030 -t UTF-8 in.csv > out.csv`")
        .into()
}

/// `Read::read_exact`, except that the end of the file is an answer and not an error.
fn fill_from(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut count = 0;
    while count < buffer.len() {
        match reader.read(&mut buffer[count..]) {
            Ok(0) => break,
            Ok(more) => count += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_answers_reads_beyond_its_end_with_nothing() {
        let store = Store::Memory(b"abc".to_vec());
        assert_eq!(store.read(1, 10).expect("memory"), b"bc");
        assert_eq!(store.read(7, 10).expect("memory"), b"");
    }

    #[test]
    fn a_pattern_that_matched_nothing_is_named_as_one() {
        let error = Store::open(&Input::from_argument("nowhere/*.csv"), "nowhere/*.csv").expect_err("no such file");
        assert_eq!(error.to_string(), "no file matches `nowhere/*.csv`");
    }
}
