use leptos::prelude::*;
use slipway_api_types::incidents::{IncidentRow, LinkedBy};

use super::Doing;
use crate::components::{Badge, Button, Choice, Glyph, RelativeTime, Select, Tone};

/// One incident: what it is, which deployment is blamed and why, and what can be decided.
pub(super) fn view(incident: IncidentRow, doing: Doing) -> AnyView {
    let state = match incident.resolved_at {
        None => view! { <Badge tone=Tone::Danger glyph=Glyph::Flame>"Open"</Badge> }.into_any(),
        Some(at) => {
            view! { <Badge tone=Tone::Success glyph=Glyph::CheckCircle>"Over "<RelativeTime at/></Badge> }.into_any()
        }
    };
    let blamed = blamed(&incident);
    let decide = incident.may_decide.then(|| decide(&incident, doing));
    let sub = [" told by ", &incident.source, ", noticed "].concat();
    view! {
        <li class="incident">
            <div class="incident__head"><h2 class="incident__title">{incident.title}</h2>{state}</div>
            <p class="muted"><a href=incident.service.href>{incident.service.title}</a>{sub}<RelativeTime at=incident.detected_at/></p>
            {blamed}
            {decide}
        </li>
    }
    .into_any()
}

fn blamed(incident: &IncidentRow) -> AnyView {
    let words = match (incident.linked_by, incident.blamed.is_empty()) {
        (_, true) => "No deployment is blamed.",
        (LinkedBy::Window, false) => "Proposed: ",
        (_, false) => "Caused by ",
    };
    let links = incident
        .blamed
        .clone()
        .into_iter()
        .map(|link| match link.href.is_empty() {
            true => view! { <span class="mono">{link.title}</span>" " }.into_any(),
            false => view! { <a class="mono" href=link.href>{link.title}</a>" " }.into_any(),
        })
        .collect_view();
    let why = incident.why.clone();
    view! {
        <p>{words}{links}</p>
        <p class="muted">{why}</p>
    }
    .into_any()
}

fn decide(incident: &IncidentRow, doing: Doing) -> AnyView {
    let id = incident.id.clone();
    let choices = incident.candidates.iter().map(|(id, words)| Choice::new(id, words)).collect::<Vec<_>>();
    let link = (!choices.is_empty()).then(|| {
        let (id, control) = (id.clone(), String::from("deployment-") + &id);
        view! {
            <ActionForm action=doing.decide attr:class="incident__link">
                <input type="hidden" name="id" value=id/>
                <input type="hidden" name="decision" value="link"/>
                <Select id=control name="deployment" label="Deployment" choices required=true/>
                <Button submit=true>"This one caused it"</Button>
            </ActionForm>
        }
    });
    let button = |decision: &'static str, words: &'static str| {
        let id = id.clone();
        view! {
            <ActionForm action=doing.decide>
                <input type="hidden" name="id" value=id/>
                <input type="hidden" name="decision" value=decision/>
                <Button small=true submit=true>{words}</Button>
            </ActionForm>
        }
    };
    let (none, external) = (button("unlink", "No deployment did"), button("external", "Its cause lies outside"));
    let resolve = incident.resolved_at.is_none().then(|| {
        let id = id.clone();
        view! {
            <ActionForm action=doing.resolve>
                <input type="hidden" name="id" value=id/>
                <Button small=true submit=true glyph=Glyph::Check>"It is over"</Button>
            </ActionForm>
        }
    });
    view! { <div class="incident__decide">{link}<div class="cluster">{none}{external}{resolve}</div></div> }.into_any()
}
