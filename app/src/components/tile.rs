use leptos::prelude::*;

use super::{
    icon::{Glyph, Icon},
    plot::{self, Axis},
    tone::Tone,
};

/// Where a number is going, in words: "Faster than the 90 days before".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trend {
    pub words: String,
    /// The arrow; none where it may be chance.
    pub rising: Option<bool>,
    /// `Success` when that is good, `Danger` when not, `Neutral` when it may be chance.
    pub tone: Tone,
}

/// A number and what it rests on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    pub name: String,
    /// None when there is none, or too little to say anything.
    pub value: Option<String>,
    /// What stands in its place then: "Too few".
    pub instead: String,
    pub unit: String,
    /// Interval and sample size: "80 % within 1.8–3.1 · n = 42".
    pub basis: String,
    pub trend: Option<Trend>,
    /// Values over time, oldest first; missing ones are gaps.
    pub spark: Vec<Option<f64>>,
    /// Where it is explained.
    pub href: String,
}

/// A figure as a tile; all of it leads to the explanation.
#[component]
pub fn Tile(figure: Figure) -> impl IntoView {
    let Figure { name, value, instead, unit, basis, trend, spark, href } = figure;
    let known = value.is_some();
    view! {
        <a class=if known { "tile" } else { "tile tile--unknown" } href=href>
            <span class="tile__name">{name}</span>
            <span class="tile__middle">
                <span class="tile__value">
                    {value.unwrap_or(instead)}
                    {known.then(|| view! { <span class="tile__unit">{unit}</span> })}
                </span>
                {has_line(&spark).then(|| spark_view(&spark))}
            </span>
            <span class="tile__basis">{basis}</span>
            {trend.map(trend_view)}
        </a>
    }
}

/// Tiles side by side, folding as the room shrinks.
#[component]
pub fn Tiles(children: Children) -> impl IntoView {
    view! { <div class="tiles">{children()}</div> }
}

fn trend_view(trend: Trend) -> impl IntoView {
    let class = match trend.tone {
        Tone::Success => "tile__trend tile__trend--success",
        Tone::Danger => "tile__trend tile__trend--danger",
        Tone::Warning => "tile__trend tile__trend--warning",
        Tone::Neutral | Tone::Accent | Tone::Info | Tone::Unknown => "tile__trend",
    };
    let glyph = trend.rising.map(|rising| if rising { Glyph::ArrowUp } else { Glyph::ArrowDown });
    let arrow = glyph.map(|glyph| view! { <Icon glyph/> });
    view! { <span class=class>{arrow}<span>{trend.words}</span></span> }
}

/// Whether two values stand side by side: others draw nothing.
fn has_line(values: &[Option<f64>]) -> bool {
    values.array_windows().any(|[one, next]| one.is_some() && next.is_some())
}

fn spark_view(values: &[Option<f64>]) -> impl IntoView + use<> {
    let axis = Axis { top: plot::largest(values).max(f64::MIN_POSITIVE), ticks: Vec::new() };
    view! {
        <svg class="tile__spark" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
            <path d=plot::line(values, &axis)></path>
        </svg>
    }
}
