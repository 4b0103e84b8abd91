//! The engine on a large service: 100,000 deployments, 1,000,000 commits, every commit a change.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::civil::date;
use slipway_dora::{
    Analysis, Change, CommitGraph, CommitGraphBuilder, Config, Deployment, Events, Incident, Input, Instant,
    ServiceInput, Status, compute, rollup::Rollup,
};

const DEPLOYMENTS: u32 = 100_000;
const COMMITS_A_DEPLOYMENT: u32 = 10;
const COMMITS: u32 = DEPLOYMENTS * COMMITS_A_DEPLOYMENT;
/// Ten minutes between deployments: about two years.
const STEP_MS: i64 = 600_000;

fn sha(commit: u32) -> String {
    format!("{:040x}", u64::from(commit).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// A main line on which every tenth commit merges a side branch of four.
fn history() -> CommitGraph {
    let mut builder = CommitGraphBuilder::with_capacity(COMMITS as usize);
    for commit in 0..COMMITS {
        builder.commit(sha(commit));
    }
    for commit in 1..COMMITS {
        match commit % COMMITS_A_DEPLOYMENT {
            5 => builder.edge(commit - 5, commit),
            9 => {
                builder.edge(commit - 5, commit);
                builder.edge(commit - 1, commit);
            }
            _ => builder.edge(commit - 1, commit),
        }
    }
    builder.build().expect("parents come before children")
}

fn events() -> Events {
    let start = 1_672_531_200_000;
    let at = |deployment: u32| Instant::from_ms(start + i64::from(deployment) * STEP_MS);
    let deployments = (0..DEPLOYMENTS).map(|n| {
        // Every twentieth goes back to what was there three before.
        let source = if n % 20 == 19 { n - 3 } else { n };
        Deployment::new(format!("d{n}"), sha(source * COMMITS_A_DEPLOYMENT + 9), at(n), Status::Success)
    });
    let changes = (0..COMMITS).map(|n| {
        let authored = Instant::from_ms(at(n / COMMITS_A_DEPLOYMENT).ms() - i64::from(n % 977) * 60_000);
        Change { merged_at: Some(authored), ..Change::new(format!("c{n}"), sha(n), authored) }
    });
    let incidents = (0..DEPLOYMENTS / 50).map(|n| {
        let detected = at(n * 50).plus_seconds(120);
        Incident { resolved_at: Some(detected.plus_seconds(1800)), ..Incident::new(format!("i{n}"), detected) }
    });
    Events {
        history: Arc::new(history()),
        deployments: deployments.collect(),
        changes: changes.collect(),
        incidents: incidents.collect(),
        ..Events::default()
    }
}

fn engine(criterion: &mut Criterion) {
    let config = Config::new("Europe/Berlin", date(2023, 1, 2), date(2024, 12, 30)).expect("a valid window");
    let input = Input { config, events: events() };
    let mut group = criterion.benchmark_group("100k deployments, 1M commits");
    group.sample_size(10);
    group.bench_function("compute", |b| b.iter(|| black_box(compute(&input))));
    let analysis = Analysis::new(&input.config, &input.events);
    group.bench_function("104 weeks from derived facts", |b| b.iter(|| black_box(analysis.weekly(104))));
    let service = ServiceInput::new("load", input.events.clone());
    group.bench_function("every day added up", |b| b.iter(|| black_box(Rollup::of(&input.config, &service))));
    let rollup = Rollup::of(&input.config, &service);
    group.bench_function("metrics of two years from days", |b| b.iter(|| black_box(rollup.metrics(&input.config))));
    group.finish();
}

criterion_group!(benches, engine);
criterion_main!(benches);
