//! What a run waits for, and the way to decide.

use leptos::prelude::*;
use slipway_api_types::create::ApprovalView;

use crate::{
    api::{DecideApproval, WithdrawApproval},
    components::{Button, Choice, Glyph, Notice, RelativeTime, Select, TextInput, Tone, Variant},
    frame::Waiting,
    screens::parts::{FormTrouble, error_of, field_error},
};

/// What one can do about it.
#[derive(Clone, Copy)]
pub(super) struct Words {
    pub decide: ServerAction<DecideApproval>,
    pub withdraw: ServerAction<WithdrawApproval>,
}

impl Words {
    /// Takes what was decided off the count beside Home.
    pub(super) fn count_down(self) {
        let waiting = use_context::<Waiting>();
        Effect::new(move || {
            let decided = self.decide.value().with(|value| matches!(value, Some(Ok(_))));
            if let (true, Some(Waiting(count))) = (decided, waiting) {
                count.update(|count| *count = count.saturating_sub(1));
            }
        });
    }
}

pub(super) fn view(approval: &ApprovalView, words: Words) -> AnyView {
    let until = approval.expires_at.map(|at| view! { <p class="muted">"Counts as refused "<RelativeTime at/></p> });
    let message = (!approval.message.is_empty()).then(|| view! { <p>{approval.message.clone()}</p> });
    let form = approval.may_decide.then(|| form(approval.id.clone(), words.decide));
    let withdraw = approval.may_withdraw.then(|| {
        let id = approval.id.clone();
        view! {
            <FormTrouble error=error_of(words.withdraw)/>
            <ActionForm action=words.withdraw>
                <input type="hidden" name="id" value=id/>
                <Button submit=true busy=words.withdraw.pending() glyph=Glyph::Undo>"Withdraw the question"</Button>
            </ActionForm>
        }
    });
    view! {
        <section class="stack approval">
            <Notice tone=Tone::Warning title=approval.waits_for.clone()>{message}{until}</Notice>
            {form}
            {withdraw}
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
