//! A finished run in, a lock out: what it was made of; and a lock in, the same run again, or what differs.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::pool::read_text;
use crate::{
    failure::Failure,
    present::{Format, Medium, file::write_whole, report::Report},
};

/// What a run was made of.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lock {
    format: String,
    version: String,
    brief: String,
    norms: String,
    /// Hash of the user's data files.
    data: Option<String>,
    inputs: Vec<Input>,
    /// Hash of what was written.
    output: String,
    /// The arguments of the run, without where it wrote to.
    pub(super) arguments: Vec<String>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Input {
    path: String,
    hash: String,
}

/// Names this kind of file.
const FORMAT: &str = "kolscore lock 1";

/// Whether a text is a lock.
pub(super) fn is_lock(text: &str) -> bool {
    serde_json::from_str::<Lock>(text).is_ok_and(|lock| lock.format == FORMAT)
}

impl Lock {
    /// What a run is made of, with these arguments.
    pub(super) fn of(report: &Report, format: &Format, arguments: Vec<String>) -> Result<Self> {
        let mut bytes = Vec::new();
        (format.write)(report, Medium::File, &mut bytes)?;
        let run = &report.run;
        Ok(Self {
            format: FORMAT.to_owned(),
            version: run.version.to_owned(),
            brief: run.brief.clone(),
            norms: run.norms.hash.clone(),
            data: run.data.as_ref().map(|data| data.hash.clone()),
            inputs: run.inputs.iter().map(|file| Input { path: file.path.clone(), hash: file.digest.clone() }).collect(),
            output: format!("{:016x}", xxh3_64(&bytes)),
            arguments,
        })
    }

    /// Reads a lock.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = read_text(path, "lock")?;
        let lock: Option<Self> = serde_json::from_str(&text).ok().filter(|lock: &Self| lock.format == FORMAT);
        Ok(lock.ok_or_else(|| Failure::new(format!("`{}` is no lock", path.display())).hint("make one with `kolscore rank … --lock run.lock`"))?)
    }

    /// Writes it, whole or not at all.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let mut text = serde_json::to_string_pretty(self).context("a lock is JSON")?;
        text.push('\n');
        write_whole(path, |out| Ok(out.write_all(text.as_bytes())?))
    }

    /// Refuses a run that is made of something else.
    pub(super) fn refuse_other(&self, now: &Self) -> Result<()> {
        let data = |lock: &Self| lock.data.clone().unwrap_or_else(|| "built in".to_owned());
        let mut parts = vec![
            ("version".to_owned(), self.version.clone(), now.version.clone()),
            ("brief".to_owned(), self.brief.clone(), now.brief.clone()),
            ("data".to_owned(), data(self), data(now)),
        ];
        parts.extend(self.inputs.iter().zip(&now.inputs).map(|(old, new)| (format!("`{}`", old.path), old.hash.clone(), new.hash.clone())));
        parts.push(("norms".to_owned(), self.norms.clone(), now.norms.clone()));
        let mut differs: Vec<String> = parts.iter().filter(|(_, old, new)| old != new).map(|(what, old, new)| format!("{what} {old} → {new}")).collect();
        if differs.is_empty() && self.output != now.output {
            differs.push(format!("output {} → {}", self.output, now.output));
        }
        if !differs.is_empty() {
            bail!(
                Failure::new(format!("this is not the locked run: {}", differs.join(", ")))
                    .hint("bring back what it was made of, or lock the new run with `--lock`")
            );
        }
        Ok(())
    }
}

/// The arguments of this process, without where it writes to, and with the format that it writes.
pub(super) fn arguments(format: &Format) -> Result<Vec<String>> {
    const WITH_VALUE: [&str; 6] = ["--lock", "-o", "--output", "-f", "--format", "--locked"];
    let all = std::env::args_os().skip(1).map(std::ffi::OsString::into_string);
    let all: Vec<String> = all.collect::<Result<_, _>>().map_err(|bad| Failure::usage(format!("an argument is not UTF-8: {}", bad.to_string_lossy())))?;
    let (mut kept, mut skip) = (Vec::new(), false);
    for argument in all {
        let glued =
            WITH_VALUE.iter().any(|flag| argument.strip_prefix(flag).is_some_and(|rest| rest.starts_with('=') || (flag.len() == 2 && !rest.is_empty())));
        if std::mem::take(&mut skip) || glued || argument == "--force" {
            continue;
        }
        skip = WITH_VALUE.contains(&argument.as_str());
        if !skip {
            kept.push(argument);
        }
    }
    kept.extend(["-f".to_owned(), format.name.to_owned()]);
    Ok(kept)
}
