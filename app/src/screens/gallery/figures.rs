use leptos::prelude::*;
use slipway_api_types::insights::{Area, Drawing, Sheet};

use super::Part;
use crate::components::{Chart, ChartKind, DrawingView, Figure, Limits, Series, Tile, Tiles, Tone, Trend};

const WEEKS: [&str; 14] = [
    "10 Aug", "17 Aug", "24 Aug", "31 Aug", "7 Sep", "14 Sep", "21 Sep", "28 Sep", "5 Oct", "12 Oct", "19 Oct",
    "26 Oct", "2 Nov", "9 Nov",
];

fn some(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().copied().map(Some).collect()
}

fn series(name: &str, values: Vec<Option<f64>>) -> Series {
    Series { name: name.to_owned(), values }
}

#[component]
pub fn Figures() -> impl IntoView {
    let figures = figures().into_iter().map(|figure| view! { <Tile figure/> }).collect_view();
    let weeks = || WEEKS.map(str::to_owned).to_vec();
    let deployments = some(&[9.0, 12.0, 11.0, 14.0, 13.0, 17.0, 12.0, 16.0, 19.0, 18.0, 15.0, 21.0, 22.0, 24.0]);
    let mut median = some(&[31.0, 29.0, 33.0, 26.0, 24.0, 27.0, 0.0, 0.0, 22.0, 19.0, 21.0, 18.0, 17.0, 18.0]);
    median[6] = None;
    median[7] = None;
    let slowest = some(&[58.0, 61.0, 66.0, 52.0, 49.0, 55.0, 51.0, 47.0, 44.0, 46.0, 41.0, 39.0, 42.0, 37.0]);
    view! {
        <Part title="Figures" words="A number never stands alone: its interval and sample size are under it, its trend is in words, and the whole tile opens its explanation.">
            <Tiles>{figures}</Tiles>
            <div class="grid grid--charts">
                <div class="card"><div class="card__body">
                    <Chart
                        question="Do we deploy more often than in summer?"
                        unit="Deployments to production a week"
                        labels=weeks()
                        series=vec![series("", deployments)]
                        kind=ChartKind::Bars
                        limits=vec![Some(Limits { lower: 7.4, upper: 22.6 }); WEEKS.len()]
                    />
                </div></div>
                <div class="card"><div class="card__body">
                    <Chart
                        question="How long does a change take to reach production?"
                        unit="Hours from commit to production"
                        labels=weeks()
                        series=vec![series("Median", median), series("9 of 10", slowest)]
                    />
                </div></div>
                <div class="card"><div class="card__body"><DrawingView drawing=drawing() csv="/design".to_owned()/></div></div>
            </div>
        </Part>
    }
}

/// One week of days, as the calendar draws a year of them.
fn drawing() -> Drawing {
    let days = [("Mon", 3), ("Tue", 4), ("Wed", 2), ("Thu", 4), ("Fri", 1), ("Sat", 0), ("Sun", 0)];
    let area = |(at, (day, level)): (u32, (&str, u8))| Area {
        at: [at * 20 + 1, 1, 18, 18],
        ink: String::from("heat-") + &level.to_string(),
        words: [day, ": ", &level.to_string()].concat(),
    };
    let row = |(day, level): (&str, u8)| vec![day.to_owned(), level.to_string()];
    Drawing {
        question: "On which days do we deploy?".to_owned(),
        summary: "Most on Tuesdays and Thursdays, none at weekends.".to_owned(),
        size: [140, 20],
        pixels: [28, 280],
        legend: vec![("heat-0".to_owned(), "none".to_owned()), ("heat-4".to_owned(), "up to 4".to_owned())],
        areas: (0..).zip(days).map(area).collect(),
        sheet: Sheet {
            caption: "Deployments of each day".to_owned(),
            heads: ["Day", "Deployments"].map(str::to_owned).to_vec(),
            rows: days.into_iter().map(row).collect(),
            ..Sheet::default()
        },
        ..Drawing::default()
    }
}

fn figures() -> [Figure; 5] {
    let figure = |name: &str, value: Option<&str>, unit: &str, basis: &str, spark: &[f64]| Figure {
        name: name.to_owned(),
        value: value.map(str::to_owned),
        instead: "Too few".to_owned(),
        unit: unit.to_owned(),
        basis: basis.to_owned(),
        trend: None,
        spark: some(spark),
        href: "/design".to_owned(),
    };
    let trend = |words: &str, rising: Option<bool>, tone: Tone| Some(Trend { words: words.to_owned(), rising, tone });
    [
        Figure {
            trend: trend("More than the 90 days before", Some(true), Tone::Success),
            ..figure(
                "Deployment frequency",
                Some("3.4"),
                "a day",
                "2.9–3.9 · n = 306",
                &[9.0, 12.0, 11.0, 14.0, 13.0, 17.0, 16.0, 19.0, 18.0, 21.0, 24.0],
            )
        },
        Figure {
            trend: trend("Shorter than the 90 days before", Some(false), Tone::Success),
            ..figure(
                "Change lead time",
                Some("18.2"),
                "h",
                "16.1–21.0 · n = 412 changes",
                &[31.0, 29.0, 33.0, 26.0, 24.0, 27.0, 22.0, 19.0, 21.0, 18.0],
            )
        },
        Figure {
            trend: trend("Within what chance would do", None, Tone::Neutral),
            ..figure(
                "Change fail rate",
                Some("6.8"),
                "%",
                "4.4–10.1 · 21 of 306",
                &[5.0, 8.0, 6.0, 7.0, 9.0, 5.0, 6.0, 8.0, 7.0],
            )
        },
        Figure {
            trend: trend("Longer: two incidents took a night", Some(true), Tone::Danger),
            ..figure(
                "Failed deployment recovery time",
                Some("2.1"),
                "h",
                "0.7–5.8 · n = 19",
                &[1.0, 0.8, 1.2, 0.9, 1.4, 3.8, 2.1],
            )
        },
        figure("Rework rate", None, "%", "4 deployments; 10 are needed to say", &[]),
    ]
}
