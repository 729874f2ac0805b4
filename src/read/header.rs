//! The first rows of a table in, headers with unique names out: titles are passed over, and a row of groups above the labels gives `组·列`.

use std::collections::{HashMap, HashSet};

use super::record::shortened;

/// How many of the first rows tell where the header is: titles, groups, labels, data.
pub(super) const ROWS_LOOKED_AT: usize = 6;
/// How many rows of title may stand above a header.
const TITLES: usize = 3;
/// Stands between a group and a label.
const BETWEEN: char = '·';

/// Where the header is, and what it says.
#[derive(Debug)]
pub(super) struct Layout {
    /// Rows of title above it.
    pub(super) titles: usize,
    /// One or two.
    pub(super) rows: usize,
    pub(super) labels: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// Finds the header among the first rows. `open_groups` says that an empty cell in a row of groups belongs to the group before it; `rows` is the
/// user's word on how many header rows there are.
pub(super) fn layout(first: &[&[String]], open_groups: bool, rows: Option<u8>) -> Layout {
    let titles = first.windows(2).take(TITLES).take_while(|pair| is_title(pair[0], pair[1])).count();
    let notes = |what: &str, row: &[String]| format!("{what}: `{}`", shortened(row.iter().find(|cell| !cell.is_empty()).map_or("", String::as_str)));
    let mut layout = Layout {
        titles,
        rows: 1,
        labels: Vec::new(),
        notes: first[..titles].iter().map(|row| notes("a title above the header is passed over", row)).collect(),
    };
    let first = &first[titles..];
    let Some(top) = first.first() else { return layout };
    let two = match rows {
        Some(rows) => rows == 2 && first.len() > 1,
        None => first.len() > 2 && has_groups(top, first[1], first[2]),
    };
    if !two {
        layout.labels = top.to_vec();
        return layout;
    }
    layout.rows = 2;
    layout.notes.push(format!("two header rows: columns are named `group{BETWEEN}label`"));
    layout.labels = grouped(top, first[1], open_groups);
    layout
}

/// One text alone in its row (or in all cells of it, where they are merged), above a row of at least three different texts.
fn is_title(row: &[String], next: &[String]) -> bool {
    let texts = |row: &[String]| row.iter().filter(|cell| !cell.is_empty()).collect::<HashSet<_>>().len();
    texts(row) == 1 && row.iter().any(|cell| !cell.is_empty()) && row.len() > 1 && texts(next) >= 3
}

/// Whether the first of three rows holds groups and the second labels: at least two labels stand under nothing, no label is a number or an
/// address, and the row below has a number under a label.
fn has_groups(groups: &[String], labels: &[String], data: &[String]) -> bool {
    let cell = |row: &[String], at: usize| row.get(at).cloned().unwrap_or_default();
    let columns = groups.len().max(labels.len());
    let gaps = (0..columns)
        .filter(|at| !cell(labels, *at).is_empty() && (cell(groups, *at).is_empty() || (*at > 0 && cell(groups, *at) == cell(groups, *at - 1))))
        .count();
    let filled = |row: &[String]| row.iter().filter(|cell| !cell.is_empty()).count();
    let is_label = |cell: &String| cell.is_empty() || !(is_number(cell) || cell.contains("://") || cell.starts_with('@'));
    gaps >= 2 && filled(labels) >= 3 && labels.iter().all(is_label) && (0..columns).any(|at| !cell(labels, at).is_empty() && is_number(&cell(data, at)))
}

/// `1,234`, `4.2w`, `12.3%`, `¥3,000`; not `18-24` and not `50+`, which are labels.
fn is_number(cell: &str) -> bool {
    let digits = cell.trim_start_matches(['¥', '￥', '$', '-']).trim_end_matches(['%', 'k', 'K', 'w', 'W', 'm', 'M', '万', '亿', '元']);
    digits.starts_with(|c: char| c.is_ascii_digit()) && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.'))
}

/// `group·label`; a label without a group, or a group without a label, stands alone.
fn grouped(groups: &[String], labels: &[String], open_groups: bool) -> Vec<String> {
    let (mut names, mut group) = (Vec::new(), "");
    for at in 0..groups.len().max(labels.len()) {
        let own = groups.get(at).map_or("", String::as_str);
        let label = labels.get(at).map_or("", String::as_str);
        // A column whose label is in the upper row ends the group before it.
        group = if !own.is_empty() && !label.is_empty() {
            own
        } else if own.is_empty() && open_groups && !label.is_empty() {
            group
        } else {
            ""
        };
        names.push(match (group, label) {
            (_, "") => own.to_owned(),
            ("", label) => label.to_owned(),
            (group, label) if group == label => label.to_owned(),
            (group, label) => format!("{group}{BETWEEN}{label}"),
        });
    }
    names
}

/// One column's heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The text as the file has it, without byte order mark and surrounding space; empty where there is none.
    pub label: String,
    /// The label, unique within the file: the second `Followers` is `Followers#2`, a column without a label is `#N`
    /// (its number, from 1).
    pub name: String,
}

