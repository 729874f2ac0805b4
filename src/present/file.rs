//! Output in, a file on the disk out: whole or not at all, and never in the place of what somebody else wrote.

use std::{
    io::{Read, Write},
    path::Path,
};

use anyhow::{Context, Result, bail};

use super::{arrow, xlsx};
use crate::failure::Failure;

/// Refuses to take the place of a file that no format of ours would have written: its beginning tells.
///
/// # Errors
/// The file exists and is not ours (exit 2).
pub fn refuse_foreign(path: &Path) -> Result<()> {
    if is_foreign(path) {
        bail!(
            Failure::usage(format!("`{}` exists and was not written by kolscore", path.display())).hint("write to another file, or replace it with `--force`")
        );
    }
    Ok(())
}

fn is_foreign(path: &Path) -> bool {
    if !path.is_file() {
        return false;
    }
    let Ok(bytes) = std::fs::read(path) else { return true };
    if bytes.starts_with(b"PK") {
        return !is_our_workbook(&bytes).unwrap_or(false);
    }
    if arrow::is_ours(&bytes) {
        return false;
    }
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(400)]).into_owned();
    let start = start.trim_start_matches('\u{feff}');
    let board = |line: &str| line.contains(" board · ") || (line.starts_with("## ") && line.ends_with(" board"));
    let plan = |line: &str| line.ends_with("plan by reach") || line.ends_with("plan by match");
    !(start.is_empty() || OURS.iter().any(|ours| start.starts_with(ours)) || start.lines().next().is_some_and(|line| board(line) || plan(line)))
}

/// How our files begin.
const OURS: &[&str] = &[
    "rank,kind,id,name",
    "rank\tkind\tid\tname",
    "kind,id,name,platform,score,score_lo",
    "kind\tid\tname\tplatform\tscore\tscore_lo",
    "{\n  \"run\": {\n    \"version\"",
    "{\"format\":\"kolscore ",
    "{\n  \"format\": \"kolscore ",
    "{\n  \"differs\": [",
    "change,kind,id,name",
    "place,phase,day,kind,id,name",
    "place\tphase\tday\tkind\tid\tname",
    "{\"place\":1,\"phase\":",
    "<!doctype html>\n<html lang=\"zh\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"generator\" content=\"kolscore\">",
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"generator\" content=\"kolscore\">",
    "{\"kind\":\"kol\",\"rank\":",
    "{\"kind\":\"koc\",\"rank\":",
    "{\"kind\":\"kol\",\"id\":",
    "{\"kind\":\"koc\",\"id\":",
];

/// Whether a workbook names us as its author.
fn is_our_workbook(bytes: &[u8]) -> Result<bool> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes))?;
    let mut properties = String::new();
    archive.by_name("docProps/core.xml")?.take(64 << 10).read_to_string(&mut properties)?;
    Ok(properties.contains(&format!("<dc:creator>{}</dc:creator>", xlsx::AUTHOR)))
}

/// Writes a file whole or not at all: into a neighbour first, which then takes its name and its permissions. A link is
/// followed; what is no regular file (a device, a pipe) is written to as it is.
///
/// # Errors
/// The folder cannot be written to.
pub fn write_whole(path: &Path, write: impl FnOnce(&mut (dyn Write + Send)) -> Result<()>) -> Result<()> {
    let context = || format!("cannot write `{}`", path.display());
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let existing = std::fs::metadata(&target).ok();
    if existing.as_ref().is_some_and(|existing| !existing.is_file() && !existing.is_dir()) {
        let mut file = std::fs::OpenOptions::new().write(true).open(&target).with_context(context)?;
        return write(&mut file);
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".kolscore-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder).with_context(context)?;
    if let Some(existing) = existing.filter(std::fs::Metadata::is_file) {
        file.as_file().set_permissions(existing.permissions()).with_context(context)?;
    }
    let mut buffered = std::io::BufWriter::new(file.as_file_mut());
    write(&mut buffered)?;
    buffered.flush().with_context(context)?;
    drop(buffered);
    file.as_file().sync_all().with_context(context)?;
    file.persist(&target).with_context(context)?;
    Ok(())
}
