//! What a reader may rely on: a past week's numbers depend on the events, not on how they came or on what is asked.

mod world;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::sample::Index;
use slipway_dora::{Analysis, Config, Deployment, Incident, Input, Metric, Status, Verdict, compute};
use world::{SPAN, World, slot, world};

const FROM: Date = date(2025, 3, 10);
const WEEKS: usize = 6;

fn config(from: Date, to: Date) -> Config {
    let as_of = "2025-05-05T00:00Z".parse().unwrap();
    Config::new("Europe/Berlin", from, to).unwrap().observed_from(Some(date(2025, 3, 3))).as_of(Some(as_of))
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
