//! The commit graph of a repository, and the one question asked of it: is this commit an ancestor of that one?

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use thiserror::Error;

use crate::Id;

/// Commits and their parents, numbered, with what makes ancestry quick to decide. Build it with [`CommitGraphBuilder`].
#[derive(Clone, Debug, Default)]
pub struct CommitGraph {
    index: HashMap<Id, u32>,
    /// `parents[starts[c]..starts[c + 1]]` are the parents of commit c, first parent first.
    starts: Vec<u32>,
    parents: Vec<u32>,
    /// One more than the greatest generation of its parents; an ancestor's is always smaller.
    generations: Vec<u32>,
    /// Commits on one line of first parents share a chain; on it, a smaller generation means an ancestor.
    chains: Vec<u32>,
}

/// A history in which a commit is its own ancestor.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("commit \"{commit}\" is its own ancestor")]
pub struct CycleError {
    /// A commit on the cycle or after it.
    pub commit: Id,
}

/// Collects commits in any order; the same commit may be given several times, its parents then join.
#[derive(Debug, Default)]
pub struct CommitGraphBuilder {
    index: HashMap<Id, u32>,
    edges: Vec<(u32, u32)>,
}

impl CommitGraphBuilder {
    /// An empty graph with room for this many commits.
    #[must_use]
    pub fn with_capacity(commits: usize) -> Self {
        Self { index: HashMap::with_capacity(commits), edges: Vec::with_capacity(commits) }
    }

    /// Names a commit and returns its number, for [`Self::edge`]. Numbers count from 0 in order of first naming.
    pub fn commit(&mut self, sha: impl Into<Id>) -> u32 {
        let next = as_u32(self.index.len());
        match self.index.entry(sha.into()) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => *new.insert(next),
        }
    }

    /// Says that `parent` is a parent of `child`; both are numbers returned by [`Self::commit`]. The first parent of
    /// a commit is the one given first.
    pub fn edge(&mut self, parent: u32, child: u32) {
        self.edges.push((child, parent));
    }

    /// A commit with its parents, first parent first.
    pub fn add<'s>(&mut self, sha: &str, parents: impl IntoIterator<Item = &'s str>) {
        let child = self.commit(sha);
        for parent in parents {
            let parent = self.commit(parent);
            self.edge(parent, child);
        }
    }

    /// A line of commits, parent before child.
    pub fn add_line<'s>(&mut self, line: impl IntoIterator<Item = &'s Id>) {
        let mut previous = None;
        for sha in line {
            let child = self.commit(sha);
            if let Some(parent) = previous {
                self.edge(parent, child);
            }
            previous = Some(child);
        }
    }

    /// The finished graph.
    ///
    /// # Errors
    /// When the parents given form a cycle.
    pub fn build(self) -> Result<CommitGraph, CycleError> {
        let count = self.index.len();
        let (starts, parents) = compact(count, &self.edges);
        let mut graph = CommitGraph { index: self.index, starts, parents, ..CommitGraph::default() };
        let order = graph.number_generations(&self.edges)?;
        graph.chain(&order);
        Ok(graph)
    }
}

/// Parents grouped by child without duplicates, in the order given.
fn compact(count: usize, edges: &[(u32, u32)]) -> (Vec<u32>, Vec<u32>) {
    let mut sizes = vec![0u32; count];
    for (child, _) in edges {
        sizes[*child as usize] += 1;
    }
    let mut next = Vec::with_capacity(count);
    let mut total = 0;
    for size in sizes {
        next.push(total);
        total += size;
    }
    let offsets = next.clone();
    let mut grouped = vec![0u32; edges.len()];
    for (child, parent) in edges {
        let at = &mut next[*child as usize];
        grouped[*at as usize] = *parent;
        *at += 1;
    }
    let mut starts = Vec::with_capacity(count + 1);
    let mut parents = Vec::with_capacity(edges.len());
    for child in 0..count {
        let begin = parents.len();
        starts.push(as_u32(begin));
        for parent in &grouped[offsets[child] as usize..next[child] as usize] {
            if !parents[begin..].contains(parent) {
                parents.push(*parent);
            }
        }
    }
    starts.push(as_u32(parents.len()));
    (starts, parents)
}

impl CommitGraph {
    /// How many commits it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// The commit's number, if it is known.
    #[must_use]
    pub fn find(&self, sha: &str) -> Option<u32> {
        self.index.get(sha).copied()
    }

