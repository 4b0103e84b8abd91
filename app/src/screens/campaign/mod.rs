//! `/upgrades/campaigns/{id}`: many services brought to one version, wave after wave.

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::upgrades::{CampaignPage, MemberView};
use slipway_domain::upgrade::{CampaignState, MemberState};

use super::parts::{FormTrouble, changes, error_of, load, page_data, param};
use crate::{
    api::{ResumeCampaign, StopCampaign, read_campaign},
    components::{
        Badge, Button, Card, Cell, Column, Crumb, Glyph, Notice, PageHeader, RelativeTime, Row, Shape, Table, Tone,
        Variant,
    },
};

/// What can be done with a campaign.
#[derive(Clone, Copy)]
struct Doing {
    stop: ServerAction<StopCampaign>,
    resume: ServerAction<ResumeCampaign>,
}

#[component]
pub fn Campaign() -> impl IntoView {
    let id = param("id");
    let doing = Doing { stop: ServerAction::new(), resume: ServerAction::new() };
    let changed = changes(&["upgrade"]);
    let data = page_data(move || {
        changed.track();
        let _ = (doing.stop.version().get(), doing.resume.version().get());
        read_campaign(id.get())
    });
    load(data, Shape::Rows, move |page| content(page, doing))
}

/// Where a campaign is, in a word.
pub(super) fn campaign_badge(state: CampaignState) -> AnyView {
    let (tone, glyph, word) = match state {
        CampaignState::Running => (Tone::Accent, Glyph::Turning, "Under way"),
        CampaignState::Stopped => (Tone::Danger, Glyph::Ban, "Stopped"),
        CampaignState::Done => (Tone::Success, Glyph::CheckCircle, "Done"),
    };
    view! { <Badge tone glyph>{word}</Badge> }.into_any()
}

fn content(page: CampaignPage, doing: Doing) -> AnyView {
    let title = ["Waves to ", &page.template.title, " ", &page.to].concat();
    let crumbs = vec![Crumb::link("Upgrades", "/upgrades"), Crumb::here(page.row.link.title.clone())];
    let state = page.row.state;
    let beside = move || campaign_badge(state);
    let share =
        [&page.row.through.to_string(), " of ", &page.row.services.to_string(), " services are through."].concat();
    let stopped = page.reason.clone().map(|reason| {
        view! { <Notice tone=Tone::Danger title="It stopped"><p>{reason}</p></Notice> }
    });
    let how = if page.merges {
        "What has no conflict is merged by itself. The next wave begins when everything of this one is built and deployed."
    } else {
        "Each upgrade waits for a person to merge it. The next wave begins when everything of this one is built and deployed."
    };
    let finished = page.finished_at.map(|at| view! { ", done "<RelativeTime at/> });
    let act = page.may_act.then(|| act(page.id.clone(), state, doing));
    let now = page.wave.filter(|_| state == CampaignState::Running);
    let waves = (1_u32..)
        .zip(page.waves)
        .map(|(number, members)| wave(number, now.is_some_and(|now| now + 1 == number), members))
        .collect_view();
    view! {
        <Title text=title.clone()/>
        <PageHeader title crumbs sub=share beside/>
        <div class="stack stack--page">
            {stopped}
            <section class="stack">
                <p class="muted">{how}" Begun "<RelativeTime at=page.row.created_at/>{[" by ", &page.row.started_by].concat()}{finished}"."</p>
                {act}
            </section>
            {waves}
        </div>
    }
    .into_any()
}

fn act(id: String, state: CampaignState, doing: Doing) -> AnyView {
    let trouble = [error_of(doing.stop), error_of(doing.resume)].map(|error| view! { <FormTrouble error/> });
    let button = match state {
        CampaignState::Running => view! {
            <ActionForm action=doing.stop>
                <input type="hidden" name="id" value=id/>
                <Button submit=true busy=doing.stop.pending()>"Stop after what is under way"</Button>
            </ActionForm>
        }
        .into_any(),
        CampaignState::Stopped => view! {
            <ActionForm action=doing.resume>
                <input type="hidden" name="id" value=id/>
                <Button variant=Variant::Primary submit=true busy=doing.resume.pending()>"Go on with what is left"</Button>
            </ActionForm>
        }
        .into_any(),
        CampaignState::Done => ().into_any(),
    };
    view! { {trouble}<div class="cluster">{button}</div> }.into_any()
}

fn wave(number: u32, now: bool, members: Vec<MemberView>) -> AnyView {
    let title = ["Wave ", &number.to_string()].concat();
    let caption = ["Services of wave ", &number.to_string()].concat();
    let columns = ["Service", "State", "Upgrade"].map(Column::new).to_vec();
    let sub = if now { "Under way" } else { "" };
    let rows = members.into_iter().map(member).collect_view();
    view! { <Card title sub flush=true><Table caption columns dense=true>{rows}</Table></Card> }.into_any()
}

fn member(member: MemberView) -> impl IntoView {
    let (tone, glyph, word) = match member.state {
        MemberState::Waiting => (Tone::Neutral, Glyph::Clock, "Waits"),
        MemberState::Open => (Tone::Info, Glyph::Commit, "To be merged"),
        MemberState::Merged => (Tone::Accent, Glyph::Turning, "Merged, being built"),
        MemberState::Through => (Tone::Success, Glyph::CheckCircle, "Through"),
        MemberState::Failed => (Tone::Danger, Glyph::CrossCircle, "Failed"),
    };
    let reason = member.reason.map(|reason| view! { <span class="table__sub">{reason}</span> });
    let name = member.service.title.clone();
    let service = match member.service.href.is_empty() {
        true => view! { <span class="muted">{member.service.title}</span> }.into_any(),
        false => view! { <a href=member.service.href>{member.service.title}</a> }.into_any(),
    };
    let upgrade = member.upgrade.map(|href| {
        view! { <a href=href>"Review"<span class="visually-hidden">{[" the upgrade of ", &name].concat()}</span></a> }
    });
    view! {
        <Row>
            <th scope="row"><span class="table__name">{service}{reason}</span></th>
            <Cell label="State"><Badge tone glyph>{word}</Badge></Cell>
            <Cell label="Upgrade">{upgrade}</Cell>
        </Row>
    }
}
