//! The head of a file in, an error with advice out where it is no table of text at all.

use anyhow::{Result, bail};

use crate::failure::Failure;

/// How a foreign file begins, what it is, and what to do about it.
struct Foreign {
    magic: &'static [u8],
    what: &'static str,
    advice: &'static str,
}

const SAVE_AS_CSV: &str = "open it in a spreadsheet and save the sheet as `CSV UTF-8`";
const UNPACK: &str = "unpack it first; a table can also be piped in: `… | kolscore rank -b brief.toml -`";
const CONVERT: &str = "convert it to CSV in UTF-8 with a header row";

/// Magic numbers as the programs that own the formats document them.
const FOREIGN: &[Foreign] = &[
    Foreign { magic: b"PK\x05\x06", what: "an empty zip archive", advice: SAVE_AS_CSV },
    Foreign { magic: b"\x1F\x8B", what: "compressed with gzip", advice: UNPACK },
    Foreign { magic: b"\x28\xB5\x2F\xFD", what: "compressed with zstd", advice: UNPACK },
    Foreign { magic: b"\xFD7zXZ", what: "compressed with xz", advice: UNPACK },
    Foreign { magic: b"BZh9", what: "compressed with bzip2", advice: UNPACK },
    Foreign { magic: b"7z\xBC\xAF", what: "a 7z archive", advice: UNPACK },
    Foreign { magic: b"Rar!", what: "a rar archive", advice: UNPACK },
    Foreign { magic: b"%PDF-", what: "a PDF", advice: "ask for the table itself, as xlsx or CSV" },
    Foreign { magic: b"\x89PNG", what: "an image", advice: "ask for the table itself, as xlsx or CSV" },
    Foreign { magic: b"\xFF\xD8\xFF", what: "an image", advice: "ask for the table itself, as xlsx or CSV" },
    Foreign { magic: b"PAR1", what: "a Parquet file", advice: CONVERT },
    Foreign { magic: b"ARROW1", what: "an Arrow file", advice: CONVERT },
    Foreign { magic: b"SQLite format 3", what: "an SQLite database", advice: CONVERT },
    Foreign { magic: b"\xFF\xFE\x00\x00", what: "UTF-32 text, which is not read", advice: CONVERT },
    Foreign { magic: b"\x00\x00\xFE\xFF", what: "UTF-32 text, which is not read", advice: CONVERT },
    Foreign { magic: b"<!doctype html", what: "a web page, whatever its name says", advice: SAVE_AS_CSV },
    Foreign { magic: b"<html", what: "a web page, whatever its name says", advice: SAVE_AS_CSV },
    Foreign { magic: b"<table", what: "a web page, whatever its name says", advice: SAVE_AS_CSV },
    Foreign { magic: b"<?xml", what: "XML", advice: SAVE_AS_CSV },
];

/// How much of the head is looked at for control characters, and how many make a file binary: one stray NUL is a
/// fault of its record, but no text is one fiftieth control characters.
const BINARY_HEAD: usize = 8192;
const BINARY_COUNT: usize = 8;
const BINARY_SHARE: usize = 50;

/// Whether a file is a zip archive (xlsx, xlsb, ods) or an old Office file (xls).
pub(super) fn is_workbook(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"\xD0\xCF\x11\xE0")
}

/// Refuses a file whose head is that of a known foreign format.
pub(super) fn foreign(name: &str, head: &[u8]) -> Result<()> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let begins = |magic: &[u8]| head.get(..magic.len()).is_some_and(|start| start.eq_ignore_ascii_case(magic));
    if let Some(foreign) = FOREIGN.iter().find(|foreign| begins(foreign.magic)) {
        bail!(Failure::new(format!("`{name}` is {}", foreign.what)).hint(foreign.advice));
    }
    Ok(())
}

/// Refuses a file whose head is full of control characters. Not for UTF-16, where every other byte may be NUL.
pub(super) fn binary(name: &str, head: &[u8]) -> Result<()> {
    let head = &head[..head.len().min(BINARY_HEAD)];
    let control = head.iter().filter(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31)).count();
    if control >= BINARY_COUNT && control * BINARY_SHARE >= head.len() {
        bail!(Failure::new(format!("`{name}` is a binary file, not a table of text")).hint(CONVERT));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_that_is_html_is_seen_through_its_name() {
        assert!(foreign("a.xls", b"\xEF\xBB\xBF<HTML><table>").is_err());
        assert!(foreign("a.csv", b"<18,name\n").is_ok());
    }

    #[test]
    fn one_nul_is_no_binary_file_but_many_are() {
        assert!(binary("a.csv", b"a,b\n1,\0\n").is_ok());
        assert!(binary("a.out", &[0, 1, 2, 3, 250].repeat(40)).is_err());
    }
}