/// Names the labels of one header row. A name made here never takes one that the file itself uses as a label.
pub(super) fn name_all(labels: Vec<String>) -> Vec<Header> {
    let written: HashSet<String> = labels.iter().cloned().collect();
    let mut given: HashSet<String> = HashSet::with_capacity(labels.len());
    let mut repeats: HashMap<String, usize> = HashMap::new();
    let mut headers = Vec::with_capacity(labels.len());
    for (index, label) in labels.into_iter().enumerate() {
        let mut name = if label.is_empty() { format!("#{}", index + 1) } else { label.clone() };
        let free = given.insert(name.clone()) && !(label.is_empty() && written.contains(&name));
        if !free {
            let count = repeats.entry(name.clone()).or_insert(1);
            name = loop {
                *count += 1;
                let numbered = format!("{name}#{count}");
                if !written.contains(&numbered) && given.insert(numbered.clone()) {
                    break numbered;
                }
            };
        }
        headers.push(Header { label, name });
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(labels: &[&str]) -> Vec<String> {
        name_all(labels.iter().map(ToString::to_string).collect()).into_iter().map(|header| header.name).collect()
    }

    fn found(rows: &[&str]) -> (usize, usize, String) {
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.split(',').map(str::to_owned).collect()).collect();
        let layout = layout(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>(), true, None);
        (layout.titles, layout.rows, layout.labels.join(","))
    }

    #[test]
    fn a_row_of_groups_above_the_labels_names_them() {
        let names = "昵称,日常30天·阅读,日常30天·互动,合作30天·阅读,合作30天·互动".to_owned();
        assert_eq!(found(&["昵称,日常30天,,合作30天,", ",阅读,互动,阅读,互动", "甲,1,2,3,4"]), (0, 2, names.clone()));
        assert_eq!(found(&["昵称,日常30天,日常30天,合作30天,合作30天", "昵称,阅读,互动,阅读,互动", "甲,1,2,3,4"]), (0, 2, names));
        assert_eq!(found(&["达人名单,,", "id,name,fans", "1,a,2"]), (1, 1, "id,name,fans".into()));
    }

    #[test]
    fn a_header_with_empty_cells_is_no_row_of_groups() {
        assert_eq!(found(&["id,,", "1,a,b", "2,c,d"]).1, 1);
        assert_eq!(found(&["name,,", "ann,hello,there", "bob,good,day"]).1, 1);
        assert_eq!(found(&["name,fans,x", ",,", "bob,1,2"]).1, 1);
    }

    #[test]
    fn repeated_labels_are_counted_and_missing_ones_numbered() {
        assert_eq!(names(&["id", "", "Followers", "Followers", "Followers"]), ["id", "#2", "Followers", "Followers#2", "Followers#3"]);
    }

    #[test]
    fn a_label_that_looks_like_a_generated_name_keeps_it() {
        assert_eq!(names(&["a", "a", "a#2", "a"]), ["a", "a#3", "a#2", "a#4"]);
        assert_eq!(names(&["#2", ""]), ["#2", "#2#2"]);
    }

    #[test]
    fn names_are_unique_whatever_the_labels() {
        let labels = ["a", "a", "a#2", "a#2", "", "#5", "a#2#2", "", "a#3"];
        let unique: HashSet<String> = names(&labels).into_iter().collect();
        assert_eq!(unique.len(), labels.len());
    }
}
