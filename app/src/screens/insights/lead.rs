use leptos::prelude::*;
use slipway_api_types::insights::{Distribution, Drawing, InsightsQuery};

use super::csv;
use crate::components::{Chart, ChartKind, CsvLink, DrawingView, Series};

/// When it happens, how lead times are distributed, and what they depend on.
pub(super) fn view(drawings: Vec<Drawing>, distribution: Distribution, asked: &InsightsQuery) -> AnyView {
    let drawings = drawings
        .into_iter()
        .map(|drawing| {
            let csv = csv(&drawing.sheet.name, asked);
            view! { <div class="card chart-card"><div class="card__body"><DrawingView drawing csv/></div></div> }
        })
        .collect_view();
    let values = distribution.counts.into_iter().map(|count| Some(f64::from(count))).collect();
    let series = vec![Series { name: String::new(), values }];
    view! {
        <section class="stack">
            <h2>"Behind the weeks"</h2>
            <div class="drawings">
                {drawings}
                <div class="card chart-card"><div class="card__body">
                    <Chart question="How are lead times distributed?" unit="changes" labels=distribution.labels series kind=ChartKind::Bars/>
                    <CsvLink href=csv("lead-times", asked)/>
                </div></div>
            </div>
        </section>
    }
    .into_any()
}
