//! A path or standard input in, bytes out: at rest, which can be read again at any offset, or as they come.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail};

use super::Input;
use crate::failure::Failure;

/// The most that is held in memory whole: standard input, pipes, and files that must be decoded.
const MEMORY_LIMIT: u64 = 4 << 30;

/// Bytes: a file that is read piece by piece, memory, or what comes only once.
pub(super) enum Store {
    /// A regular file. The lock is held for one read, because a read moves the file's one cursor.
    File { file: Mutex<File>, size: u64 },
    /// Everything there is.
    Memory(Vec<u8>),
    /// What is read once, from front to back; its beginning is kept for as long as it is looked at.
    Stream(Mutex<Tape>),
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File { .. } => "File",
            Self::Memory(_) => "Memory",
            Self::Stream(_) => "Stream",
        })
    }
}

/// A reader, and what was read of it and may be asked for again.
pub(super) struct Tape {
    reader: Box<dyn Read + Send>,
    kept: Vec<u8>,
    /// Where in the stream the kept bytes begin.
    from: u64,
}

impl Tape {
    /// How many bytes have been read.
    fn read_to(&self) -> u64 {
        self.from + self.kept.len() as u64
    }

    fn fill(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let gone = || io::Error::other("a stream cannot be read twice");
        let start = offset.checked_sub(self.from).map(|start| start as usize).ok_or_else(gone)?;
        let missing = (start + buffer.len()).saturating_sub(self.kept.len());
        if missing > 0 {
            let length = self.kept.len();
            self.kept.resize(length + missing, 0);
            let count = fill_from(&mut self.reader, &mut self.kept[length..]);
            self.kept.truncate(length + count.as_ref().copied().unwrap_or(0));
            count?;
        }
        let rest = self.kept.get(start..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn forget(&mut self, before: u64) {
        let count = (before.saturating_sub(self.from) as usize).min(self.kept.len());
        self.kept.drain(..count);
        self.from += count as u64;
    }
}

impl Store {
    /// Opens an input that is read only once, from front to back: nothing but a regular file can be read at any offset.
    pub(super) fn open_once(input: &Input, name: &str) -> Result<Self> {
        match input {
            Input::Stdin => Ok(Self::stream(io::stdin())),
            Input::Path(path) => {
                let (file, size) = open_path(path, name)?;
                Ok(match size {
                    Some(size) => Self::File { file: Mutex::new(file), size },
                    None => Self::stream(file),
                })
            }
        }
    }

    /// What a reader gives.
    pub(super) fn stream(reader: impl Read + Send + 'static) -> Self {
        Self::Stream(Mutex::new(Tape { reader: Box::new(reader), kept: Vec::new(), from: 0 }))
    }

    /// Whether the bytes come only once.
    pub(super) fn is_stream(&self) -> bool {
        matches!(self, Self::Stream(_))
    }

    /// The same bytes, which can be read at any offset.
    pub(super) fn at_rest(self, name: &str) -> Result<Self> {
        if self.is_stream() { read_to_memory(self.into_reader()?, name) } else { Ok(self) }
    }

    /// All bytes, from the first on.
    pub(super) fn into_reader(self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Self::Memory(bytes) => Box::new(io::Cursor::new(bytes)),
            Self::File { file, .. } => {
                let mut file = file.into_inner().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(0))?;
                Box::new(io::BufReader::new(file))
            }
            Self::Stream(tape) => {
                let Tape { reader, kept, .. } = tape.into_inner().unwrap_or_else(PoisonError::into_inner);
                Box::new(io::Cursor::new(kept).chain(reader))
            }
        })
    }

    /// Whether no byte stands at this offset or behind it.
    pub(super) fn ends_by(&self, offset: u64) -> io::Result<bool> {
        if self.is_stream() { Ok(self.fill(offset, &mut [0])? == 0) } else { Ok(offset >= self.size()) }
    }

    /// What stands before this offset will not be asked for again.
    pub(super) fn forget(&self, before: u64) {
        if let Self::Stream(tape) = self {
            tape.lock().unwrap_or_else(PoisonError::into_inner).forget(before);
        }
    }

    /// Opens an input; what is not a regular file is read to its end.
    pub(super) fn open(input: &Input, name: &str) -> Result<Self> {
        match input {
            Input::Stdin => read_to_memory(io::stdin().lock(), name),
            Input::Path(path) => {
                let (file, size) = open_path(path, name)?;
                match size {
                    Some(size) => Ok(Self::File { file: Mutex::new(file), size }),
                    None => read_to_memory(file, name),
                }
            }
        }
    }

    /// How many bytes there are; of a stream, how many were read.
    pub(super) fn size(&self) -> u64 {
        match self {
            Self::File { size, .. } => *size,
            Self::Memory(bytes) => bytes.len() as u64,
            Self::Stream(tape) => tape.lock().unwrap_or_else(PoisonError::into_inner).read_to(),
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
            Self::Stream(tape) => tape.lock().unwrap_or_else(PoisonError::into_inner).fill(offset, buffer),
        }
    }

    /// Up to `length` bytes from `offset` on; fewer only at the end.
    pub(super) fn read(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let rest = if self.is_stream() { u64::MAX } else { self.size().saturating_sub(offset) };
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

/// A file, with its size where it can be read at any offset.
fn open_path(path: &Path, name: &str) -> Result<(File, Option<u64>)> {
    let file = File::open(path).map_err(|error| cannot_open(name, &error))?;
    let facts = file.metadata().map_err(|error| cannot_open(name, &error))?;
    if facts.is_dir() {
        bail!(Failure::new(format!("`{name}` is a folder")).hint(format!("name the files in it: `{}`", path.join("*.csv").display())));
    }
    let size = (facts.is_file() && facts.len() > 0).then_some(facts.len());
    Ok((file, size))
}

/// Why bytes could not be read: what a reader of ours says, or the system.
pub(super) fn unreadable(name: &str, error: io::Error) -> anyhow::Error {
    match error.downcast::<Failure>() {
        Ok(failure) => failure.into(),
        Err(error) => anyhow::Error::new(error).context(format!("`{name}` cannot be read")),
    }
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
    let count = reader.take(MEMORY_LIMIT + 1).read_to_end(&mut bytes).map_err(|error| match error.downcast::<Failure>() {
        Ok(failure) => failure,
        Err(error) => Failure::new(format!("`{name}` cannot be read: {error}")),
    })?;
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
    fn a_stream_keeps_what_was_read_until_it_is_forgotten() {
        let store = Store::stream(&b"abcdef"[..]);
        assert_eq!(store.read(1, 2).expect("bytes"), b"bc");
        assert_eq!(store.read(0, 4).expect("bytes"), b"abcd");
        assert!(!store.ends_by(5).expect("bytes") && store.ends_by(6).expect("bytes"));
        store.forget(3);
        assert!(store.read(2, 1).is_err());
        assert_eq!(store.read(3, 10).expect("bytes"), b"def");
        assert_eq!(Store::stream(&b"abc"[..]).at_rest("a").expect("memory").size(), 3);
    }

    #[test]
    fn a_pattern_that_matched_nothing_is_named_as_one() {
        let error = Store::open(&Input::from_argument("nowhere/*.csv"), "nowhere/*.csv").expect_err("no such file");
        assert_eq!(error.to_string(), "no file matches `nowhere/*.csv`");
    }
}
