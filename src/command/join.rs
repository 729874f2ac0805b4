//! Rows of one creator in, one candidate out: rows that agree, or that the policy puts in order, are joined, scored and judged as one.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::{Result, bail};

use super::{
    details,
    inputs::OpenFile,
    scan::{self, Excluded, Scan},
    scoring,
    setting::Setting,
};
use crate::{
    failure::Failure,
    normalize::candidate::Candidate,
    select::{
        duplicates::{self, Member, Policy},
        pool::{Origin, Pool},
        prospect::Bar,
    },
};

/// Creators who stand in several rows.
#[derive(Default)]
pub(super) struct Joined {
    /// Each as one candidate, scored.
    pub(super) pool: Pool,
    /// All their rows.
    pub(super) gone: HashSet<Origin>,
    /// The rows that are joined to a placed one, in the order in which they fill what is unknown.
    pub(super) others: HashMap<Origin, Vec<Origin>>,
    /// Rows of creators who stand in another row.
    pub(super) merged: u64,
}

/// Joins the rows of each creator who has several.
pub(super) fn joined(scan: &mut Scan, policy: Policy, files: &[OpenFile<'_>], setting: &Setting<'_>) -> Result<Joined> {
    let groups = creators(files, scan, setting)?;
    let mut joined = Joined { gone: groups.iter().flatten().map(|member| member.origin).collect(), ..Joined::default() };
    joined.merged = (joined.gone.len() - groups.len()) as u64;
    if groups.is_empty() {
        return Ok(joined);
    }
    scan.excluded.retain(|row| !joined.gone.contains(&row.origin));
    let (bar, mut contradicting) = (Bar::new(None), Vec::new());
    for members in &groups {
        match duplicates::order(members, policy) {
            Ok(order) => {
                let (kept, others) = (&members[order[0]], &order[1..]);
                let mut candidate = kept.candidate.clone();
                others.iter().zip(1..).for_each(|(at, source)| candidate.learn(&members[*at].candidate, source));
                joined.others.insert(kept.origin, others.iter().map(|at| members[*at].origin).collect());
                let hits = setting.scorer.hits(&candidate);
                if let Some(exclusion) = scan::exclusion(&candidate, &hits, setting) {
                    scan.excluded.push(Excluded { origin: kept.origin, exclusion });
                    continue;
                }
                let kind = setting.scorer.kind(&candidate, &hits);
                let identity = candidate.key(setting.platform(&candidate));
                scoring::enter(&candidate, (&hits, kind), (kept.origin, &identity, || kept.content), setting, (&bar, &mut joined.pool));
            }
            Err(failure) => contradicting.push(failure),
        }
    }
    refuse(contradicting)?;
    scan.excluded.sort_by_key(|row| row.origin);
    Ok(joined)
}

fn refuse(contradicting: Vec<Failure>) -> Result<()> {
    let others = contradicting.len().saturating_sub(1);
    if let Some(mut first) = contradicting.into_iter().next() {
        if others > 0 {
            let plural = if others == 1 { "" } else { "s" };
            first.message = format!("{}; so do the rows of {others} more creator{plural}", first.message);
        }
        bail!(first);
    }
    Ok(())
}

/// The rows of each creator who has several, read again, in their order.
pub(super) fn creators(files: &[OpenFile<'_>], scan: &Scan, setting: &Setting<'_>) -> Result<Vec<Vec<Member>>> {
    let groups = duplicates::groups(scan.identities());
    let wanted: Vec<Origin> = groups.iter().flatten().copied().collect();
    let mut rows: Vec<Option<Member>> = wanted.iter().map(|_| None).collect();
    details::rows(&wanted, files, scan, setting, |position, candidate, record, file| {
        rows[position] = Some(Member {
            origin: wanted[position],
            candidate: Candidate::clone(candidate),
            identity: candidate.key(setting.platform(candidate)),
            place: format!("{}:{}", file.source.name(), record.line()),
            coverage: setting.scorer.score(candidate, &setting.scorer.hits(candidate)).total.coverage,
            content: file.normalizer(setting.knowledge).content(record),
        });
        Ok(())
    })?;
    let mut rows = rows.into_iter();
    let mut creators: Vec<Vec<Member>> = Vec::new();
    for group in &groups {
        // Two identities may share a hash.
        let mut by_identity: BTreeMap<String, Vec<Member>> = BTreeMap::new();
        for member in rows.by_ref().take(group.len()).flatten() {
            by_identity.entry(member.identity.clone()).or_default().push(member);
        }
        creators.extend(by_identity.into_values().filter(|members| members.len() > 1));
    }
    creators.sort_by_key(|members| members[0].origin);
    Ok(creators)
}
