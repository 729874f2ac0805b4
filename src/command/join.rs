//! Rows of one creator in, one candidate out: rows that agree, or that the policy puts in order, are joined, scored and judged as one.

use std::collections::{HashMap, HashSet};

use anyhow::{Result, bail};

use super::{
    details,
    inputs::OpenFile,
    pool::Ranked,
    scan::{self, Scan, Setting},
};
use crate::{
    normalize::candidate::Candidate,
    select::{
        duplicates::{self, Member, Policy},
        pool::{self, Frame, Origin, Pool},
    },
};

/// Puts all candidates in order, one a creator.
pub(super) fn ranked(mut scan: Scan, policy: Policy, files: &[OpenFile<'_>], setting: &Setting<'_>) -> Result<Ranked> {
    let frames = std::mem::take(&mut scan.frames);
    let excluded = scan.excluded.iter().filter(|row| !row.identity.is_empty()).map(|row| (row.identity.as_str(), row.origin));
    let groups = duplicates::groups(pool::identities(&frames)?.iter().copied().chain(excluded));
    if groups.is_empty() {
        let placed = pool::ordered(frames)?;
        return Ok(Ranked { scan, placed, merged: 0, joined: HashMap::new() });
    }
    let mut members = members(&groups, files, &scan, setting)?.into_iter();
    let (mut joined, mut pool, mut contradicting) = (HashMap::new(), Pool::default(), Vec::new());
    let gone: HashSet<Origin> = groups.iter().flatten().copied().collect();
    scan.excluded.retain(|row| !gone.contains(&row.origin));
    for group in &groups {
        let members: Vec<Member> = members.by_ref().take(group.len()).collect();
        match duplicates::order(&members, policy) {
            Ok(order) => {
                let (kept, others) = (order[0], &order[1..]);
                let mut candidate = members[kept].candidate.clone();
                others.iter().zip(1..).for_each(|(at, source)| candidate.learn(&members[*at].candidate, source));
                joined.insert(group[kept], others.iter().map(|at| group[*at]).collect::<Vec<Origin>>());
                scan::take(&candidate, (group[kept], members[kept].content), setting, &mut pool, &mut scan.excluded);
            }
            Err(failure) => contradicting.push(failure),
        }
    }
    let others = contradicting.len().saturating_sub(1);
    if let Some(mut first) = contradicting.into_iter().next() {
        if others > 0 {
            let plural = if others == 1 { "" } else { "s" };
            first.message = format!("{}; so do the rows of {others} more creator{plural}", first.message);
        }
        bail!(first);
    }
    scan.excluded.sort_by_key(|row| row.origin);
    let placed = pool::ordered(frames.into_iter().map(|frame| frame.without(&gone)).chain([pool.into_frame()]).collect::<Result<Vec<Frame>>>()?)?;
    Ok(Ranked { scan, placed, merged: gone.len() as u64 - groups.len() as u64, joined })
}

/// The rows of all groups, in their order.
pub(super) fn members(groups: &[Vec<Origin>], files: &[OpenFile<'_>], scan: &Scan, setting: &Setting<'_>) -> Result<Vec<Member>> {
    let wanted: Vec<Origin> = groups.iter().flatten().copied().collect();
    let mut rows: Vec<Option<Member>> = wanted.iter().map(|_| None).collect();
    details::rows(&wanted, files, scan, setting, |position, candidate, record, file| {
        rows[position] = Some(Member {
            candidate: Candidate::clone(candidate),
            place: format!("{}:{}", file.source.name(), record.line()),
            coverage: setting.scorer.score(candidate, &setting.scorer.hits(candidate)).total.coverage,
            content: file.normalizer(setting.knowledge).content(record),
        });
        Ok(())
    })?;
    Ok(rows.into_iter().flatten().collect())
}
