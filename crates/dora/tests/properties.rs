//! What a reader may rely on: a past week's numbers depend on the events, not on how they came or on what is asked.

use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::sample::Index;
use slipway_dora::{
    Analysis, Cause, Change, CommitGraphBuilder, Config, Deployment, Events, Incident, Input, Instant, Metric, Sources,
    Status, Verdict, compute,
};

const FROM: Date = date(2025, 3, 10);
const WEEKS: usize = 6;

/// Half-hours from a week before the window on: coarse, so that ties and edges happen.
fn slot(n: u32) -> Instant {
    let start: Instant = "2025-03-02T00:00Z".parse().unwrap();
    start.plus_seconds(i64::from(n) * 60 * 30)
}

/// Slots up to two weeks after the window.
const SPAN: u32 = 48 * 7 * 9;

#[derive(Clone, Debug)]
struct World {
    /// For each commit the distances to its parents.
    parents: Vec<Vec<usize>>,
    deployments: Vec<Deployment>,
    changes: Vec<Change>,
    incidents: Vec<Incident>,
    verdicts: Vec<Verdict>,
}

impl World {
    fn events(&self) -> Events {
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

fn config(from: Date, to: Date) -> Config {
    let as_of = "2025-05-05T00:00Z".parse().unwrap();
    Config::new("Europe/Berlin", from, to).unwrap().observed_from(Some(date(2025, 3, 3))).as_of(Some(as_of))
}

fn world() -> impl Strategy<Value = World> {
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

/// The same records, each at least once, in another order.
fn disturb<T: Clone>(records: &[T], again: &[Index], order: &[Index]) -> Vec<T> {
    let mut out = records.to_vec();
    if !records.is_empty() {
        out.extend(again.iter().map(|index| index.get(records).clone()));
        for (n, index) in order.iter().enumerate() {
            let at = n % out.len();
            let other = index.index(out.len());
            out.swap(at, other);
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn order_and_repetition_change_nothing(
        world in world(),
        again in proptest::collection::vec(any::<Index>(), 8),
        order in proptest::collection::vec(any::<Index>(), 60),
    ) {
        let config = config(FROM, FROM + (7 * 6).days());
        let disturbed = World {
            parents: world.parents.clone(),
            deployments: disturb(&world.deployments, &again, &order),
            changes: disturb(&world.changes, &again, &order),
            incidents: disturb(&world.incidents, &again, &order),
            verdicts: disturb(&world.verdicts, &again, &order),
        };
        let (before, after) = (world.events(), disturbed.events());
        let (before, after) = (Analysis::new(&config, &before), Analysis::new(&config, &after));
        prop_assert_eq!(before.metrics(), after.metrics());
        for metric in Metric::ALL {
            prop_assert_eq!(before.explain(metric), after.explain(metric));
        }
    }

    #[test]
    fn a_wider_window_leaves_past_weeks_alone(world in world(), earlier in 0..3i64, later in 0..3i64) {
        let events = world.events();
        let to = FROM + (7 * 6).days();
        let narrow = Analysis::new(&config(FROM, to), &events).weekly(WEEKS);
        let wide_config = config(FROM - (7 * earlier).days(), to + (7 * later).days());
        let more = usize::try_from(later).unwrap();
        let wide = Analysis::new(&wide_config, &events).weekly(WEEKS + more);
        prop_assert_eq!(&narrow[..], &wide[..WEEKS]);
    }

    #[test]
    fn a_week_of_the_trend_is_the_metric_of_that_week(world in world()) {
        let events = world.events();
        for point in Analysis::new(&config(FROM, FROM + (7 * 6).days()), &events).weekly(WEEKS) {
            let week = config(point.week_start, point.week_start + 7.days());
            let metrics = compute(&Input { config: week, events: events.clone() });
            prop_assert_eq!(point.df_count, metrics.df.count);
            prop_assert_eq!((point.lead_n, point.lead_p50), (metrics.lead_time_s.n, metrics.lead_time_s.p50));
            prop_assert_eq!((point.cfr_failed, point.cfr_total), (metrics.cfr.failed, metrics.cfr.total));
            prop_assert_eq!((point.fdrt_n, point.fdrt_median), (metrics.fdrt_s.n, metrics.fdrt_s.median));
            prop_assert_eq!((point.rework, point.rework_total), (metrics.rework.rework, metrics.rework.total));
        }
    }

    #[test]
    fn rates_stay_fractions_and_explanations_add_up(world in world()) {
        let events = world.events();
        let analysis = Analysis::new(&config(FROM, FROM + (7 * 6).days()), &events);
        let metrics = analysis.metrics();
        prop_assert!(metrics.cfr.failed <= metrics.cfr.total);
        prop_assert!(metrics.lead_time_s.samples.iter().all(|s| *s >= 0));
        prop_assert!(metrics.fdrt_s.samples.iter().all(|(s, _)| *s >= 0));
        let explained = |metric| analysis.explain(metric);
        prop_assert_eq!(Some(explained(Metric::DeploymentFrequency).ins.len() as u64), metrics.df.count);
        prop_assert_eq!(explained(Metric::LeadTime).ins.len() as u64, metrics.lead_time_s.n);
        prop_assert_eq!(explained(Metric::ChangeFailRate).ins.len() as u64, metrics.cfr.total);
        prop_assert_eq!(explained(Metric::ChangeFailRate).numerator, metrics.cfr.failed_ids);
        prop_assert_eq!(explained(Metric::RecoveryTime).ins.len() as u64, metrics.fdrt_s.n);
        prop_assert_eq!(explained(Metric::ReworkRate).ins.len() as u64, metrics.rework.total);
        prop_assert_eq!(explained(Metric::ReworkRate).numerator.len() as u64, metrics.rework.rework);
        let all = explained(Metric::LeadTime);
        prop_assert_eq!(all.ins.len() + all.outs.len(), world.changes.len());
    }

    #[test]
    fn a_correction_and_its_reversal_leave_no_trace(
        world in world(),
        deployment in any::<Index>(),
        incident in any::<Index>(),
        verdict in any::<Index>(),
    ) {
        let config = config(FROM, FROM + (7 * 6).days());
        let numbers = |world: &World| {
            let m = compute(&Input { config: config.clone(), events: world.events() });
            (m.kinds, m.links, m.df, m.lead_time_s, m.cfr, m.fdrt_s, m.rework)
        };
        let before = numbers(&world);
        let mut after = world.clone();
        // Said to have failed after all, and then to have succeeded as first told.
        if let Some(at) = (!world.deployments.is_empty()).then(|| deployment.index(world.deployments.len())) {
            let told = world.deployments[at].clone();
            if told.status == Status::Success {
                let later = |hours: i64, status| Deployment {
                    finished_at: told.finished_at.map(|end| end.plus_seconds(hours * 3600)),
                    status,
                    ..told.clone()
                };
                after.deployments.insert(0, later(2, Status::Success));
                after.deployments.push(later(1, Status::Failure));
            }
        }
        // Taken back, closed at another time, opened again; and then as it was.
        if let Some(at) = (!world.incidents.is_empty()).then(|| incident.index(world.incidents.len())) {
            let told = world.incidents[at].clone();
            let dated = |hour: i64, record: Incident| Incident { updated_at: Some(slot(SPAN).plus_seconds(hour)), ..record };
            after.incidents.insert(0, dated(4, told.clone()));
            after.incidents.push(dated(1, Incident { retracted: true, ..told.clone() }));
            after.incidents.push(dated(2, Incident { resolved_at: Some(slot(SPAN)), ..told.clone() }));
            after.incidents.push(dated(3, Incident { resolved_at: None, ..told }));
        }
        if let Some(at) = (!world.verdicts.is_empty()).then(|| verdict.index(world.verdicts.len())) {
            let told = &world.verdicts[at];
            // The latest word so far, if there are several of the same age.
            let failed = world.verdicts.iter().any(|v| v.deployment == told.deployment && v.failed);
            let said = |at, failed| Verdict { at: Some(slot(at)), failed, ..told.clone() };
            after.verdicts.insert(0, said(2, failed));
            after.verdicts.push(said(1, !failed));
        }
        prop_assert_eq!(before, numbers(&after));
    }
}
