//! Days added up give the numbers of the events themselves.

mod world;

use jiff::ToSpan;
use jiff::civil::date;
use proptest::prelude::*;
use slipway_dora::rollup::{Rollup, Tally};
use slipway_dora::{Config, Metrics, ScopeAnalysis, ServiceInput, Spread};
use world::{World, slot, world};

/// What a rollup does not know: names, the time between deployments, variants of lead time, later stages.
fn without_what_days_cannot_tell(metrics: &Metrics) -> Metrics {
    let mut m = metrics.clone();
    (m.kinds, m.links, m.cfr.failed_ids, m.fdrt_s.unknown_recovery) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    m.df.median_hours_between = None;
    let lead = &mut m.lead_time_s;
    (lead.per_commit_p50, lead.merge_to_deploy_p50) = (None, None);
    (lead.stages.review_p50, lead.stages.waiting_p50) = (None, None);
    lead.first_deployed_by.clear();
    lead.duplicate_patch.clear();
    lead.invalid_clock.clear();
    m
}

fn inputs(worlds: &[World]) -> Vec<ServiceInput> {
    let input = |(n, world): (usize, &World)| {
        let mut input = ServiceInput::new(format!("service-{n}"), world.events());
        input.observed_since = (n % 2 == 0).then(|| slot(300));
        input
    };
    worlds.iter().enumerate().map(input).collect()
}

/// As it comes back from where it was kept.
fn kept(rollup: &Rollup) -> Rollup {
    let days = rollup.days().map(|(day, tally)| (day, Tally::from_bytes(&tally.to_bytes()).unwrap()));
    Rollup::new(rollup.standing.clone(), days.collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn days_give_what_events_give(
        worlds in proptest::collection::vec(world(), 1..4),
        first in 0..50i64,
        length in 1..45i64,
        as_of in 0..4_000u32,
        zone in prop_oneof![Just("Europe/Berlin"), Just("UTC"), Just("Pacific/Auckland")],
    ) {
        let inputs = inputs(&worlds);
        let from = date(2025, 3, 1) + first.days();
        let anything = Config::new(zone, date(2020, 1, 1), date(2020, 1, 2)).unwrap();
        let rollups: Vec<Rollup> = inputs.iter().map(|input| kept(&Rollup::of(&anything, input))).collect();
        let pooled = kept(&Rollup::pooled(&rollups));
        for as_of in [None, Some(slot(as_of))] {
            let config = Config::new(zone, from, from + length.days()).unwrap().as_of(as_of);
            let analysis = ScopeAnalysis::new(&config, &inputs);
            let metrics = analysis.metrics();
            prop_assert_eq!(without_what_days_cannot_tell(&metrics.pooled), pooled.metrics(&config));
            let by_service: Vec<_> = inputs.iter().zip(&rollups).map(|(i, r)| (i.service.clone(), r.metrics(&config))).collect();
            for ((_, engine), (_, rollup)) in metrics.by_service.iter().zip(&by_service) {
                prop_assert_eq!(&without_what_days_cannot_tell(engine), rollup);
            }
            prop_assert_eq!(metrics.spread, Spread::of(&by_service));
            prop_assert_eq!(analysis.weekly(9), pooled.weekly(&config, 9));
            prop_assert_eq!(analysis.hints(), pooled.hints(&config));
        }
    }

    #[test]
    fn a_service_leaves_a_team_as_it_came(worlds in proptest::collection::vec(world(), 2..4)) {
        let anything = Config::new("UTC", date(2020, 1, 1), date(2020, 1, 2)).unwrap();
        let rollups: Vec<Rollup> = inputs(&worlds).iter().map(|input| Rollup::of(&anything, input)).collect();
        let (all, rest) = (Rollup::pooled(&rollups), Rollup::pooled(&rollups[1..]));
        let rest: std::collections::BTreeMap<i32, &Tally> = rest.days().collect();
        let gone: std::collections::BTreeMap<i32, &Tally> = rollups[0].days().collect();
        for (day, tally) in all.days() {
            let mut left = tally.clone();
            if let Some(gone) = gone.get(&day) {
                prop_assert!(left.take_away(gone));
            }
            let expected = rest.get(&day).map_or_else(Tally::default, |tally| (*tally).clone());
            prop_assert_eq!(left, expected);
        }
    }
}
