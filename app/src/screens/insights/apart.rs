use leptos::{ev::KeyboardEvent, prelude::*};
use leptos_router::hooks::use_navigate;
use slipway_api_types::insights::{Apart, ApartEvent, Counting, InsightsQuery, Line, OtherDefinition};

use super::csv;
use crate::{
    components::{
        Badge, ButtonLink, Cell, Column, CsvLink, Glyph, Icon, KeyValue, KeyValueList, Notice, Row, Table, Tone,
    },
    screens::parts::{anchor, focus, insights_link},
};

/// Id of the part, for links and for the keyboard.
const ID: &str = "explain";

/// One number taken apart: a part of the page, and with a script a drawer beside it.
pub(super) fn view(apart: Apart, asked: &InsightsQuery, opened: StoredValue<String>) -> AnyView {
    let metric = anchor(apart.metric);
    // The keyboard goes there when it opens, and stays where it is when news come.
    Effect::new(move || {
        if opened.get_value() != metric {
            opened.set_value(metric.to_owned());
            focus(ID);
        }
    });
    let close = insights_link(&InsightsQuery { explain: String::new(), after: String::new(), ..asked.clone() });
    let leave = {
        let (close, navigate) = (close.clone(), use_navigate());
        move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                navigate(&close, Default::default());
            }
        }
    };
    let too_few =
        (!apart.too_few.is_empty()).then(|| view! { <Notice tone=Tone::Unknown><p>{apart.too_few}</p></Notice> });
    let hints =
        apart.hints.into_iter().map(|hint| view! { <Notice tone=Tone::Warning><p>{hint}</p></Notice> }).collect_view();
    let grade = String::from("Data quality: ") + &apart.grade;
    let chart = [&close, "#", metric].concat();
    let counts = (apart.counted, apart.total, apart.after);
    view! {
        <section class="drawer" id=ID tabindex="-1" aria-labelledby="explain-title" on:keydown=leave>
            <header class="drawer__head">
                <h2 id="explain-title">{apart.title}</h2>
                <a class="button button--ghost button--icon-only" href=close aria-label="Close the explanation"><Icon glyph=Glyph::Close/></a>
            </header>
            <div class="drawer__body stack">
                <p>{apart.formula}</p>
                {too_few}
                {hints}
                {lines(apart.facts)}
                <p><a href=chart>"Week by week"</a></p>
                <h3>{grade}</h3>
                {lines(apart.checks)}
                <h3>"What it rests on"</h3>
                {lines(apart.coverage)}
                {if apart.not_listed.is_empty() {
                    let events = events(apart.events, &apart.left_out, counts, asked);
                    view! { {events}{definitions(apart.definitions, csv("definitions", asked))} }.into_any()
                } else {
                    view! { <Notice tone=Tone::Info><p>{apart.not_listed}</p></Notice> }.into_any()
                }}
            </div>
        </section>
    }
    .into_any()
}

fn lines(lines: Vec<Line>) -> impl IntoView {
    let lines = lines.into_iter().map(|(key, value)| view! { <KeyValue key>{value}</KeyValue> }).collect_view();
    view! { <KeyValueList>{lines}</KeyValueList> }
}

