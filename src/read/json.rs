//! JSON or JSON Lines in, one row an object out: nested objects become columns `audience.gender`, arrays stay JSON text in one cell.
//!
//! Objects may stand in an array, anywhere below objects, or under their ids; several maps from the same ids are joined by id.

use std::collections::HashMap;

use anyhow::{Result, bail};
use memchr::memchr_iter;
use serde_json::{Map, Value};

use super::grid::{Grid, shortest};
use crate::failure::{Failure, did_you_mean};

/// JSON is held whole, as text and as values.
pub(super) const SIZE_LIMIT: usize = 512 << 20;
/// Below so many objects a path is no column name any more.
const DEPTH_LIMIT: usize = 8;
/// Name of the column that holds the ids under which objects stand.
const KEY: &str = "key";

/// The objects of a file as a grid whose first row holds the names of the columns.
#[derive(Debug)]
pub(super) struct Objects {
    pub(super) grid: Grid,
    /// Whether it is JSON Lines, where a place is a line; else it is the number of the object.
    pub(super) lines: bool,
    pub(super) notes: Vec<String>,
    pub(super) doubts: Vec<String>,
}

/// Whether text begins like JSON that could hold objects.
pub(super) fn looks_like(head: &[u8]) -> bool {
    let mut head = head.iter().copied().filter(|byte| !byte.is_ascii_whitespace());
    matches!((head.next(), head.next()), (Some(b'{'), Some(b'"' | b'}')) | (Some(b'['), Some(b'{' | b']')))
}

/// Reads the table that is asked for, else the only one there is.
pub(super) fn read(file: &str, text: &[u8], wanted: Option<&str>) -> Result<Objects> {
    let (mut notes, mut doubts) = (Vec::new(), Vec::new());
    let parsed = parse(file, text).or_else(|error| match mended(text) {
        Some((mended, note)) => parse(file, &mended).inspect(|_| doubts.push(note)).map_err(|_| error),
        None => Err(error),
    })?;
    let mut table = Table::new(file);
    let lines = matches!(parsed, Parsed::Lines(_));
    match parsed {
        Parsed::Lines(objects) => objects.iter().try_for_each(|(line, object)| table.row(*line, &[("", object)], None))?,
        Parsed::Whole(value) => whole(file, &value, wanted, &mut table, &mut notes)?,
    }
    Ok(Objects { grid: table.finish()?, lines, notes, doubts })
}

enum Parsed {
    Whole(Value),
    /// Objects with their lines, from 1.
    Lines(Vec<(u32, Map<String, Value>)>),
}

fn parse(file: &str, text: &[u8]) -> Result<Parsed> {
    let whole = serde_json::from_slice(text);
    let error = match whole {
        Ok(value) => return Ok(Parsed::Whole(value)),
        Err(error) => error,
    };
    let lines = || text.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.iter().all(u8::is_ascii_whitespace));
    let is_lines = lines().next().is_some_and(|(_, first)| serde_json::from_slice::<Map<String, Value>>(first).is_ok());
    if !is_lines {
        return Err(broken(file, text, &error, 0));
    }
    let object = |(at, line): (usize, &[u8])| Ok((at as u32 + 1, serde_json::from_slice(line).map_err(|error| broken(file, line, &error, at))?));
    Ok(Parsed::Lines(lines().map(object).collect::<Result<_>>()?))
}

