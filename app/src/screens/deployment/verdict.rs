use leptos::prelude::*;
use slipway_api_types::deployments::DeploymentPage;

use crate::{
    api::JudgeDeployment,
    components::{Badge, Button, Card, Choice, Glyph, RelativeTime, Select, TextInput, Tone},
    screens::parts::{FormTrouble, error_of, field_error},
};

/// Whether it failed, in a lead's word, and the way to say so. Nothing where nobody said and nobody may.
pub(super) fn view(page: &DeploymentPage, judge: ServerAction<JudgeDeployment>) -> Option<AnyView> {
    let said = page.verdict.clone().map(|verdict| {
        let (tone, glyph, words) = if verdict.failed {
            (Tone::Danger, Glyph::CrossCircle, "Failed")
        } else {
            (Tone::Success, Glyph::CheckCircle, "Did not fail")
        };
        view! {
            <p><Badge tone glyph>{words}</Badge>" "{verdict.reason}</p>
            <p class="muted">{verdict.by}", "<RelativeTime at=verdict.at/></p>
        }
    });
    if said.is_none() && !page.may_judge {
        return None;
    }
    let form = page.may_judge.then(|| form(page.row.id.clone(), judge));
    let sub = "Counts for the change fail rate, above what follows from incidents";
    Some(view! { <Card title="Verdict" sub><div class="stack">{said}{form}</div></Card> }.into_any())
}

fn form(id: String, judge: ServerAction<JudgeDeployment>) -> AnyView {
    let error = error_of(judge);
    let choices = vec![Choice::new("failed", "It failed"), Choice::new("not-failed", "It did not fail")];
    view! {
        <ActionForm action=judge attr:class="form" attr:novalidate=true>
            <FormTrouble error prefix="verdict-"/>
            <input type="hidden" name="id" value=id/>
            <Select id="verdict-verdict" name="verdict" label="Your verdict" choices value="failed" required=true error=field_error(error, "verdict")/>
            <TextInput id="verdict-reason" name="reason" label="Reason" required=true max_length=500 error=field_error(error, "reason")/>
            <div class="form-actions"><Button submit=true busy=judge.pending()>"Say so"</Button></div>
        </ActionForm>
    }
    .into_any()
}
