//! Origins of rows in, their full details out: the few batches that hold them are read again, and rows of one creator are joined.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result};

use super::{inputs::OpenFile, pool::Ranked, scan::Scan, setting::Setting};
use crate::{
    normalize::{
        candidate::Candidate,
        row::{Findings, Outcome},
    },
    parallel,
    read::Record,
    select::pool::Origin,
};

/// A candidate's row, and the other rows of the same creator that filled what it leaves unknown.
pub(super) struct Row<'r> {
    pub(super) record: &'r Record<'r>,
    pub(super) file: &'r OpenFile<'r>,
    others: &'r [Other<'r>],
}

/// A row that was joined to another one.
struct Other<'f> {
    file: &'f OpenFile<'f>,
    line: u64,
    cells: Vec<String>,
    candidate: Candidate,
}

/// One of the rows that a candidate was made of.
pub(super) struct Source<'r> {
    pub(super) file: &'r OpenFile<'r>,
    pub(super) line: u64,
    cells: Cells<'r>,
}

enum Cells<'r> {
    Record(&'r Record<'r>),
    Kept(&'r [String]),
}

impl Source<'_> {
    /// The text of a cell.
    pub(super) fn cell(&self, at: usize) -> String {
        match self.cells {
            Cells::Record(record) => record.cell(at).map_or_else(|invalid| invalid.shown, str::to_owned),
            Cells::Kept(cells) => cells.get(at).cloned().unwrap_or_default(),
        }
    }

    /// File and line.
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.file.source.name(), self.line)
    }
}

impl<'r> Row<'r> {
    /// A row that nobody looked for others of the same creator of.
    pub(super) fn alone(record: &'r Record<'r>, file: &'r OpenFile<'r>) -> Self {
        Self { record, file, others: &[] }
    }

    /// All rows, the one that counts first; their positions are those of [`crate::normalize::candidate::Documents::source`].
    pub(super) fn sources(&self) -> impl Iterator<Item = Source<'_>> {
        let own = Source { file: self.file, line: self.record.line(), cells: Cells::Record(self.record) };
        std::iter::once(own).chain(self.others.iter().map(|other| Source { file: other.file, line: other.line, cells: Cells::Kept(&other.cells) }))
    }
}

/// Calls `each` with every wanted row as it stands, in the order of the files.
pub(super) fn rows<'f>(
    wanted: &[Origin],
    files: &'f [OpenFile<'f>],
    scan: &Scan,
    setting: &Setting<'_>,
    mut each: impl FnMut(usize, &Candidate, &Record<'_>, &'f OpenFile<'f>) -> Result<()>,
) -> Result<()> {
    by_batch(wanted).iter().try_for_each(|of_batch| rows_of(of_batch, files, scan, setting, &mut each))
}

/// Wanted rows of one batch: its file, its number, and the position of each row among the wanted ones.
type OfBatch = ((u32, u32), BTreeMap<u32, usize>);

fn by_batch(wanted: &[Origin]) -> Vec<OfBatch> {
    let mut batches: BTreeMap<(u32, u32), BTreeMap<u32, usize>> = BTreeMap::new();
    for (position, origin) in wanted.iter().enumerate() {
        batches.entry((origin.file, origin.batch)).or_default().insert(origin.row, position);
    }
    batches.into_iter().collect()
}

fn rows_of<'f>(
    ((file, batch), rows): &OfBatch,
    files: &'f [OpenFile<'f>],
    scan: &Scan,
    setting: &Setting<'_>,
    each: &mut dyn FnMut(usize, &Candidate, &Record<'_>, &'f OpenFile<'f>) -> Result<()>,
) -> Result<()> {
    let open = &files[*file as usize];
    let normalizer = open.normalizer(setting.knowledge);
    let (mut candidate, mut findings) = (Candidate::default(), Findings::new(open.plan.columns.len()));
    let place = scan.files[*file as usize].batches.get(*batch as usize).context("a batch that was read is gone")?.span;
    open.source.batch(place)?.as_batch().for_each(|record| {
        if let Some(position) = rows.get(&record.row())
            && normalizer.fill(record, &mut candidate, &mut findings) == Outcome::Candidate
        {
            each(*position, &candidate, record, open)?;
        }
        Ok(())
    })
}