/// An error with the text around it.
fn broken(file: &str, text: &[u8], error: &serde_json::Error, lines_before: usize) -> anyhow::Error {
    let line = text.split(|byte| *byte == b'\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    let end = error.column().min(line.len());
    let start = end.saturating_sub(40);
    let near: String = String::from_utf8_lossy(&line[start..end]).chars().filter(|c| !c.is_control() && *c != char::REPLACEMENT_CHARACTER).collect();
    let what = error.to_string();
    let what = what.split(" at line ").next().unwrap_or_default();
    let place = format!("{file}:{}:{}", lines_before + error.line(), error.column());
    Failure::new(format!("{place}: broken JSON, {what} after `{near}`")).hint("export it again, or mend it there; `check` tells whether more is wrong").into()
}

/// The text with what scripts often get wrong: `\[` in a string is read as a backslash and a bracket, `NaN` as nothing.
fn mended(text: &[u8]) -> Option<(Vec<u8>, String)> {
    let (mut mended, mut in_string, mut at) = (Vec::with_capacity(text.len() + 64), false, 0);
    let (mut slashes, mut first, mut numbers) = (0, 0, 0);
    while at < text.len() {
        let rest = &text[at..];
        match (in_string, text[at]) {
            (true, b'\\') if matches!(rest.get(1), Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' | b'u')) => {
                mended.extend_from_slice(&rest[..2]);
                at += 2;
                continue;
            }
            (true, b'\\') => {
                (slashes, first) = (slashes + 1, if slashes == 0 { at } else { first });
                mended.push(b'\\');
            }
            (_, b'"') => in_string = !in_string,
            (false, _) if ["-Infinity", "Infinity", "NaN"].iter().any(|word| rest.starts_with(word.as_bytes())) => {
                let word = ["-Infinity", "Infinity", "NaN"].into_iter().find(|word| rest.starts_with(word.as_bytes()))?;
                mended.extend_from_slice(b"null");
                (numbers, at) = (numbers + 1, at + word.len());
                continue;
            }
            _ => {}
        }
        mended.push(text[at]);
        at += 1;
    }
    let line = 1 + memchr_iter(b'\n', &text[..first]).count();
    let slashes = (slashes > 0).then(|| format!("{slashes} backslashes that begin no JSON escape are read as text (the first on line {line})"));
    let numbers = (numbers > 0).then(|| format!("{numbers} times `NaN` or `Infinity` is read as nothing"));
    let note = slashes.into_iter().chain(numbers).collect::<Vec<_>>().join("; ");
    (!note.is_empty()).then_some((mended, note))
}

fn whole(file: &str, value: &Value, wanted: Option<&str>, table: &mut Table, notes: &mut Vec<String>) -> Result<()> {
    if let Some(maps) = joined_maps(value).filter(|_| wanted.is_none()) {
        let names: Vec<String> = maps.iter().map(|(name, _)| format!("`{name}`")).collect();
        notes.push(format!("objects stand under their ids in {}; they are joined by id", names.join(" and ")));
        return joined(&maps, table);
    }
    let mut tables = Vec::new();
    arrays_of_objects(value, &mut String::new(), &mut tables);
    if let Some(keyed) = keyed(value).filter(|_| wanted.is_none()) {
        notes.push("objects stand under their ids, which are the column `key`".to_owned());
        return keyed.enumerate().try_for_each(|(at, (key, object))| table.row(at as u32 + 1, &[("", object)], Some(key)));
    }
    if let Some(wanted) = wanted {
        let names: Vec<String> = tables.iter().map(|(path, _)| path.clone()).collect();
        tables.retain(|(path, _)| path == wanted);
        if tables.is_empty() {
            let failure = Failure::new(format!("`{file}` has no array of objects at `{wanted}`"));
            let close = did_you_mean(wanted, names.iter().map(String::as_str));
            bail!(failure.hint(close.map_or_else(|| format!("there is {}", names.join(", ")), |close| format!("did you mean `--sheet {close}`?"))));
        }
    }
    match tables.as_slice() {
        [(path, objects)] => {
            if !path.is_empty() {
                notes.push(format!("the objects stand in `{path}`"));
            }
            objects.iter().enumerate().try_for_each(|(at, object)| table.row(at as u32 + 1, &[("", object)], None))
        }
        [] => match value {
            Value::Object(only) if only.values().any(|value| !value.is_object() && !value.is_array()) => table.row(1, &[("", only)], None),
            _ => bail!(Failure::new(format!("`{file}` is JSON without an array of objects")).hint("export one object for each candidate")),
        },
        several => {
            let flags: Vec<String> = several.iter().map(|(path, objects)| format!("`--sheet {path}` ({} objects)", objects.len())).collect();
            bail!(
                Failure::new(format!("`{file}` has {} arrays of objects: which one is meant?", several.len()))
                    .hint(format!("choose with {}", flags.join(" or ")))
            );
        }
    }
}

type Object = Map<String, Value>;

/// `{"people": {"id1": {…}}, "audience": {"id1": {…}}}`.
fn joined_maps(value: &Value) -> Option<Vec<(&str, &Object)>> {
    let maps: Option<Vec<(&str, &Object)>> = value.as_object()?.iter().map(|(name, map)| Some((name.as_str(), map.as_object()?))).collect();
    maps.filter(|maps| !maps.is_empty() && maps.iter().all(|(_, map)| !map.is_empty() && map.values().all(Value::is_object)))
}

fn joined(maps: &[(&str, &Object)], table: &mut Table) -> Result<()> {
    let mut keys: Vec<&str> = Vec::new();
    let mut parts: HashMap<&str, Vec<(&str, &Object)>> = HashMap::new();
    for (name, map) in maps {
        for (key, object) in *map {
            let Value::Object(object) = object else { continue };
            parts
                .entry(key)
                .or_insert_with(|| {
                    keys.push(key);
                    Vec::new()
                })
                .push((name, object));
        }
    }
    keys.iter().enumerate().try_for_each(|(at, key)| table.row(at as u32 + 1, parts.get(key).map_or(&[], Vec::as_slice), Some(key)))
}

/// `{"id1": {…}, "id2": {…}}`, where the objects have half of their names in common.
fn keyed(value: &Value) -> Option<impl Iterator<Item = (&str, &Object)>> {
    let map = value.as_object().filter(|map| map.len() > 1)?;
    let first = map.values().next()?.as_object()?;
    let alike = |value: &Value| value.as_object().is_some_and(|object| 2 * object.keys().filter(|key| first.contains_key(*key)).count() >= first.len().max(1));
    map.values().all(alike).then(|| map.iter().filter_map(|(key, value)| Some((key.as_str(), value.as_object()?))))
}

/// Arrays that hold nothing but objects, not within such an array, with their paths.
fn arrays_of_objects<'v>(value: &'v Value, path: &mut String, found: &mut Vec<(String, Vec<&'v Object>)>) {
    match value {
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_object) => {
            found.push((path.clone(), items.iter().filter_map(Value::as_object).collect()));
        }
        Value::Object(object) => {
            for (name, value) in object {
                let length = path.len();
                path.push_str(if length == 0 { "" } else { "." });
                path.push_str(name);
                arrays_of_objects(value, path, found);
                path.truncate(length);
            }
        }
        _ => {}
    }
}

