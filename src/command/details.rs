//! Origins of the rows that are shown in, their full details out: the few batches that hold them are read and scored again.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::{
    inputs::OpenFile,
    scan::{Scan, Setting},
};
use crate::{
    normalize::{
        candidate::Candidate,
        row::{Findings, Outcome},
    },
    read::Record,
    select::pool::Origin,
};

/// Calls `each` with every wanted row, in the order of the files; `each` is given the row's candidate and raw record.
pub(super) fn visit(
    wanted: &[Origin],
    files: &[OpenFile<'_>],
    scan: &Scan,
    setting: &Setting<'_>,
    mut each: impl FnMut(usize, &Candidate, &Record<'_>, &OpenFile<'_>) -> Result<()>,
) -> Result<()> {
    let mut by_batch: BTreeMap<(u32, u32), BTreeMap<u32, usize>> = BTreeMap::new();
    for (position, origin) in wanted.iter().enumerate() {
        by_batch.entry((origin.file, origin.batch)).or_default().insert(origin.row, position);
    }
    let mut candidate = Candidate::default();
    for ((file, batch), rows) in by_batch {
        let open = &files[file as usize];
        let normalizer = open.normalizer(setting.knowledge);
        let mut findings = Findings::new(open.plan.columns.len());
        let place = scan.files[file as usize].spans.get(batch as usize).copied().context("a batch that was read is gone")?;
        let owned = open.source.batch(place)?;
        owned.as_batch().for_each(|record| {
            if let Some(position) = rows.get(&record.row())
                && normalizer.fill(record, &mut candidate, &mut findings) == Outcome::Candidate
            {
                each(*position, &candidate, record, open)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}
