//! The category tree: names and tags in, category ids and their similarity out.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use compact_str::CompactString;
use foldhash::fast::RandomState;
use serde::Deserialize;

use crate::normalize::fold::fold_label;

/// Position of a category in the tree's list.
pub type CategoryId = u16;

/// The tree, its names, and the similarity of each pair.
#[derive(Debug)]
pub struct Categories {
    list: Vec<Category>,
    by_name: HashMap<CompactString, CategoryId, RandomState>,
    by_tag: HashMap<CompactString, CategoryId, RandomState>,
    similarity: Vec<f64>,
}

/// One node.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Stable path, such as `baby/feeding`.
    pub id: String,
    /// Chinese name of the last step.
    pub zh: String,
    /// English name of the last step.
    pub en: String,
    /// How platforms write the tag.
    #[serde(default)]
    pub aliases: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CategoryFile {
    #[allow(dead_code)]
    source: String,
    #[allow(dead_code)]
    year: u16,
    category: Vec<Category>,
    #[serde(default)]
    kinship: Vec<Kinship>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kinship {
    a: String,
    b: String,
    similarity: f64,
}

/// How alike two paths are: `(2·d(lcs)/(d(a)+d(b)))²` with the root at depth 0 (`scoring.md` §3.1; Wu & Palmer 1994, squared).
#[must_use]
pub fn path_similarity(a: &str, b: &str) -> f64 {
    let shared = a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b).count();
    let depth = a.split('/').count() + b.split('/').count();
    (2.0 * shared as f64 / depth as f64).powi(2)
}

impl Categories {
    pub(super) fn new(file: CategoryFile) -> Result<Self> {
        let list = file.category;
        let size = list.len();
        let mut ids = HashMap::new();
        for (at, category) in list.iter().enumerate() {
            if ids.insert(category.id.clone(), at).is_some() {
                bail!("`data/categories.toml` holds `{}` twice", category.id);
            }
        }
        let mut similarity: Vec<f64> = list.iter().flat_map(|a| list.iter().map(|b| path_similarity(&a.id, &b.id))).collect();
        for kin in &file.kinship {
            let at = |id: &str| ids.get(id).copied().with_context(|| format!("kinship in `data/categories.toml` names the unknown `{id}`"));
            let (a, b) = (at(&kin.a)?, at(&kin.b)?);
            similarity[a * size + b] = kin.similarity;
            similarity[b * size + a] = kin.similarity;
        }
        let mut categories = Self { list, by_name: HashMap::default(), by_tag: HashMap::default(), similarity };
        categories.index()?;
        Ok(categories)
    }

    /// Names (id, Chinese and English path) and tags (aliases and names) to ids. A last step alone counts where it is unique.
    fn index(&mut self) -> Result<()> {
        let mut steps: HashMap<CompactString, Vec<CategoryId>> = HashMap::new();
        let mut aliases: HashMap<CompactString, CategoryId> = HashMap::new();
        for (at, category) in self.list.iter().enumerate() {
            let id = at as CategoryId;
            for name in [category.id.clone(), self.path(id), self.english_path(id)] {
                self.by_name.insert(fold_label(&name), id);
            }
            for name in [&category.zh, &category.en] {
                let named = steps.entry(fold_label(name)).or_default();
                if !named.contains(&id) {
                    named.push(id);
                }
            }
            for alias in &category.aliases {
                if let Some(other) = aliases.insert(fold_label(alias), id).filter(|other| *other != id) {
                    bail!("`data/categories.toml` gives the alias `{alias}` to both `{}` and `{}`", self.list[usize::from(other)].id, category.id);
                }
            }
        }
        self.by_tag = self.by_name.clone();
        for (step, named) in steps {
            // A top category wins over a second-level one of the same name.
            let top: Vec<CategoryId> = named.iter().copied().filter(|id| !self.list[usize::from(*id)].id.contains('/')).collect();
            if let Some(id) = single(&top).or_else(|| single(&named)) {
                self.by_name.entry(step.clone()).or_insert(id);
                self.by_tag.entry(step).or_insert(id);
            }
        }
        self.by_tag.extend(aliases);
        Ok(())
    }

