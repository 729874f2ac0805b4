//! The selection cart: a CSV file that people edit too. Our columns are refreshed, theirs survive; the file is written whole, by one process at a time.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::{
    failure::Failure,
    present::file::write_whole,
    read::{Batch, Input, Source},
};

/// Columns that every refresh writes, in their order.
pub const OURS: [&str; 15] =
    ["kind", "id", "name", "platform", "url", "category", "tier", "score", "score_lo", "coverage", "followers", "price", "reach", "cpm_target", "flags"];
/// Columns for people, which nothing but people writes.
pub const THEIRS: [&str; 4] = ["status", "owner", "quote", "notes"];
/// Where a candidate may stand, from the first idea to the end.
pub const STATUS: [&str; 8] = ["sourced", "contacted", "negotiating", "contracted", "live", "reviewed", "lapsed", "rejected"];

/// The cart.
#[derive(Debug)]
pub struct Cart {
    headers: Vec<String>,
    /// Cells in the order of the headers.
    rows: Vec<Vec<String>>,
}

/// What adding did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Candidates who were not there.
    pub new: usize,
    /// Candidates whose figures were renewed.
    pub refreshed: usize,
    /// What people wrote and the files say otherwise, a sentence each.
    pub conflicts: Vec<String>,
}

/// Holds the cart for one process until it is dropped.
#[derive(Debug)]
pub struct Held {
    path: PathBuf,
    _lock: File,
}

impl Held {
    /// Waits until no other process holds the cart.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn wait_for(path: &Path) -> Result<Self> {
        let name = path.file_name().with_context(|| format!("`{}` names no file", path.display()))?.to_string_lossy().into_owned();
        let beside = path.with_file_name(format!(".{name}.lock"));
        let lock = File::options().create(true).truncate(false).write(true).open(&beside).with_context(|| format!("cannot write `{}`", beside.display()))?;
        lock.lock().with_context(|| format!("cannot hold `{}`", path.display()))?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// Reads the cart; one that does not exist is empty.
    ///
    /// # Errors
    /// The file cannot be read or is no cart.
    pub fn read(&self) -> Result<Cart> {
        if self.path.exists() { Cart::read(&self.path) } else { Ok(Cart::empty()) }
    }

    /// Writes the cart, whole or not at all.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn write(&self, cart: &Cart) -> Result<()> {
        write_whole(&self.path, |out| {
            out.write_all("\u{feff}".as_bytes())?;
            cart.write_csv(out)
        })
    }
}

impl Cart {
    fn empty() -> Self {
        Self { headers: OURS.iter().chain(&THEIRS).map(|name| (*name).to_owned()).collect(), rows: Vec::new() }
    }