/// Calls `each` with every wanted candidate, joined with the other rows of the same creator, in the order of the files.
pub(super) fn visit<'f>(
    wanted: &[Origin],
    files: &'f [OpenFile<'f>],
    ranked: &Ranked,
    setting: &Setting<'_>,
    mut each: impl FnMut(usize, &Candidate, &Row<'_>) -> Result<()>,
) -> Result<()> {
    let others = others(wanted, files, ranked, setting)?;
    rows(wanted, files, &ranked.scan, setting, |position, candidate, record, file| {
        with_others(others.get(&wanted[position]), candidate, (record, file), |candidate, row| each(position, candidate, row))
    })
}

/// What `make` makes of every wanted candidate, in the order in which they are wanted; batches are read on `threads` threads.
pub(super) fn map<T: Send>(
    wanted: &[Origin],
    files: &[OpenFile<'_>],
    ranked: &Ranked,
    setting: &Setting<'_>,
    threads: usize,
    make: impl Fn(usize, &Candidate, &Row<'_>) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let (others, batches) = (others(wanted, files, ranked, setting)?, by_batch(wanted));
    let parts = parallel::map(threads, batches.len(), |at| {
        let mut done = Vec::new();
        rows_of(&batches[at], files, &ranked.scan, setting, &mut |position, candidate, record, file| {
            let one = with_others(others.get(&wanted[position]), candidate, (record, file), |candidate, row| make(position, candidate, row))?;
            done.push((position, one));
            Ok(())
        })?;
        Ok(done)
    })?;
    let mut all: Vec<(usize, T)> = parts.into_iter().flatten().collect();
    all.sort_unstable_by_key(|(position, _)| *position);
    Ok(all.into_iter().map(|(_, one)| one).collect())
}

/// A candidate's row, joined with the other rows of the same creator.
fn with_others<T>(
    others: Option<&Vec<Other<'_>>>,
    candidate: &Candidate,
    (record, file): (&Record<'_>, &OpenFile<'_>),
    make: impl FnOnce(&Candidate, &Row<'_>) -> T,
) -> T {
    let Some(others) = others else { return make(candidate, &Row::alone(record, file)) };
    let mut joined = candidate.clone();
    others.iter().zip(1..).for_each(|(other, source)| joined.learn(&other.candidate, source));
    make(&joined, &Row { record, file, others })
}

/// The rows that are joined to the wanted ones, in the order in which they fill what is unknown.
fn others<'f>(wanted: &[Origin], files: &'f [OpenFile<'f>], ranked: &Ranked, setting: &Setting<'_>) -> Result<HashMap<Origin, Vec<Other<'f>>>> {
    let places: Vec<(Origin, Origin)> =
        wanted.iter().filter_map(|kept| Some((kept, ranked.joined.get(kept)?))).flat_map(|(kept, others)| others.iter().map(|other| (*kept, *other))).collect();
    let origins: Vec<Origin> = places.iter().map(|(_, other)| *other).collect();
    let mut read: Vec<Option<Other<'f>>> = places.iter().map(|_| None).collect();
    rows(&origins, files, &ranked.scan, setting, |position, candidate, record, file| {
        let cells = (0..file.plan.columns.len()).map(|at| record.cell(at).map_or_else(|invalid| invalid.shown, str::to_owned)).collect();
        read[position] = Some(Other { file, line: record.line(), cells, candidate: candidate.clone() });
        Ok(())
    })?;
    let mut of_kept: HashMap<Origin, Vec<Other<'f>>> = HashMap::new();
    for ((kept, _), other) in places.into_iter().zip(read) {
        of_kept.entry(kept).or_default().extend(other);
    }
    Ok(of_kept)
}