    /// The parents of a commit; none for numbers this graph does not know.
    #[must_use]
    pub fn parents(&self, commit: u32) -> &[u32] {
        let at = commit as usize;
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(from), Some(to)) => &self.parents[*from as usize..*to as usize],
            _ => &[],
        }
    }

    /// Kahn's algorithm: parents before children. Returns that order.
    fn number_generations(&mut self, edges: &[(u32, u32)]) -> Result<Vec<u32>, CycleError> {
        let count = self.len();
        let reversed: Vec<(u32, u32)> = edges.iter().map(|(child, parent)| (*parent, *child)).collect();
        let (child_starts, children) = compact(count, &reversed);
        let mut waiting: Vec<u32> = (0..count).map(|c| as_u32(self.parents(as_u32(c)).len())).collect();
        let mut order: Vec<u32> = (0..as_u32(count)).filter(|c| waiting[*c as usize] == 0).collect();
        self.generations = vec![0; count];
        let mut done = 0;
        while let Some(&commit) = order.get(done) {
            done += 1;
            let at = commit as usize;
            for child in &children[child_starts[at] as usize..child_starts[at + 1] as usize] {
                let c = *child as usize;
                self.generations[c] = self.generations[c].max(self.generations[at] + 1);
                waiting[c] -= 1;
                if waiting[c] == 0 {
                    order.push(*child);
                }
            }
        }
        if order.len() == count {
            return Ok(order);
        }
        // The smallest name, so that the message does not depend on the order of arrival.
        let stuck = self.index.iter().filter(|(_, c)| waiting[**c as usize] > 0).map(|(sha, _)| sha).min();
        Err(CycleError { commit: stuck.cloned().unwrap_or_else(|| Id::from("")) })
    }

    /// From the youngest commits down each line of first parents: the main line gets one chain from end to end.
    fn chain(&mut self, order: &[u32]) {
        const NONE: u32 = u32::MAX;
        self.chains = vec![NONE; self.len()];
        for &tip in order.iter().rev() {
            let mut commit = tip;
            while self.chains[commit as usize] == NONE {
                self.chains[commit as usize] = tip;
                match self.parents(commit).first() {
                    Some(first) => commit = *first,
                    None => break,
                }
            }
        }
    }
}

/// Answers ancestry questions over one graph, keeping its working memory between them.
pub(crate) struct Ancestry<'g> {
    graph: &'g CommitGraph,
    seen: Vec<u32>,
    round: u32,
    stack: Vec<u32>,
}

impl<'g> Ancestry<'g> {
    pub(crate) fn new(graph: &'g CommitGraph) -> Self {
        Self { graph, seen: vec![0; graph.len()], round: 0, stack: Vec::new() }
    }

    /// Whether `old` is a proper ancestor of `young`. Looks only at commits younger than `old`.
    pub(crate) fn is_ancestor(&mut self, old: u32, young: u32) -> bool {
        let graph = self.graph;
        let (o, y) = (old as usize, young as usize);
        if old == young || o >= graph.len() || y >= graph.len() || graph.generations[o] >= graph.generations[y] {
            return false;
        }
        self.round += 1;
        self.stack.clear();
        self.stack.push(young);
        while let Some(commit) = self.stack.pop() {
            if graph.chains[commit as usize] == graph.chains[o] {
                // Only commits of a greater generation are ever pushed: `old` lies below on the same line.
                return true;
            }
            for parent in graph.parents(commit) {
                let p = *parent as usize;
                if *parent == old {
                    return true;
                }
                if graph.generations[p] > graph.generations[o] && self.seen[p] != self.round {
                    self.seen[p] = self.round;
                    self.stack.push(*parent);
                }
            }
        }
        false
    }
}

/// Commits are numbered in 32 bits: four billion of them do not fit into memory anyway.
fn as_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(lines: &[&[&str]]) -> CommitGraph {
        let mut builder = CommitGraphBuilder::default();
        for line in lines {
            let ids: Vec<Id> = line.iter().map(|s| Id::from(*s)).collect();
            builder.add_line(&ids);
        }
        builder.build().unwrap()
    }

    fn is_ancestor(graph: &CommitGraph, old: &str, young: &str) -> bool {
        Ancestry::new(graph).is_ancestor(graph.find(old).unwrap(), graph.find(young).unwrap())
    }

    #[test]
    fn ancestry_follows_branches_and_merges() {
        // a - b - c - m - d, and a side branch b - x - y - m.
        let g = graph(&[&["a", "b", "c", "m", "d"], &["b", "x", "y", "m"]]);
        for (old, young, expected) in [
            ("a", "d", true),
            ("y", "d", true),
            ("x", "c", false),
            ("c", "y", false),
            ("d", "a", false),
            ("a", "a", false),
            ("b", "y", true),
        ] {
            assert_eq!(is_ancestor(&g, old, young), expected, "{old} {young}");
        }
    }

    #[test]
    fn a_cycle_is_an_error_and_names_a_commit() {
        let mut builder = CommitGraphBuilder::default();
        builder.add("a", ["b"]);
        builder.add("b", ["a"]);
        builder.add("root", []);
        assert_eq!(builder.build().unwrap_err().commit, Id::from("a"));
    }

    #[test]
    fn agrees_with_a_plain_search_on_tangled_graphs() {
        // A fixed linear congruential sequence: each commit gets one to three earlier parents.
        let mut state = 7u64;
        let mut next = |bound: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % bound
        };
        let mut builder = CommitGraphBuilder::default();
        let mut reach: Vec<u64> = Vec::new();
        for child in 0..60u64 {
            let number = builder.commit(child.to_string());
            let mut mine = 0u64;
            for _ in 0..child.min(1 + next(3)) {
                let parent = child - 1 - next(child.min(8));
                builder.edge(u32::try_from(parent).unwrap(), number);
                mine |= 1 << parent | reach[usize::try_from(parent).unwrap()];
            }
            reach.push(mine);
        }
        let graph = builder.build().unwrap();
        let mut ancestry = Ancestry::new(&graph);
        for young in 0..60u32 {
            for old in 0..60u32 {
                assert_eq!(ancestry.is_ancestor(old, young), reach[young as usize] >> old & 1 == 1, "{old} {young}");
            }
        }
    }
}
