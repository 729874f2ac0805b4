//! A user's folder of data files in, tables that are laid over the built-in ones out.
//!
//! A file has the name of the built-in file that it changes; any name is right in `lexicons/` and `formats/`. Its keys are added: tables are joined key by key, lists of
//! words grow, entries with the same `id` or `name` are joined, any other value takes the place of the built-in one. In every table, `replace = true` empties the
//! built-in one first, and `remove = ["WORD", …]` takes words out of its lists.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};
use toml::{Table, Value};
use xxhash_rust::xxh3::Xxh3;

use super::files;
use crate::{
    failure::{Failure, did_you_mean},
    normalize::fold::fold,
};

/// Folders in which any file name is right.
const OPEN: &[&str] = &["lexicons", "formats"];

/// A user's data files.
#[derive(Debug)]
pub(super) struct Overlay {
    /// The folder, as the user named it.
    pub folder: String,
    /// Hash of all names and texts.
    pub hash: String,
    tables: BTreeMap<String, Table>,
}

impl Overlay {
    /// Reads a folder.
    ///
    /// # Errors
    /// The folder or a file in it cannot be read, it holds no data file, or a name is none of the built-in ones.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let mut paths = BTreeMap::new();
        collect(folder, "", &mut paths)?;
        if paths.is_empty() {
            let hint = "put a `.toml` file there, such as `lexicons/mine.toml` with `[terms.\"baby/feeding\"]` and `zh = [\"WORD\"]`";
            bail!(Failure::new(format!("`{}` holds no data file", folder.display())).hint(hint));
        }
        let (mut tables, mut hash) = (BTreeMap::new(), Xxh3::new());
        for (name, path) in paths {
            refuse_unknown(&name, &path)?;
            let text = std::fs::read_to_string(&path).map_err(|error| Failure::new(format!("cannot read the data file `{}`: {error}", path.display())))?;
            hash.update(name.as_bytes());
            hash.update(text.as_bytes());
            let table = text.trim_start_matches('\u{feff}').parse().map_err(|error: toml::de::Error| unreadable(&path, &text, &error))?;
            tables.insert(name, table);
        }
        Ok(Self { folder: folder.display().to_string(), hash: format!("{:016x}", hash.digest()), tables })
    }

    /// What is laid over one built-in file.
    pub(super) fn get(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    /// What is laid over the files of a folder, in the order of the names.
    pub(super) fn within(&self, folder: &str) -> impl Iterator<Item = &Table> {
        self.tables.iter().filter(move |(name, _)| name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))).map(|(_, table)| table)
    }

    /// Whether the folder holds files of this folder.
    pub(super) fn holds(&self, folder: &str) -> bool {
        self.within(folder).next().is_some()
    }
}

/// All `.toml` files below a folder by their name, with `/` between parts.
fn collect(folder: &Path, prefix: &str, paths: &mut BTreeMap<String, PathBuf>) -> Result<()> {
    let unreadable = |error: &std::io::Error| Failure::new(format!("cannot read the data folder `{}`: {error}", folder.display()));
    for entry in std::fs::read_dir(folder).map_err(|error| unreadable(&error))? {
        let path = entry.map_err(|error| unreadable(&error))?.path();
        let name = format!("{prefix}{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() && prefix.is_empty() {
            collect(&path, &format!("{name}/"), paths)?;
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            paths.insert(name, path);
        }
    }
    Ok(())
}

