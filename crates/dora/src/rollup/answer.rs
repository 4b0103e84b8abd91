//! What a window shows, from the tallies of its days.

use super::samples::{Counted, Pool};
use super::tally::Tally;
use super::{Count, Rollup};
use crate::calendar::Day;
use crate::facts;
use crate::hints::{self, Extra, Hint, Profile};
use crate::measure::{self, Tallied, ratio};
use crate::metrics::{Coverage, DEFINITION, FailRate, LeadTime, Metrics, Recovery, Rework, Stages};
use crate::trend::{self, Frame};
use crate::{Config, Id, Tier, WeekPoint, stats};

impl Rollup {
    /// The five metrics of the window. The days have to reach back to [`super::looks_back_to`].
    #[must_use]
    pub fn metrics(&self, config: &Config) -> Metrics {
        let window = self.window(config);
        Metrics {
            definition: DEFINITION,
            tier: Tier::Production,
            from: config.from(),
            to: config.to(),
            tz: config.zone_name().to_owned(),
            as_of: config.as_of_instant(),
            kinds: Vec::new(),
            links: Vec::new(),
            df: self.frequency(config),
            lead_time_s: lead_time(window),
            cfr: self.fail_rate(config),
            fdrt_s: recovery(window, config),
            rework: rework(window),
            coverage: self.coverage(window),
        }
    }

    /// As [`crate::Analysis::weekly`]; the days have to reach back to the first of the weeks.
    #[must_use]
    pub fn weekly(&self, config: &Config, weeks: usize) -> Vec<WeekPoint> {
        let standing = &self.standing;
        let frame = Frame {
            observed: standing.observed_from.map(Day::of),
            over: config.last_day(),
            connected: standing.deployments_connected,
        };
        let mut monday = trend::first_monday(config, weeks);
        let point = |_| {
            let days = self.between(monday, monday.plus(7).min(Day::of(config.to())));
            let point = week(days, config, &frame, monday);
            monday = monday.plus(7);
            point
        };
        (0..weeks).map(point).collect()
    }

    /// As [`crate::Analysis::hints`]; the days have to reach back to what [`Self::metrics`] needs of the window before.
    #[must_use]
    pub fn hints(&self, config: &Config) -> Vec<Hint> {
        let profile = |config: &Config| {
            let sum = |of| sum(self.window(config), of);
            let extra = Extra {
                successes: sum(Count::Changes) + sum(Count::Rollbacks) + sum(Count::Restarts),
                restarts: sum(Count::Restarts),
                deployments: sum(Count::Changes),
                empty: sum(Count::Empty),
                acquitted: sum(Count::Acquitted),
                shown_failures: sum(Count::ShownFailures),
            };
            Profile::new(&self.metrics(config), extra)
        };
        let reopened: Vec<Id> = self.window(config).iter().flat_map(|(_, day)| day.reopened.iter().cloned()).collect();
        let before = config.window_before();
        hints::of_profiles(&profile(config), &profile(&before), self.standing.retiered.clone(), reopened)
    }

    /// Deployments and failures of each day of the window: the number of the day, changes, failed.
    pub fn calendar(&self, config: &Config) -> impl Iterator<Item = (i32, u64, u64)> {
        self.window(config)
            .iter()
            .map(|(day, tally)| (day.number(), tally.count(Count::Changes), tally.count(Count::Failed)))
    }

    /// One of the counts, over the days of the window.
    #[must_use]
    pub fn count(&self, config: &Config, of: Count) -> u64 {
        sum(self.window(config), of)
    }

    fn window(&self, config: &Config) -> &[(Day, Tally)] {
        self.between(Day::of(config.from()), Day::of(config.to()))
    }

    fn between(&self, from: Day, to: Day) -> &[(Day, Tally)] {
        let start = self.days.partition_point(|(day, _)| *day < from);
        &self.days[start..self.days.partition_point(|(day, _)| *day < to).max(start)]
    }

    fn frequency(&self, config: &Config) -> crate::Frequency {
        let window = self.window(config);
        let changes = |days: &[(Day, Tally)]| {
            let days = days.iter().map(|(day, tally)| (*day, tally.count(Count::Changes)));
            days.filter(|(_, count)| *count > 0).collect::<Vec<_>>()
        };
        let lately = self.between(measure::half_year_before(config), Day::of(config.to()));
        measure::of_days(&Tallied {
            config,
            first_day: config.first_day(self.standing.observed_from.map(Day::of)),
            last_day: config.last_day(),
            connected: self.standing.deployments_connected,
            changes: &changes(window),
            lately: sum(lately, Count::Changes) > 0,
            noop: sum(window, Count::Restarts),
            rollbacks: sum(window, Count::Rollbacks),
        })
    }

