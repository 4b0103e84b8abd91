//! What a run waits for, and the way to decide.

use leptos::prelude::*;
use slipway_api_types::create::ApprovalView;

use crate::{
    api::DecideApproval,
    components::{Button, Choice, Notice, RelativeTime, Select, TextInput, Tone, Variant},
    screens::parts::{FormTrouble, error_of, field_error},
};

pub(super) fn view(approval: &ApprovalView, decide: ServerAction<DecideApproval>) -> AnyView {
    let until = approval.expires_at.map(|at| view! { <p class="muted">"Counts as refused "<RelativeTime at/></p> });
    let message = (!approval.message.is_empty()).then(|| view! { <p>{approval.message.clone()}</p> });
    let form = approval.may_decide.then(|| form(approval.id.clone(), decide));
    view! {
        <section class="stack">
            <Notice tone=Tone::Warning title=approval.waits_for.clone()>{message}{until}</Notice>
            {form}
        </section>
    }
    .into_any()
}

fn form(id: String, decide: ServerAction<DecideApproval>) -> AnyView {
    let error = error_of(decide);
    let choices = vec![Choice::new("approve", "Approve"), Choice::new("refuse", "Refuse")];
    view! {
        <ActionForm action=decide attr:class="form" attr:novalidate=true>
            <FormTrouble error prefix="approval-"/>
            <input type="hidden" name="id" value=id/>
            <Select id="approval-verdict" name="verdict" label="Your word" choices value="approve" required=true error=field_error(error, "verdict")/>
            <TextInput id="approval-reason" name="reason" label="Reason" help="Needed to refuse" max_length=500 error=field_error(error, "reason")/>
            <div class="form-actions"><Button variant=Variant::Primary submit=true busy=decide.pending()>"Say so"</Button></div>
        </ActionForm>
    }
    .into_any()
}
