use leptos::prelude::*;
use slipway_api_types::insights::{Area, Drawing, Word};

use super::{plot, sheet::SheetTable};

/// A chart that the server drew: question, answer, picture, and the same as a table.
#[component]
pub fn DrawingView(
    drawing: Drawing,
    /// Where its table is downloaded.
    csv: String,
) -> impl IntoView {
    let Drawing { question, summary, size, pixels, legend, areas, points, grid, words, sheet } = drawing;
    let label = question.clone();
    let [width, height] = size.map(|units| units.to_string());
    let view_box = ["0 0 ", &width, " ", &height].concat();
    let style = ["--drawing-height:", &pixels[0].to_string(), "px;max-width:", &pixels[1].to_string(), "px"].concat();
    let entries = legend
        .iter()
        .cloned()
        .map(|(ink, words)| {
            view! { <li class=ink><span class="chart__swatch" aria-hidden="true"></span>{words}</li> }
        })
        .collect_view();
    let legend = (!legend.is_empty()).then(|| view! { <ul class="chart__legend">{entries}</ul> });
    let lines = grid
        .into_iter()
        .map(|y| {
            let y = y.to_string();
            view! { <line class="chart__grid" x1="0" x2=width.clone() y1=y.clone() y2=y></line> }
        })
        .collect_view();
    let areas = areas.into_iter().map(area).collect_view();
    let points = (!points.is_empty()).then(|| view! { <path class="drawing__points" d=points></path> });
    let named = words.iter().any(|word| word.before);
    let under = words.iter().any(|word| !word.before);
    let class = match (named, under) {
        (true, true) => "drawing drawing--named drawing--under",
        (true, false) => "drawing drawing--named",
        (false, true) => "drawing drawing--under",
        (false, false) => "drawing",
    };
    let words = words.into_iter().map(word).collect_view();
    view! {
        <figure class="chart" aria-label=label>
            <figcaption>
                <p class="chart__question">{question}</p>
                <p class="chart__unit">{summary}</p>
                {legend}
            </figcaption>
            <div class=class style=style>
                <svg class="chart__svg" aria-hidden="true">
                    <svg viewBox=view_box preserveAspectRatio="none" width="100%" height="100%" overflow="visible">
                        {lines}{areas}{points}
                    </svg>
                    {words}
                </svg>
            </div>
            <SheetTable sheet csv/>
        </figure>
    }
}

fn area(area: Area) -> impl IntoView {
    let [x, y, width, height] = area.at.map(|units| units.to_string());
    let title = (!area.words.is_empty()).then(|| view! { <title>{area.words}</title> });
    view! { <rect class=area.ink x=x y=y width=width height=height>{title}</rect> }
}

fn word(word: Word) -> impl IntoView {
    let [x, y] = word.at.map(plot::percent);
    let (dx, dy, anchor) = if word.before { ("-8", "4", "end") } else { ("0", "16", "start") };
    view! { <text x=x y=y dx=dx dy=dy text-anchor=anchor>{word.text}</text> }
}
