use leptos::prelude::*;

use super::{
    chart_table::ChartTable,
    plot::{self, Axis},
};

/// How values are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChartKind {
    #[default]
    Line,
    Bars,
}

/// One line, or one kind of bar. A missing value is a gap, not a zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub name: String,
    pub values: Vec<Option<f64>>,
}

/// What a value is held against, drawn thin: natural process limits, or those of a rate for the size of its sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    pub lower: f64,
    pub upper: f64,
}

/// What somebody noted on a column: a line through it, and words in its tip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub column: usize,
    pub words: String,
}

/// A chart that answers a question; drawn as SVG wherever it is rendered, with its numbers as a table beneath.
#[component]
pub fn Chart(
    /// The question, or the finding: "How often do we deploy?"
    #[prop(into)]
    question: String,
    /// What the numbers count: "deployments a week".
    #[prop(into)]
    unit: String,
    /// What stands under each column: "12 Oct".
    labels: Vec<String>,
    /// At most five; each as long as `labels`.
    series: Vec<Series>,
    #[prop(optional)] kind: ChartKind,
    /// One for each column, or none at all.
    #[prop(optional)]
    limits: Vec<Option<Limits>>,
    #[prop(optional)] marks: Vec<Mark>,
) -> impl IntoView {
    let uppers: Vec<Option<f64>> = limits.iter().map(|limits| limits.map(|limits| limits.upper)).collect();
    let axis = Axis::zero_to(plot::largest(series.iter().flat_map(|series| &series.values).chain(&uppers)));
    let named = series.len() > 1;
    // Only lines are named at their ends.
    let plot_class = if named && kind == ChartKind::Line { "chart__plot chart__plot--labelled" } else { "chart__plot" };
    let drawing = match kind {
        ChartKind::Line => {
            series.iter().enumerate().map(|(index, series)| draw_line(index, series, &axis)).collect_view()
        }
        ChartKind::Bars => (0..series.len()).map(|index| draw_bars(index, &series, &axis)).collect_view(),
    };
    view! {
        <figure class="chart" aria-label=question.clone()>
            <figcaption>
                <p class="chart__question">{question.clone()}</p>
                <p class="chart__unit">{unit.clone()}{limit_words(&limits)}</p>
                {named.then(|| legend(&series, kind))}
            </figcaption>
            <div class=plot_class>
                <svg class="chart__svg" aria-hidden="true">
                    {grid(&axis)}
                    {limit_lines(&limits, &axis)}
                    {mark_lines(&marks, labels.len())}
                    {drawing}
                    {(named && kind == ChartKind::Line).then(|| series.iter().map(|series| end_label(series, &axis)).collect_view())}
                    {under(&labels)}
                </svg>
                {columns(&labels, &series, &unit, &marks)}
            </div>
            <ChartTable unit labels series/>
        </figure>
    }
}

/// The class that carries the ink of the nth series.
fn ink(index: usize) -> &'static str {
    ["ink-1", "ink-2", "ink-3", "ink-4", "ink-5"][index % 5]
}

fn legend(series: &[Series], kind: ChartKind) -> impl IntoView + use<> {
    let entries = series
        .iter()
        .enumerate()
        .map(|(index, series)| {
            let name = series.name.clone();
            view! { <li class=ink(index)><span class="chart__swatch" aria-hidden="true"></span>{name}</li> }
        })
        .collect_view();
    // Lines are named at their ends; where there is no room for that, and for bars, the legend says it.
    let class = if kind == ChartKind::Line { "chart__legend chart__legend--ends" } else { "chart__legend" };
    view! { <ul class=class>{entries}</ul> }
}

fn grid(axis: &Axis) -> impl IntoView + use<> {
    axis.ticks
        .iter()
        .map(|tick| {
            let y = plot::percent(axis.y(*tick));
            let class = if *tick == 0.0 { "chart__base" } else { "chart__grid" };
            view! {
                <line class=class x1="0" x2="100%" y1=y.clone() y2=y.clone()></line>
                <text x="-8" y=y dy="4" text-anchor="end">{plot::short(*tick)}</text>
            }
        })
        .collect_view()
}

/// One sentence for limits that are the same everywhere, another for those that follow the size of the sample.
fn limit_words(limits: &[Option<Limits>]) -> Option<String> {
    let mut known = limits.iter().flatten();
    let first = *known.next()?;
    if known.any(|limits| *limits != first) {
        return Some("; dotted: limits for the week's number of cases".to_owned());
    }
    Some(["; dotted: natural process limits, ", &plot::short(first.lower), " to ", &plot::short(first.upper)].concat())
}

fn mark_lines(marks: &[Mark], count: usize) -> impl IntoView + use<> {
    marks
        .iter()
        .map(|mark| {
            let x = plot::percent(plot::x(mark.column, count));
            view! { <line class="chart__mark" x1=x.clone() x2=x y1="0" y2="100%"></line> }
        })
        .collect_view()
}