/// Every event, a part at a time: those counted, then those left out with the reason.
fn events(
    events: Vec<ApartEvent>,
    left_out: &[(String, usize)],
    (counted, total, after): (usize, usize, usize),
    asked: &InsightsQuery,
) -> AnyView {
    let at = |after: usize| {
        let after = if after == 0 { String::new() } else { after.to_string() };
        insights_link(&InsightsQuery { after, ..asked.clone() }) + "#events"
    };
    let shown = events.len();
    let words = if shown == 0 {
        "No event was heard of.".to_owned()
    } else {
        [&(after + 1).to_string(), " to ", &(after + shown).to_string(), " of ", &total.to_string()].concat()
    };
    let counted_words = [&counted.to_string(), " counted, ", &(total - counted).to_string(), " left out"].concat();
    let reasons = left_out
        .iter()
        .map(|(reason, count)| view! { <li>{[&count.to_string(), ": ", reason].concat()}</li> })
        .collect_view();
    let reasons = (!left_out.is_empty()).then(|| view! { <ul class="drawer__reasons">{reasons}</ul> });
    let first = (after > 0).then(|| view! { <ButtonLink href=at(0) small=true>"First events"</ButtonLink> });
    let outs = (counted > 0 && counted < total)
        .then(|| view! { <ButtonLink href=at(counted) small=true>"Events left out"</ButtonLink> });
    let next = (after + shown < total)
        .then(|| view! { <ButtonLink href=at(after + shown) small=true>"Next events"</ButtonLink> });
    // Only a duration is made of what each event adds.
    let adds = events.iter().any(|event| !event.value.is_empty());
    let heads = ["Event", "Counts", "When", "Adds", "Why"].into_iter().filter(|head| adds || *head != "Adds");
    let columns = heads.map(Column::new).collect();
    let rows = events.into_iter().map(|event| row(event, adds)).collect_view();
    view! {
        <h3 id="events">"Events: "{counted_words}</h3>
        {reasons}
        <Table caption="Events in and out" columns dense=true>{rows}</Table>
        <nav class="pagination" aria-label="More events"><span>{words}</span>{first}{outs}{next}<CsvLink href=csv("events", asked)/></nav>
    }
    .into_any()
}

fn row(event: ApartEvent, adds: bool) -> impl IntoView {
    let (tone, words) = match event.counting {
        Counting::Above => (Tone::Warning, "Above the line"),
        Counting::In => (Tone::Success, "In"),
        Counting::Out => (Tone::Neutral, "Out"),
    };
    let title = event.title;
    let name = if event.href.is_empty() {
        view! { <span class="mono">{title}</span> }.into_any()
    } else {
        view! { <a href=event.href>{title}</a> }.into_any()
    };
    let by = event.deployment.map(|by| {
        let name =
            if by.href.is_empty() { by.title.into_any() } else { view! { <a href=by.href>{by.title}</a> }.into_any() };
        view! { <span class="table__sub">"by "{name}</span> }
    });
    let service = (!event.service.is_empty()).then(|| view! { <span class="table__sub">{event.service}</span> });
    view! {
        <Row>
            <th scope="row"><span>{name}{by}{service}</span></th>
            <Cell label="Counts"><Badge tone>{words}</Badge></Cell>
            <Cell label="When">{event.at}</Cell>
            {adds.then(|| view! { <Cell label="Adds">{event.value}</Cell> })}
            <Cell label="Why">{event.because}</Cell>
        </Row>
    }
}

/// The same events as other tools compute them.
fn definitions(definitions: Vec<OtherDefinition>, csv: String) -> AnyView {
    let columns = ["Definition", "Frequency", "Lead time", "Fail rate", "Recovery", "Rework"].map(Column::new).to_vec();
    let why = definitions
        .iter()
        .filter(|other| !other.differences.is_empty())
        .map(|other| {
            let lines = other.differences.iter().map(|line| view! { <li>{line.clone()}</li> }).collect_view();
            view! { <h4>{other.name.clone()}</h4><ul class="drawer__reasons">{lines}</ul> }
        })
        .collect_view();
    let rows = definitions
        .into_iter()
        .map(|other| {
            let [frequency, lead, fails, recovery, rework] = other.answers;
            view! {
                <Row>
                    <th scope="row"><span class="table__name">{other.name}</span></th>
                    <Cell label="Frequency">{frequency}</Cell>
                    <Cell label="Lead time">{lead}</Cell>
                    <Cell label="Fail rate">{fails}</Cell>
                    <Cell label="Recovery">{recovery}</Cell>
                    <Cell label="Rework">{rework}</Cell>
                </Row>
            }
        })
        .collect_view();
    view! {
        <h3>"The same events by other tools' definitions"</h3>
        <Table caption="The same events by other tools' definitions" columns dense=true>{rows}</Table>
        <p><CsvLink href=csv/></p>
        {why}
    }
    .into_any()
}