    fn fail_rate(&self, config: &Config) -> FailRate {
        let window = self.window(config);
        let (failed, total) = (sum(window, Count::Failed), sum(window, Count::Population));
        let measured = self.standing.incidents_connected;
        let known = measured || failed > 0;
        FailRate {
            failed,
            total,
            rate: ratio(failed, total).filter(|_| known),
            wilson95: stats::wilson(failed, total).filter(|_| known),
            failed_ids: Vec::new(),
            provisional: window.iter().map(|(_, day)| day.provisional(config)).sum(),
            measured,
        }
    }

    fn coverage(&self, window: &[(Day, Tally)]) -> Coverage {
        let standing = &self.standing;
        let sum = |of| sum(window, of);
        Coverage {
            deployments_connected: standing.deployments_connected,
            incidents_connected: standing.incidents_connected,
            deployments: sum(Count::Changes) + sum(Count::Rollbacks) + sum(Count::Restarts),
            with_known_revision: sum(Count::KnownRevisions),
            changes: sum(Count::Delivered),
            from_pull_requests: sum(Count::FromPullRequests),
            from_bots: sum(Count::FromBots),
            undelivered_changes: standing.undelivered_changes,
            oldest_undelivered_at: standing.oldest_undelivered_at,
            incidents: sum(Count::Incidents),
            linked_manual: sum(Count::LinkedManual),
            linked_explicit: sum(Count::LinkedExplicit),
            linked_inferred: sum(Count::LinkedInferred),
            external: sum(Count::External),
            undecided: sum(Count::Undecided),
            without_remediation: sum(Count::WithoutRemediation),
            last_deployment_at: standing.last_deployment_at,
            last_incident_at: standing.last_incident_at,
        }
    }
}

fn sum(days: &[(Day, Tally)], of: Count) -> u64 {
    days.iter().map(|(_, day)| day.count(of)).sum()
}

fn leads(days: &[(Day, Tally)]) -> Counted {
    let mut pool = Pool::default();
    days.iter().for_each(|(_, day)| pool.add(&day.lead));
    pool.finish()
}

fn lead_time(days: &[(Day, Tally)]) -> LeadTime {
    let leads = leads(days);
    let mut coding = Pool::default();
    days.iter().for_each(|(_, day)| coding.add(&day.coding));
    let coding = coding.finish();
    LeadTime {
        n: leads.len(),
        p50: leads.quantile(0.5),
        p75: leads.quantile(0.75),
        p90: leads.quantile(0.9),
        median95: leads.median_interval(),
        per_commit_p50: None,
        merge_to_deploy_p50: None,
        stages: Stages { n: coding.len(), coding_p50: coding.quantile(0.5), review_p50: None, waiting_p50: None },
        first_deployed_by: Vec::new(),
        duplicate_patch: Vec::new(),
        invalid: sum(days, Count::InvalidClocks),
        invalid_clock: Vec::new(),
        sketched: leads.is_sketched(),
        buckets: leads.buckets(),
        samples: leads.exact,
    }
}

fn recoveries(days: &[(Day, Tally)], config: &Config) -> (Vec<(i64, bool)>, u64) {
    let mut unknown = sum(days, Count::UnknownRecoveries);
    let mut samples = Vec::new();
    for recovery in days.iter().flat_map(|(_, day)| &day.recoveries) {
        match recovery.course().recovery(config) {
            facts::Recovery::After(seconds) => samples.push((seconds, true)),
            facts::Recovery::StillOpen(seconds) => samples.push((seconds, false)),
            facts::Recovery::Unknown | facts::Recovery::InvalidClock => unknown += 1,
        }
    }
    measure::sort(&mut samples);
    (samples, unknown)
}

fn recovery(days: &[(Day, Tally)], config: &Config) -> Recovery {
    let (samples, unknown) = recoveries(days, config);
    Recovery {
        n: measure::count(samples.iter()),
        open: measure::count(samples.iter().filter(|(_, ended)| !ended)),
        median: measure::kaplan_meier_median(&samples),
        samples,
        unknown_recovery: Vec::new(),
        unknown,
    }
}

fn rework(days: &[(Day, Tally)]) -> Rework {
    let rollbacks = sum(days, Count::Rollbacks);
    let (rework, total) = (rollbacks + sum(days, Count::Hotfixes), rollbacks + sum(days, Count::Changes));
    Rework { rework, total, rate: ratio(rework, total), wilson95: stats::wilson(rework, total) }
}

fn week(days: &[(Day, Tally)], config: &Config, frame: &Frame, monday: Day) -> WeekPoint {
    let leads = leads(days);
    let (recoveries, _) = recoveries(days, config);
    let rework = rework(days);
    WeekPoint {
        week_start: monday.date(),
        complete: frame.complete(monday),
        df_count: frame.seen(monday).then(|| sum(days, Count::Changes)),
        lead_p50: leads.quantile(0.5),
        lead_n: leads.len(),
        cfr_failed: sum(days, Count::Failed),
        cfr_total: sum(days, Count::Population),
        fdrt_median: measure::kaplan_meier_median(&recoveries),
        fdrt_n: measure::count(recoveries.iter()),
        rework: rework.rework,
        rework_total: rework.total,
    }
}