    /// All categories, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (CategoryId, &Category)> {
        self.list.iter().enumerate().map(|(at, category)| (at as CategoryId, category))
    }

    /// One category.
    #[must_use]
    pub fn get(&self, id: CategoryId) -> &Category {
        &self.list[usize::from(id)]
    }

    /// The category with exactly this id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<CategoryId> {
        self.list.iter().position(|category| category.id == id).map(|at| at as CategoryId)
    }

    /// A category and all categories below it.
    #[must_use]
    pub fn within(&self, id: CategoryId) -> Vec<CategoryId> {
        let top = &self.list[usize::from(id)].id;
        let below = |category: &Category| category.id.strip_prefix(top.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        self.iter().filter(|(_, category)| below(category)).map(|(id, _)| id).collect()
    }

    /// A category and all categories above it.
    #[must_use]
    pub fn with_above(&self, id: CategoryId) -> Vec<CategoryId> {
        let own = &self.list[usize::from(id)].id;
        let above = |category: &Category| own.strip_prefix(category.id.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        self.iter().filter(|(_, category)| above(category)).map(|(id, _)| id).collect()
    }

    /// The category that a brief's name means: an id, `母婴/辅食`, `Baby & parenting/Baby food`, or a last step that is unique.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<CategoryId> {
        self.by_name.get(&fold_label(name)).copied()
    }

    /// The category that a platform's tag means; `path` holds the tag's steps, the deepest known step wins.
    #[must_use]
    pub fn tagged(&self, path: &[&str]) -> Option<CategoryId> {
        if path.len() > 1
            && let Some(id) = self.by_tag.get(&fold_label(&path.join("/")))
        {
            return Some(*id);
        }
        // `美食 > 其他` is 美食: a step that is no category of its own says nothing.
        let known = |step: &str| self.by_tag.get(&fold_label(step)).copied();
        // `美妆-护肤保养` joins its steps; names that hold a hyphen of their own were found before.
        let joined = |step: &str| step.rsplit(['-', '·', '—']).find_map(known);
        path.iter().rev().find_map(|step| known(step).or_else(|| joined(step)))
    }

    /// Similarity of two categories, 0 to 1.
    #[must_use]
    pub fn similarity(&self, a: CategoryId, b: CategoryId) -> f64 {
        self.similarity[usize::from(a) * self.list.len() + usize::from(b)]
    }

    /// The Chinese path, as briefs write it: `母婴/辅食`.
    #[must_use]
    pub fn path(&self, id: CategoryId) -> String {
        self.named_path(id, |category| &category.zh)
    }

    /// The English path: `Baby & parenting/Baby food`.
    #[must_use]
    pub fn english_path(&self, id: CategoryId) -> String {
        self.named_path(id, |category| &category.en)
    }

    fn named_path(&self, id: CategoryId, name: impl Fn(&Category) -> &String) -> String {
        let own = &self.list[usize::from(id)];
        let ends = own.id.match_indices('/').map(|(at, _)| at).chain([own.id.len()]);
        let steps: Vec<&str> =
            ends.filter_map(|end| self.list.iter().find(|category| category.id == own.id[..end])).map(|category| name(category).as_str()).collect();
        steps.join("/")
    }
}

fn single(ids: &[CategoryId]) -> Option<CategoryId> {
    match ids {
        [only] => Some(*only),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similarity_has_the_published_values() {
        let close = |a: &str, b: &str, expected: f64| assert!((path_similarity(a, b) - expected).abs() < 1e-6, "{a} {b}");
        close("beauty/skincare", "beauty/skincare", 1.0);
        close("beauty", "beauty/skincare", 0.444_444_444);
        close("beauty/makeup", "beauty/skincare", 0.25);
        close("beauty/makeup", "cars", 0.0);
    }
}