fn limit_lines(limits: &[Option<Limits>], axis: &Axis) -> Option<AnyView> {
    limits.iter().flatten().next()?;
    let line = |limit: fn(&Limits) -> f64| {
        let values: Vec<Option<f64>> =
            limits.iter().map(|limits| limits.as_ref().map(|limits| limit(limits).max(0.0))).collect();
        view! { <path class="chart__limit" d=plot::steps(&values, axis)></path> }
    };
    let view = view! {
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%" overflow="visible">
            {line(|limits| limits.lower)}
            {line(|limits| limits.upper)}
        </svg>
    };
    Some(view.into_any())
}

fn draw_line(index: usize, series: &Series, axis: &Axis) -> AnyView {
    let count = series.values.len();
    let alone = |at: usize| {
        let beside =
            |other: Option<usize>| other.and_then(|other| series.values.get(other).copied().flatten()).is_none();
        beside(at.checked_sub(1)) && beside(Some(at + 1))
    };
    // Few points are worth seeing one by one; a value between two gaps has no line to be seen by.
    let dots = series
        .values
        .iter()
        .enumerate()
        .filter(|(at, value)| value.is_some() && (count <= 16 || alone(*at)))
        .map(|(at, value)| {
            let y = axis.y(value.unwrap_or(0.0));
            view! { <circle class="chart__dot" cx=plot::percent(plot::x(at, count)) cy=plot::percent(y) r="3"></circle> }
        })
        .collect_view();
    view! {
        <g class=ink(index)>
            <svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%" overflow="visible">
                <path class="chart__line" d=plot::line(&series.values, axis)></path>
            </svg>
            {dots}
        </g>
    }
    .into_any()
}

#[expect(clippy::cast_precision_loss, reason = "a chart has few columns")]
fn draw_bars(index: usize, series: &[Series], axis: &Axis) -> AnyView {
    let values = &series[index].values;
    let column = 100.0 / values.len().max(1) as f64;
    let width = column * 0.68 / series.len() as f64;
    let bars = values
        .iter()
        .enumerate()
        .filter_map(|(at, value)| value.filter(|value| *value > 0.0).map(|value| (at, value)))
        .map(|(at, value)| {
            let left = column * (at as f64 + 0.16) + width * index as f64;
            let y = axis.y(value);
            view! {
                <rect
                    class="chart__bar"
                    x=plot::percent(left)
                    y=plot::percent(y)
                    width=plot::percent(width)
                    height=plot::percent(100.0 - y)
                    rx="1.5"
                ></rect>
            }
        })
        .collect_view();
    view! { <g class=ink(index)>{bars}</g> }.into_any()
}

fn end_label(series: &Series, axis: &Axis) -> impl IntoView + use<> {
    let last = series.values.iter().rev().flatten().next();
    last.map(|value| {
        let name = series.name.clone();
        view! { <text class="chart__end" x="100%" dx="6" y=plot::percent(axis.y(*value)) dy="4">{name}</text> }
    })
}

/// Labels under the columns: no more than there is room for on a phone, evenly spread.
fn under(labels: &[String]) -> impl IntoView + use<> {
    let every = labels.len().div_ceil(6).max(1);
    let count = labels.len();
    labels
        .iter()
        .enumerate()
        .step_by(every)
        .map(|(at, label)| {
            let x = plot::percent(plot::x(at, count));
            // What stands in brackets goes below: beside the date it would stand over the edge of a phone.
            let (label, aside) = match label.split_once(" (") {
                Some((label, aside)) => (label, Some(aside.trim_end_matches(')'))),
                None => (label.as_str(), None),
            };
            let aside = aside.map(|aside| {
                let x = x.clone();
                view! { <tspan x=x dy="13">{aside.to_owned()}</tspan> }
            });
            view! { <text x=x y="100%" dy="18" text-anchor="middle">{label.to_owned()} {aside}</text> }
        })
        .collect_view()
}

/// Invisible columns over the drawing: what is in each, by pointer and by keyboard.
fn columns(labels: &[String], series: &[Series], unit: &str, marks: &[Mark]) -> impl IntoView + use<> {
    let columns = labels
        .iter()
        .enumerate()
        .map(|(at, label)| {
            let mut values: Vec<String> = series
                .iter()
                .map(|series| match (series.values.get(at).copied().flatten().map(plot::short), series.name.as_str()) {
                    (None, "") => "no data".to_owned(),
                    (Some(value), "") => [&value, " ", unit].concat(),
                    (value, name) => [name, ": ", value.as_deref().unwrap_or("no data")].concat(),
                })
                .collect();
            values.extend(marks.iter().filter(|mark| mark.column == at).map(|mark| mark.words.clone()));
            let spoken = [label, ": ", &values.join(", ")].concat();
            let label = label.clone();
            view! {
                <div class="chart__column" tabindex="0" role="img" aria-label=spoken>
                    <div class="chart__tip" aria-hidden="true">
                        <strong>{label}</strong>
                        {values.into_iter().map(|value| view! { <div>{value}</div> }).collect_view()}
                    </div>
                </div>
            }
        })
        .collect_view();
    view! { <div class="chart__columns">{columns}</div> }
}