    /// Reads a cart, in whatever encoding a spreadsheet saved it.
    ///
    /// # Errors
    /// The file cannot be read or has no column for ids.
    pub fn read(path: &Path) -> Result<Self> {
        let source = Source::open(&Input::Path(path.to_owned()))?;
        let mut headers: Vec<String> = source.headers().iter().map(|header| header.name.clone()).collect();
        if !["id", "platform"].iter().all(|needed| headers.iter().any(|header| header == needed)) {
            bail!(
                Failure::new(format!("`{}` is no shortlist: it has no columns `id` and `platform`", path.display()))
                    .hint("name another file with `--cart`, or keep these two columns as `kolscore shortlist add` wrote them")
            );
        }
        let width = headers.len();
        let part = |batch: &Batch<'_>| {
            let mut rows: Vec<Vec<String>> = Vec::new();
            batch.for_each(|record| {
                let cells = (0..width).map(|at| record.cell(at).map_or_else(|invalid| invalid.shown, shown_cell));
                rows.push(cells.collect());
                Ok(())
            })?;
            Ok(rows)
        };
        let mut rows: Vec<Vec<String>> = source.scan(1, part)?.0.into_iter().flatten().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).collect();
        for name in OURS.iter().chain(&THEIRS).filter(|name| !source.headers().iter().any(|header| header.name == **name)) {
            headers.push((*name).to_owned());
            rows.iter_mut().for_each(|row| row.push(String::new()));
        }
        Ok(Self { headers, rows })
    }

    /// Headers, ours and theirs.
    #[must_use]
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The rows, in the order of the file.
    #[must_use]
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    /// A cell by its header; empty where the column is none.
    #[must_use]
    pub fn cell<'r>(&self, row: &'r [String], header: &str) -> &'r str {
        self.at(header).and_then(|at| row.get(at)).map_or("", String::as_str)
    }

    fn at(&self, header: &str) -> Option<usize> {
        self.headers.iter().position(|own| own == header)
    }

    /// Adds candidates, each by the cells of [`OURS`]; those who are there keep everything that people wrote.
    pub fn add(&mut self, candidates: &[[String; OURS.len()]]) -> Added {
        let mut added = Added::default();
        for candidate in candidates {
            let (id, platform) = (&candidate[1], &candidate[3]);
            let same = |row: &Vec<String>| self.cell(row, "id") == id && self.cell(row, "platform") == platform;
            let position = self.rows.iter().position(same);
            match position {
                Some(_) => added.refreshed += 1,
                None => added.new += 1,
            }
            let position = position.unwrap_or_else(|| {
                let mut row = vec![String::new(); self.headers.len()];
                if let Some(at) = self.at("status") {
                    STATUS[0].clone_into(&mut row[at]);
                }
                self.rows.push(row);
                self.rows.len() - 1
            });
            for (name, cell) in OURS.iter().zip(candidate) {
                if let Some(at) = self.at(name) {
                    self.rows[position][at].clone_from(cell);
                }
            }
            added.conflicts.extend(self.conflict(position));
        }
        added
    }

    /// What people wrote of a candidate and the files say otherwise. Nothing is decided here.
    fn conflict(&self, position: usize) -> Option<String> {
        let row = &self.rows[position];
        let (quote, price, name) = (self.cell(row, "quote"), self.cell(row, "price"), self.cell(row, "name"));
        let differs = amount(quote).zip(amount(price)).is_some_and(|(quote, price)| (quote - price).abs() > 0.005);
        if differs {
            return Some(format!("{name}: `quote` is {quote}, the files say {price}; the quote counts"));
        }
        let status = self.cell(row, "status");
        ["lapsed", "rejected"].contains(&status).then(|| format!("{name}: is `{status}` and was added again; the status stays"))
    }

    /// Takes candidates out by id (or by a name that only one has); gives back who was not there.
    pub fn remove(&mut self, wanted: &[String]) -> Vec<String> {
        let mut missing = Vec::new();
        for wanted in wanted {
            let by_id: Vec<usize> = (0..self.rows.len()).filter(|at| self.cell(&self.rows[*at], "id") == wanted).collect();
            let by_name: Vec<usize> = (0..self.rows.len()).filter(|at| self.cell(&self.rows[*at], "name") == wanted).collect();
            match (by_id.as_slice(), by_name.as_slice()) {
                ([one], _) | ([], [one]) => {
                    self.rows.remove(*one);
                }
                _ => missing.push(wanted.clone()),
            }
        }
        missing
    }

    /// Keeps only some rows.
    pub fn keep(&mut self, wanted: impl Fn(&Self, &[String]) -> bool) {
        let rows = std::mem::take(&mut self.rows);
        self.rows = rows.into_iter().filter(|row| wanted(self, row)).collect();
    }

    /// Takes everybody out.
    pub fn clear(&mut self) {
        self.rows.clear();
    }

    /// The money that a candidate costs: the quote that people wrote, else the file's.
    #[must_use]
    pub fn price(&self, row: &[String]) -> Option<f64> {
        amount(self.cell(row, "quote")).or_else(|| amount(self.cell(row, "price")))
    }

    /// Writes the cart as CSV; what a spreadsheet would run is neutralised.
    ///
    /// # Errors
    /// The output is gone.
    pub fn write_csv(&self, out: &mut dyn std::io::Write) -> Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(self.headers.iter().map(|header| crate::present::neutral(header)))?;
        for row in &self.rows {
            writer.write_record(row.iter().map(|cell| crate::present::neutral(cell)))?;
        }
        Ok(writer.flush()?)
    }
}

/// A cell as people wrote it: an apostrophe that keeps a spreadsheet from running it is not theirs.
fn shown_cell(cell: &str) -> String {
    let bare = cell.strip_prefix('\'').filter(|bare| crate::present::neutral(bare) != *bare);
    bare.unwrap_or(cell).to_owned()
}

/// An amount of money as people write it: `3000`, `3,000`, `¥3000`, `1.2万`.
#[must_use]
pub fn amount(cell: &str) -> Option<f64> {
    crate::normalize::cell::number(cell).ok().flatten().map(|written| written.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(id: &str, price: &str) -> [String; OURS.len()] {
        OURS.map(|name| match name {
            "id" | "name" => id.to_owned(),
            "platform" => "小红书".to_owned(),
            "price" => price.to_owned(),
            _ => String::new(),
        })
    }

    #[test]
    fn a_refresh_renews_our_columns_and_leaves_theirs() {
        let mut cart = Cart::empty();
        cart.headers.push("faxed".to_owned());
        assert_eq!(cart.add(&[candidate("a", "100"), candidate("b", "")]), Added { new: 2, ..Added::default() });
        let quote = cart.at("quote").unwrap();
        cart.rows[0][quote] = "¥90".to_owned();
        *cart.rows[0].last_mut().unwrap() = "yes".to_owned();
        let added = cart.add(&[candidate("a", "120")]);
        assert_eq!((added.new, added.refreshed, added.conflicts.len()), (0, 1, 1));
        let row = &cart.rows[0];
        assert_eq!((cart.cell(row, "price"), cart.cell(row, "quote"), cart.cell(row, "faxed"), cart.cell(row, "status")), ("120", "¥90", "yes", "sourced"));
        assert_eq!(cart.price(row), Some(90.0));
        assert_eq!(cart.remove(&["b".to_owned(), "c".to_owned()]), ["c"]);
    }
}
