//! The cells of a header row in, headers with unique names out.

use std::collections::{HashMap, HashSet};

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