/// A file that changes nothing is a typing mistake.
fn refuse_unknown(name: &str, path: &Path) -> Result<()> {
    let open = OPEN.iter().any(|folder| name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')));
    if open || files::names().any(|known| known == name) {
        return Ok(());
    }
    let fixed = || files::names().filter(|known| !OPEN.iter().any(|folder| known.starts_with(folder)));
    let close = did_you_mean(name, fixed()).map_or(String::new(), |close| format!("did you mean `{close}`? "));
    let all: Vec<&str> = fixed().collect();
    bail!(
        Failure::new(format!("no built-in data file is called as `{}`", path.display()))
            .hint(format!("{close}files are {}, and any name in `lexicons/` and `formats/`", all.join(", ")))
    )
}

fn unreadable(path: &Path, text: &str, error: &toml::de::Error) -> Failure {
    let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    Failure::new(format!("{}:{line}: {}", path.display(), error.message().replace('\n', " "))).hint("the file must be TOML, like the files under `data/`")
}

/// Lays a table over another one.
pub(super) fn lay(base: &mut Table, mut own: Table) {
    if own.remove("replace").is_some_and(|value| value.as_bool() == Some(true)) {
        base.clear();
    }
    if let Some(Value::Array(words)) = own.remove("remove") {
        let gone: Vec<String> = words.iter().filter_map(Value::as_str).map(fold).collect();
        for (_, value) in base.iter_mut() {
            if let Value::Array(list) = value {
                list.retain(|word| word.as_str().is_none_or(|word| !gone.contains(&fold(word))));
            }
        }
    }
    for (key, value) in own {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(base)), Value::Table(own)) => lay(base, own),
            (Some(Value::Array(base)), Value::Array(own)) if grows(base) && grows(&own) => own.into_iter().for_each(|entry| add(base, entry)),
            (None, Value::Table(own)) => {
                let mut new = Table::new();
                lay(&mut new, own);
                base.insert(key, Value::Table(new));
            }
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

/// Lists of words and of tables grow; numbers in a list belong together.
fn grows(list: &[Value]) -> bool {
    list.iter().all(|entry| entry.is_str() || entry.is_table())
}

fn add(list: &mut Vec<Value>, entry: Value) {
    let key = |entry: &Value| entry.get("id").or_else(|| entry.get("name")).cloned();
    let wanted = key(&entry);
    let same = |known: &&mut Value| **known == entry || (wanted.is_some() && key(known) == wanted);
    match (list.iter_mut().find(same), entry) {
        (Some(Value::Table(base)), Value::Table(own)) => lay(base, own),
        (Some(_), _) => {}
        (None, entry) => list.push(entry),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid(base: &str, own: &str) -> Table {
        let mut table = base.parse().unwrap();
        lay(&mut table, own.parse().unwrap());
        table
    }

    #[test]
    fn words_are_added_entries_joined_and_other_values_replaced() {
        let base = "year = 1\npoints = [1, 2]\n[terms.a]\nzh = ['x']\n[[category]]\nid = 'a'\naliases = ['m']\n";
        let own =
            "year = 2\npoints = [3]\n[terms.a]\nzh = ['x', 'y']\n[terms.b]\nzh = ['z']\n[[category]]\nid = 'a'\naliases = ['n']\n[[category]]\nid = 'b'\n";
        let expected =
            "year = 2\npoints = [3]\n[terms.a]\nzh = ['x', 'y']\n[terms.b]\nzh = ['z']\n[[category]]\nid = 'a'\naliases = ['m', 'n']\n[[category]]\nid = 'b'\n";
        assert_eq!(laid(base, own), expected.parse().unwrap());
    }

    #[test]
    fn a_table_is_emptied_or_loses_words_where_its_own_says_so() {
        let base = "[terms.a]\nzh = ['x', 'y']\nen = ['q']\n[terms.b]\nzh = ['ＡＢ']\n";
        assert_eq!(laid(base, "[terms.a]\nreplace = true\nzh = ['n']\n"), "[terms.a]\nzh = ['n']\n[terms.b]\nzh = ['ＡＢ']\n".parse().unwrap());
        let without = "[terms.a]\nzh = ['y']\nen = []\n[terms.b]\nzh = []\n".parse().unwrap();
        assert_eq!(laid(base, "[terms.a]\nremove = ['x', 'Q']\n[terms.b]\nremove = ['ab']\n"), without);
    }
}