/// Rows under columns that are named when they are first seen.
struct Table {
    grid: Grid,
    columns: HashMap<String, u32>,
    names: Vec<String>,
}

impl Table {
    fn new(file: &str) -> Self {
        Self { grid: Grid::new(file), columns: HashMap::new(), names: Vec::new() }
    }

    /// Adds a row at a place from 1: objects under their prefixes, and perhaps the id that they stand under.
    fn row(&mut self, place: u32, parts: &[(&str, &Object)], key: Option<&str>) -> Result<()> {
        if let Some(key) = key {
            self.cell(place, KEY, key, false)?;
        }
        parts.iter().try_for_each(|(prefix, object)| self.object(place, &mut (*prefix).to_owned(), object, 0))
    }

    fn object(&mut self, place: u32, path: &mut String, object: &Object, depth: usize) -> Result<()> {
        for (name, value) in object {
            let length = path.len();
            path.push_str(if length == 0 { "" } else { "." });
            path.push_str(name);
            match value {
                Value::Null => {}
                Value::Object(inner) if depth < DEPTH_LIMIT => self.object(place, path, inner, depth + 1)?,
                Value::String(text) => self.cell(place, path, text, false)?,
                Value::Number(number) if number.is_f64() => self.cell(place, path, &number.as_f64().map_or_else(String::new, shortest), true)?,
                Value::Array(items) if items.is_empty() => {}
                other => self.cell(place, path, &other.to_string(), false)?,
            }
            path.truncate(length);
        }
        Ok(())
    }

    fn cell(&mut self, place: u32, name: &str, cell: &str, number: bool) -> Result<()> {
        let column = self.columns.get(name).copied().unwrap_or_else(|| {
            let column = self.names.len() as u32;
            self.columns.insert(name.to_owned(), column);
            self.names.push(name.to_owned());
            column
        });
        self.grid.put((place, column), cell, number)
    }

    fn finish(mut self) -> Result<Grid> {
        self.names.iter().enumerate().try_for_each(|(column, name)| self.grid.put((0, column as u32), name, false))?;
        Ok(self.grid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> String {
        let read = read("a.json", text.as_bytes(), None).expect("a table");
        String::from_utf8(read.grid.into_text().0).expect("text").replace('\u{1f}', ",").replace('\u{1e}', "\n")
    }

    #[test]
    fn objects_become_rows_wherever_they_stand() {
        assert_eq!(
            table(r#"[{"id": 6978410895290400808, "a": {"f": 0.5}}, {"a": {"m": 1.0}, "t": ["x", "y"]}]"#),
            "id,a.f,a.m,t\n6978410895290400808,0.5\n,,1,[\"x\",\"y\"]\n"
        );
        assert_eq!(table(r#"{"code": 0, "data": {"list": [{"id": "1"}]}}"#), "id\n1\n");
        assert_eq!(table("{\"id\":1}\n\n{\"id\":2}\n"), "id\n1\n\n2\n");
        assert_eq!(table(r#"{"7": {"n": "a"}, "8": {"n": "b"}}"#), "key,n\n7,a\n8,b\n");
        assert_eq!(table(r#"{"who": {"7": {"n": "a"}}, "fans": {"7": {"f": 0.2}, "8": {"f": 1}}}"#), "key,who.n,fans.f\n7,a,0.2\n8,,1\n");
    }

    #[test]
    fn what_scripts_get_wrong_is_mended_and_said() {
        let read = read("a.json", br#"[{"id": "1\[x]", "n": NaN}]"#, None).expect("a table");
        assert_eq!(
            read.doubts,
            ["1 backslashes that begin no JSON escape are read as text (the first on line 1); 1 times `NaN` or `Infinity` is read as nothing"]
        );
    }

    #[test]
    fn broken_json_is_shown_with_its_place() {
        let error = read("a.json", b"[{\"id\": 1},\n {\"id\": }]", None).expect_err("broken").to_string();
        assert_eq!(error, "a.json:2:9: broken JSON, expected value after ` {\"id\": }`");
        assert!(read("a.json", br#"{"a": [{"x": 1}], "b": [{"y": 1}]}"#, None).expect_err("two").to_string().contains("2 arrays of objects"));
    }
}
