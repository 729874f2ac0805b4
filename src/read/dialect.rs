//! The first records of a text in, its delimiter and line end out.

use std::fmt;

/// The delimiters that are told apart, the preferred one first.
const DELIMITERS: [u8; 4] = *b",\t;|";
/// How many records are judged: the header and fifty more.
const RECORDS: usize = 51;

/// How lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnd {
    /// `\n`, as Unix and most scripts write it.
    Lf,
    /// `\r\n`, as Windows and Excel write it.
    CrLf,
    /// A lone `\r`, as Excel for Mac writes it.
    Cr,
    /// A record separator: the rows of a workbook or of JSON.
    Record,
}

impl LineEnd {
    /// The byte that ends a record. A return before a line feed belongs to the end, any other one to its cell: in a
    /// file of line feeds a stray return then never makes two plausible records of one.
    pub(super) fn terminator(self) -> u8 {
        match self {
            Self::Lf | Self::CrLf => b'\n',
            Self::Cr => b'\r',
            Self::Record => 0x1E,
        }
    }
}

impl fmt::Display for LineEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lf => "LF",
            Self::CrLf => "CRLF",
            Self::Cr => "CR",
            Self::Record => "rows",
        })
    }
}

/// How the records of a file are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    /// What stands between two cells.
    pub(super) delimiter: u8,
    /// What stands between two records.
    pub(super) line_end: LineEnd,
}

/// Judges a sample that begins with the header record. `prefer_tab` is for files whose name ends in `.tsv`.
pub(super) fn judge(sample: &[u8], prefer_tab: bool) -> Dialect {
    let outlines = DELIMITERS.map(|delimiter| (delimiter, Outline::of(sample, delimiter)));
    let tab = outlines.iter().find(|(delimiter, outline)| prefer_tab && *delimiter == b'\t' && outline.fit() > 0);
    // `max_by_key` takes the last of equals, the list has the preferred one first.
    let best = outlines.iter().rev().max_by_key(|(_, outline)| outline.fit());
    let (delimiter, outline) = match (tab, best) {
        (Some(found), _) | (None, Some(found)) if found.1.fit() > 0 => (found.0, &found.1),
        _ => (b',', &outlines[0].1),
    };
    Dialect { delimiter, line_end: outline.line_end() }
}

/// The dialect of a sample whose delimiter is known.
pub(super) fn known(sample: &[u8], delimiter: u8) -> Dialect {
    Dialect { delimiter, line_end: Outline::of(sample, delimiter).line_end() }
}

/// What the first records look like to one delimiter.
#[derive(Debug, Default)]
struct Outline {
    /// Cells per record that is not a blank line.
    cells: Vec<usize>,
    /// The end of each of these records.
    ends: Vec<LineEnd>,
}

impl Outline {
    /// Reads a sample as the `csv` crate would, with every kind of line end.
    fn of(sample: &[u8], delimiter: u8) -> Self {
        let mut outline = Self::default();
        let (mut cells, mut quoted, mut field_start, mut blank) = (1, false, true, true);
        let mut bytes = sample.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            if quoted {
                quoted = byte != b'"' || bytes.next_if_eq(&b'"').is_some();
            } else if matches!(byte, b'\r' | b'\n') {
                // A file that went through text mode twice has `\r\r\n`; blank lines do not matter here.
                while byte == b'\r' && bytes.next_if_eq(&b'\r').is_some() {}
                let feed = byte == b'\r' && bytes.next_if_eq(&b'\n').is_some();
                if !blank {
                    outline.cells.push(cells);
                    outline.ends.push(if feed {
                        LineEnd::CrLf
                    } else if byte == b'\n' {
                        LineEnd::Lf
                    } else {
                        LineEnd::Cr
                    });
                    if outline.cells.len() == RECORDS {
                        return outline;
                    }
                }
                (cells, field_start, blank) = (1, true, true);
            } else {
                quoted = byte == b'"' && field_start;
                field_start = byte == delimiter;
                cells += usize::from(field_start);
                blank = false;
            }
        }
        if !blank {
            outline.cells.push(cells);
        }
        outline
    }

    /// How many delimiters stand where the header's number of columns wants them.
    fn fit(&self) -> usize {
        let columns = self.cells.first().copied().unwrap_or(1);
        self.cells.iter().filter(|cells| **cells == columns).count() * (columns - 1)
    }

    /// The header's line end, except that a lone return ends lines only where nothing else does.
    fn line_end(&self) -> LineEnd {
        let first = self.ends.first().copied().unwrap_or(LineEnd::Lf);
        if first == LineEnd::Cr { self.ends.iter().copied().find(|end| *end != LineEnd::Cr).unwrap_or(LineEnd::Cr) } else { first }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delimiter(sample: &str) -> char {
        judge(sample.as_bytes(), false).delimiter.into()
    }

    #[test]
    fn the_delimiter_is_the_one_that_fits_the_most_columns() {
        assert_eq!(delimiter("a,b,c\n1,2,3\n"), ',');
        assert_eq!(delimiter("a\tb, c\n1\t2\n"), '\t');
        assert_eq!(delimiter("name;price,EUR;fans\nAnn;1,5;100\n"), ';');
        assert_eq!(delimiter("粉丝男|女,地域,名称\n13%|86%,上海,A\n14%|85%,北京,B\n"), ',');
        assert_eq!(delimiter("a|b\n1|2\n"), '|');
    }

    #[test]
    fn delimiters_in_quotes_and_in_few_rows_do_not_count() {
        assert_eq!(delimiter("\"a;b;c;d\",e\n\"1;2;3;4\",5\n"), ',');
        assert_eq!(delimiter("title\na|b\nc|d\n"), ',');
        assert_eq!(delimiter("name\nAnn\n"), ',');
    }

    #[test]
    fn a_tie_is_a_comma_unless_the_name_says_tab() {
        assert_eq!(judge(b"a,b\tc", false).delimiter, b',');
        assert_eq!(judge(b"a,b\tc", true).delimiter, b'\t');
        assert_eq!(judge(b"a,b", true).delimiter, b',');
    }

    #[test]
    fn a_lone_return_ends_lines_only_where_nothing_else_does() {
        let end = |sample: &[u8]| judge(sample, false).line_end;
        assert_eq!(end(b"a,b\r1,2\r"), LineEnd::Cr);
        assert_eq!(end(b"a,b\r\n1,2\n"), LineEnd::CrLf);
        assert_eq!(end(b"a,\"b\r\nc\"\n1,2\n"), LineEnd::Lf);
        assert_eq!(end(b"a,b\rc\n1,2\n"), LineEnd::Lf);
        assert_eq!(end(b"a,b\r\r\n1,2\r\r\n"), LineEnd::CrLf);
        assert_eq!(end(b"a,b"), LineEnd::Lf);
    }
}
