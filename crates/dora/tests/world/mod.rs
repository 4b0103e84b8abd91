//! Random events of one service: late, repeated, linked, decided on.

use std::sync::Arc;

use proptest::prelude::*;
use slipway_dora::{
    Cause, Change, CommitGraphBuilder, Deployment, Events, Incident, Instant, Sources, Status, Verdict,
};

/// Half-hours from a week before the window on: coarse, so that ties and edges happen.
pub fn slot(n: u32) -> Instant {
    let start: Instant = "2025-03-02T00:00Z".parse().unwrap();
    start.plus_seconds(i64::from(n) * 60 * 30)
}

/// Slots up to two weeks after the window.
pub const SPAN: u32 = 48 * 7 * 9;

#[derive(Clone, Debug)]
pub struct World {
    /// For each commit the distances to its parents.
    pub parents: Vec<Vec<usize>>,
    pub deployments: Vec<Deployment>,
    pub changes: Vec<Change>,
    pub incidents: Vec<Incident>,
    pub verdicts: Vec<Verdict>,
}

impl World {
    pub fn events(&self) -> Events {
        let mut builder = CommitGraphBuilder::default();
        for (child, distances) in self.parents.iter().enumerate() {
            let number = builder.commit(format!("s{child}"));
            for distance in distances {
                if let Some(parent) = child.checked_sub(*distance) {
                    let parent = builder.commit(format!("s{parent}"));
                    builder.edge(parent, number);
                }
            }
        }
        Events {
            history: Arc::new(builder.build().unwrap()),
            deployments: self.deployments.clone(),
            changes: self.changes.clone(),
            incidents: self.incidents.clone(),
            verdicts: self.verdicts.clone(),
            sources: Sources::default(),
        }
    }
}

pub fn world() -> impl Strategy<Value = World> {
    let status = prop_oneof![
        8 => Just(Status::Success),
        1 => Just(Status::Failure),
        1 => Just(Status::Error),
        1 => Just(Status::Cancelled),
    ];
    let deployment = (0..30u32, 0..SPAN, 0..4u32, status, 0..20u32, any::<(bool, bool)>(), 0..5u32);
    let change = (0..30u32, 0..SPAN, proptest::option::of(0..6u32), any::<bool>());
    let incident = (0..SPAN, proptest::option::of(0..100u32), 0..6u32, proptest::option::of(0..20u32));
    (
        proptest::collection::vec(proptest::collection::vec(1..5usize, 1..3), 30),
        proptest::collection::vec(deployment, 0..25),
        proptest::collection::vec(change, 0..25),
        proptest::collection::vec(incident, 0..10),
        proptest::collection::vec((0..25u32, any::<bool>()), 0..3),
    )
        .prop_map(|(parents, deployments, changes, incidents, verdicts)| World {
            parents,
            deployments: deployments.into_iter().enumerate().map(build_deployment).collect(),
            changes: changes
                .into_iter()
                .enumerate()
                .map(|(n, (commit, at, patch, merged))| Change {
                    patch_id: patch.map(|p| format!("p{p}").into()),
                    merged_at: merged.then(|| slot(at + 1)),
                    ..Change::new(format!("c{n}"), format!("s{commit}"), slot(at))
                })
                .collect(),
            incidents: incidents.into_iter().enumerate().map(build_incident).collect(),
            verdicts: verdicts
                .into_iter()
                .map(|(d, failed)| Verdict { deployment: format!("d{d}").into(), at: None, failed })
                .collect(),
        })
}

type RawDeployment = (u32, u32, u32, Status, u32, (bool, bool), u32);

fn build_deployment((n, raw): (usize, RawDeployment)) -> Deployment {
    let (commit, at, duration, status, group, (rare, rarer), version) = raw;
    Deployment {
        started_at: Some(slot(at)),
        group: (group < 4).then(|| format!("g{group}").into()),
        rollback: rare && rarer && version == 0,
        hotfix: rare && rarer && version == 1,
        exposed: version == 2,
        version: (version == 3).then(|| "v".into()),
        ..Deployment::new(format!("d{n}"), format!("s{commit}"), slot(at + duration), status)
    }
}

fn build_incident((n, raw): (usize, (u32, Option<u32>, u32, Option<u32>))) -> Incident {
    let (at, length, cause, link) = raw;
    Incident {
        resolved_at: length.map(|length| slot(at + length)),
        cause: if cause == 0 { Cause::External } else { Cause::Unknown },
        links: link.filter(|_| cause == 1).map(|d| format!("d{d}").into()).into_iter().collect(),
        root_cause_sha: (cause == 2).then(|| format!("s{}", at % 30).into()),
        ..Incident::new(format!("i{n}"), slot(at))
    }
}
