//! One data set, five answers: example P6 as each tool computes it.

use std::sync::Arc;

use slipway_dora::definitions::Answer;
use slipway_dora::{Analysis, CommitGraphBuilder, Config, Events, Id};

fn p6() -> Vec<Answer> {
    let file: serde_json::Value = serde_json::from_str(include_str!("fixtures/dora-examples.json")).unwrap();
    let example = file["examples"].as_array().unwrap().iter().find(|e| e["id"] == "P6").unwrap().clone();
    let mut commits = CommitGraphBuilder::default();
    let line: Vec<Id> = serde_json::from_value(example["histories"][0].clone()).unwrap();
    commits.add_line(&line);
    let events = Events {
        history: Arc::new(commits.build().unwrap()),
        deployments: serde_json::from_value(example["deployments"].clone()).unwrap(),
        changes: serde_json::from_value(example["changes"].clone()).unwrap(),
        incidents: serde_json::from_value(example["incidents"].clone()).unwrap(),
        ..Events::default()
    };
    let config = Config::new("UTC", "2025-03-03".parse().unwrap(), "2025-03-17".parse().unwrap()).unwrap();
    Analysis::new(&config, &events).definitions()
}

#[test]
fn one_data_set_five_answers() {
    let answers = p6();
    let row = |a: &Answer| {
        let minutes = |s: Option<f64>| (s.unwrap() / 6.0).round() / 10.0;
        (a.deployments, minutes(a.lead_time_s), (a.failures.numerator, a.failures.denominator), minutes(a.recovery_s))
    };
    let rows: Vec<_> = answers.iter().map(row).collect();
    assert_eq!(
        rows,
        [
            (5, 2400.0, (1, 5), 100.0),
            (7, 120.0, (2, 7), 60.0),
            (6, 1920.0, (2, 6), 100.0),
            (6, 210.0, (3, 6), 75.0),
            (6, 2350.0, (2, 7), 128.3),
        ]
    );
    assert_eq!(answers[3].frequency, "0.43 per day");
    assert_eq!(answers[4].frequency, "0 per day, 3 per week");
    assert!(answers[0].differences.is_empty());
    assert!(answers[1..].iter().all(|a| a.rework.is_none() && a.differences.len() == 5));
    assert!(!answers[2].differences[3].differs, "DevLake's recovery happens to be the same");
}
