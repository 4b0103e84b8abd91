//! `/services/{name}/upgrade`, what an upgrade would do; and `/upgrades/{id}`, one to be reviewed.

mod diff;
mod plan;

pub use plan::PlanUpgrade;

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::upgrades::{Likeness, UpgradePage};
use slipway_domain::upgrade::{UpgradeConflict, UpgradeState};

use super::parts::{FormTrouble, changes, error_of, load, page_data, param};
use crate::{
    api::{CloseUpgrade, MergeUpgrade, read_upgrade},
    components::{
        Badge, Button, Card, CodeBlock, Crumb, Glyph, KeyValue, KeyValueList, Notice, PageHeader, RelativeTime, Shape,
        Tone, Variant,
    },
};

/// What can be done with an upgrade.
#[derive(Clone, Copy)]
struct Doing {
    merge: ServerAction<MergeUpgrade>,
    close: ServerAction<CloseUpgrade>,
}

#[component]
pub fn Upgrade() -> impl IntoView {
    let id = param("id");
    let doing = Doing { merge: ServerAction::new(), close: ServerAction::new() };
    let changed = changes(&["upgrade", "build"]);
    let data = page_data(move || {
        changed.track();
        let _ = (doing.merge.version().get(), doing.close.version().get());
        read_upgrade(id.get())
    });
    load(data, Shape::Text, move |page| content(page, doing))
}

fn content(page: UpgradePage, doing: Doing) -> AnyView {
    let adoption = page.from.is_empty();
    let verb = if adoption { "Put it on " } else { "Upgrade to " };
    let title = [verb, &page.template.title, " ", &page.to].concat();
    let crumbs = vec![
        Crumb::link("Upgrades", "/upgrades"),
        Crumb::link(page.service.title.clone(), page.service.href.clone()),
        Crumb::here(page.to.clone()),
    ];
    let (tone, glyph, word) = match (page.state, page.undecided.is_empty()) {
        (UpgradeState::Open, true) => (Tone::Accent, Glyph::Commit, "Open"),
        (UpgradeState::Open, false) => (Tone::Warning, Glyph::Alert, "Needs hands"),
        (UpgradeState::Merged, _) => (Tone::Success, Glyph::CheckCircle, "Merged"),
        (UpgradeState::Closed, _) => (Tone::Neutral, Glyph::Ban, "Closed"),
    };
    let sub = if adoption {
        "Adds one file, which says what the repository corresponds to."
    } else {
        "What the template changed since, brought together with what the team did."
    };
    let beside = move || view! { <Badge tone glyph>{word}</Badge> };
    let open = page.state == UpgradeState::Open;
    let hands =
        (open && !page.undecided.is_empty()).then(|| hands(&page.undecided, &page.conflicts, page.checkout.clone()));
    let trouble = page.trouble.clone().map(|trouble| view! { <Notice tone=Tone::Danger><p>{trouble}</p></Notice> });
    let act = page.may_act.then(|| act(&page, doing));
    let may_not = (open && !page.may_act).then(
        || view! { <p class="muted">"To merge or close it you need the role developer in the service's team."</p> },
    );
    let likeness = page.likeness.clone().map(likeness);
    let files = (open && !adoption).then(|| {
        let words = match page.files.len() {
            1 => "1 file changes".to_owned(),
            count => [&count.to_string(), " files change"].concat(),
        };
        view! { <section class="stack"><h2>{words}</h2>{diff::view(page.files.clone())}</section> }
    });
    let from = if page.from.is_empty() { "none".to_owned() } else { page.from.clone() };
    let finished = page.finished_at.map(|at| {
        let (key, branch) =
            (if page.state == UpgradeState::Merged { "Merged" } else { "Closed" }, page.merged_as.clone());
        let into = branch.map(|head| view! { " as "<span class="mono">{head}</span> });
        view! { <KeyValue key><RelativeTime at/>{into}</KeyValue> }
    });
    view! {
        <Title text=title.clone()/>
        <PageHeader title crumbs sub beside/>
        <div class="stack stack--page">
            {trouble}
            {hands}
            <Card title="About">
                <div class="stack">
                    <KeyValueList>
                        <KeyValue key="Service"><a href=page.service.href.clone()>{page.service.title.clone()}</a></KeyValue>
                        <KeyValue key="Golden path"><a href=page.template.href.clone()>{page.template.title.clone()}</a></KeyValue>
                        <KeyValue key="Versions"><span class="mono">{from}</span>" to "<span class="mono">{page.to.clone()}</span></KeyValue>
                        <KeyValue key="Branch"><span class="mono">{page.branch.clone()}</span>" into "<span class="mono">{page.into.clone()}</span></KeyValue>
                        <KeyValue key="Opened"><RelativeTime at=page.opened_at/>{[" by ", &page.opened_by].concat()}</KeyValue>
                        {finished}
                    </KeyValueList>
                    {act}
                    {may_not}
                </div>
            </Card>
            {likeness}
            {files}
        </div>
    }
    .into_any()
}

/// Where a person has to decide, and how.
fn hands(undecided: &[String], conflicts: &[UpgradeConflict], checkout: String) -> AnyView {
    let of = |path: &String| {
        let words = conflicts.iter().find(|conflict| conflict.path == *path).map(|conflict| conflict.message.clone());
        view! { <li><span class="mono">{path.clone()}</span>{words.map(|words| view! { <span class="table__sub">{words}</span> })}</li> }
    };
    let list = undecided.iter().map(of).collect_view();
    view! {
        <Notice tone=Tone::Warning title="It needs hands before it can be merged">
            <p>"The template and the team changed the same. Decide on the branch and push; this page follows."</p>
            <ul class="upgrade__undecided">{list}</ul>
            <CodeBlock text=checkout name="Get the branch"/>
        </Notice>
    }
    .into_any()
}

/// How far the repository is from what it is said to be.
fn likeness(likeness: Likeness) -> AnyView {
    let count = |key: &'static str, count: usize| view! { <KeyValue key>{count.to_string()}</KeyValue> };
    let paths = |key: &'static str, paths: Vec<String>| {
        (!paths.is_empty()).then(|| {
            let list = paths.into_iter().map(|path| view! { <li class="mono">{path}</li> }).collect_view();
            view! { <KeyValue key><ul class="upgrade__paths">{list}</ul></KeyValue> }
        })
    };
    view! {
        <Card title="How far it is from that" sub="What differs is kept as the team's own by every upgrade.">
            <KeyValueList>
                {count("As written", likeness.same)}
                {paths("Different", likeness.differing)}
                {paths("Not there", likeness.missing)}
                {count("The team's own", likeness.own)}
            </KeyValueList>
        </Card>
    }
    .into_any()
}

fn act(page: &UpgradePage, doing: Doing) -> AnyView {
    let (id, other) = (page.id.clone(), page.id.clone());
    let trouble = [error_of(doing.merge), error_of(doing.close)].map(|error| view! { <FormTrouble error/> });
    let merge = (page.undecided.is_empty() && page.trouble.is_none()).then(|| {
        let words = ["Merge into ", &page.into].concat();
        view! {
            <ActionForm action=doing.merge>
                <input type="hidden" name="id" value=id/>
                <Button variant=Variant::Primary submit=true glyph=Glyph::Check busy=doing.merge.pending()>{words}</Button>
            </ActionForm>
        }
    });
    view! {
        {trouble}
        <div class="cluster">
            {merge}
            <ActionForm action=doing.close>
                <input type="hidden" name="id" value=other/>
                <Button submit=true busy=doing.close.pending()>"Close and delete the branch"</Button>
            </ActionForm>
        </div>
    }
    .into_any()
}
