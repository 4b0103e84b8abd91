//! Which deployment first brought each commit to production.

use hashbrown::HashMap;

use crate::graph::Ancestry;
use crate::{CommitGraph, Id};

const UNDELIVERED: u32 = u32::MAX;

/// Marks commits as delivered, each once: the set of delivered commits is closed under ancestry, so a walk may stop
/// at any commit already marked, and all walks together touch every commit and edge once.
pub(crate) struct Reach<'g> {
    graph: &'g CommitGraph,
    ancestry: Ancestry<'g>,
    /// Revisions that the graph does not know: commits without parents, numbered after its own.
    unknown: HashMap<Id, u32>,
    first: Vec<u32>,
    deployed: Vec<bool>,
    stack: Vec<u32>,
}

impl<'g> Reach<'g> {
    pub(crate) fn new(graph: &'g CommitGraph) -> Self {
        Self {
            graph,
            ancestry: Ancestry::new(graph),
            unknown: HashMap::new(),
            first: vec![UNDELIVERED; graph.len()],
            deployed: vec![false; graph.len()],
            stack: Vec::new(),
        }
    }

    /// The number of a deployed revision; `None` for an empty name, which means that the source did not say.
    pub(crate) fn revision(&mut self, sha: &Id) -> Option<u32> {
        if sha.is_empty() {
            return None;
        }
        if let Some(commit) = self.find(sha) {
            return Some(commit);
        }
        let commit = u32::try_from(self.first.len()).ok()?;
        self.unknown.insert(sha.clone(), commit);
        self.first.push(UNDELIVERED);
        self.deployed.push(false);
        Some(commit)
    }

    fn find(&self, sha: &str) -> Option<u32> {
        self.graph.find(sha).or_else(|| self.unknown.get(sha).copied())
    }

    /// Deployment number `deployment` brought `revision` live, and with it every ancestor not yet there.
    pub(crate) fn deliver(&mut self, revision: u32, deployment: u32) {
        self.deployed[revision as usize] = true;
        self.stack.push(revision);
        while let Some(commit) = self.stack.pop() {
            let first = &mut self.first[commit as usize];
            if *first == UNDELIVERED {
                *first = deployment;
                self.stack.extend(self.graph.parents(commit));
            }
        }
    }

    /// The deployment that first delivered this commit.
    pub(crate) fn first_delivery(&self, sha: &str) -> Option<u32> {
        let first = self.first[self.find(sha)? as usize];
        (first != UNDELIVERED).then_some(first)
    }

    /// Whether going from `live` to `revision` goes back: to an ancestor, or to something deployed before that does
    /// not contain `live`.
    pub(crate) fn goes_back(&mut self, revision: u32, live: u32) -> bool {
        // Every ancestor of `live` and everything deployed before is delivered; so an undelivered revision is new.
        if revision == live || self.first[revision as usize] == UNDELIVERED {
            return false;
        }
        self.ancestry.is_ancestor(revision, live)
            || (self.deployed[revision as usize] && !self.ancestry.is_ancestor(live, revision))
    }

    /// Whether the commit joins two or more lines.
    pub(crate) fn is_merge(&self, sha: &str) -> bool {
        self.find(sha).is_some_and(|commit| self.graph.parents(commit).len() > 1)
    }

    /// Whether the history knows the commit.
    pub(crate) fn knows(&self, sha: &str) -> bool {
        self.graph.find(sha).is_some()
    }
}
