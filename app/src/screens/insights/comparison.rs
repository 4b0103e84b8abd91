use leptos::prelude::*;
use slipway_api_types::insights::{Comparison, InsightsQuery, Verdict};

use super::csv;
use crate::{
    components::{Badge, ButtonLink, Card, Cell, Column, CsvLink, Row, Table, Tone},
    screens::parts::insights_link,
};

/// The period against the one before it, or the way there.
pub(super) fn view(rows: Vec<Comparison>, before: &str, asked: &InsightsQuery) -> AnyView {
    if rows.is_empty() && asked.compare.is_empty() {
        let href = insights_link(&InsightsQuery { compare: "previous".to_owned(), ..asked.clone() });
        let words = ["Compare with ", before].concat();
        return view! { <p><ButtonLink href small=true>{words}</ButtonLink></p> }.into_any();
    }
    let alone = insights_link(&InsightsQuery { compare: String::new(), ..asked.clone() });
    let file = csv("comparison", asked);
    let close = move || view! { <CsvLink href=file/><ButtonLink href=alone small=true>"Stop comparing"</ButtonLink> };
    let columns = std::iter::once(Column::new("Metric"))
        .chain(["Now", "Before", "Difference"].map(Column::numeric))
        .chain([Column::new("What may be said")])
        .collect();
    let rows = rows.into_iter().map(row).collect_view();
    let sub = ["Before: ", before, ". Differences with their 95 % intervals."].concat();
    view! {
        <Card title="Against the period before" sub flush=true actions=close>
            <Table caption="The five metrics against the period before" columns>{rows}</Table>
        </Card>
    }
    .into_any()
}

fn row(row: Comparison) -> impl IntoView {
    let (tone, words) = match row.verdict {
        Verdict::Better => (Tone::Success, "Better"),
        Verdict::Worse => (Tone::Danger, "Worse"),
        Verdict::NotDistinguishable => (Tone::Neutral, "Not distinguishable from chance"),
        Verdict::TooFew => (Tone::Neutral, "Too few to tell"),
        Verdict::NotMeasured => (Tone::Unknown, "Not measured"),
    };
    view! {
        <Row>
            <th scope="row"><span class="table__name">{row.title}</span></th>
            <Cell label="Now" numeric=true>{row.now}</Cell>
            <Cell label="Before" numeric=true>{row.before}</Cell>
            <Cell label="Difference" numeric=true>
                <span>{row.difference}<span class="table__sub">{row.interval}</span></span>
            </Cell>
            <Cell label="It is"><span title=row.sentence><Badge tone>{words}</Badge></span></Cell>
        </Row>
    }
}
