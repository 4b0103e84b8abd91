use leptos::prelude::*;
use slipway_api_types::create::{PlannedStep, PreviewFile, SecretAsked, WizardPage};

use crate::{
    api::StartRun,
    components::{Button, ButtonLink, Card, FileTree, Glyph, Icon, TextInput, TreeFile, Variant},
    screens::parts::{FormTrouble, error_of},
};

/// Exactly what will happen.
pub(super) fn view(page: WizardPage, back: Option<String>, start: ServerAction<StartRun>) -> AnyView {
    let makes =
        page.will_make.into_iter().map(|words| view! { <li><Icon glyph=Glyph::Check/>{words}</li> }).collect_view();
    let files: Vec<TreeFile> = page.files.into_iter().map(file).collect();
    view! {
        <section class="wizard__step" aria-label="Review">
            <h2>"Review"</h2>
            <p class="wizard__words">"Nothing has been made yet. This is what will be."</p>
            <ul class="makes">{makes}</ul>
            <Card title="Steps" sub="Each can be taken back if a later one fails">{plan(page.run_steps)}</Card>
            <Card title="Files" sub="As they will stand in the repository"><FileTree files/></Card>
            <ActionForm action=start attr:class="wizard__form">
                <FormTrouble error=error_of(start) prefix=PREFIX/>
                <input type="hidden" name="draft" value=page.draft/>
                {secrets(page.secrets, start)}
                <div class="form-actions">
                    <Button variant=Variant::Primary submit=true busy=start.pending() glyph=Glyph::Rocket>{page.onward}</Button>
                    {back.map(|href| view! { <ButtonLink href variant=Variant::Ghost glyph=Glyph::Undo>{page.back}</ButtonLink> })}
                </div>
            </ActionForm>
        </section>
    }
    .into_any()
}

/// What stands in front of a secret's name in the id of its control.
const PREFIX: &str = "secret-";

/// Secrets are given here and nowhere else: they go with the start, and no draft keeps them.
fn secrets(asked: Vec<SecretAsked>, start: ServerAction<StartRun>) -> Option<AnyView> {
    let error = error_of(start);
    let input = move |secret: SecretAsked| {
        let (name, id) = (["secrets[", &secret.name, "]"].concat(), String::from(PREFIX) + &secret.name);
        let said =
            Signal::derive(move || error.with(|error| error.as_ref()?.for_field(&secret.name).map(str::to_owned)));
        view! {
            <TextInput name id label=secret.title help=secret.help error=said required=secret.required kind="password" autocomplete="new-password" mono=true/>
        }
    };
    (!asked.is_empty()).then(|| {
        view! {
            <Card title="Secrets" sub="Used by the run and kept nowhere: not in the draft, the run or its log">
                <div class="wizard__form">{asked.into_iter().map(input).collect_view()}</div>
            </Card>
        }
        .into_any()
    })
}

/// The steps of a run, and what each will create.
pub(super) fn plan(steps: Vec<PlannedStep>) -> AnyView {
    let step = |step: PlannedStep| {
        let class = if step.left_out { "run-plan__step run-plan__step--left-out" } else { "run-plan__step" };
        view! { <li class=class>{step.name}<span class="run-plan__makes">{step.makes}</span></li> }
    };
    view! { <ol class="run-plan">{steps.into_iter().map(step).collect_view()}</ol> }.into_any()
}

fn file(file: PreviewFile) -> TreeFile {
    TreeFile { path: file.path, contents: file.spans, bytes: usize::try_from(file.size).unwrap_or(usize::MAX) }
}
