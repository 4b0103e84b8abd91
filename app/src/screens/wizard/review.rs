use leptos::prelude::*;
use serde_json::Value;
use slipway_api_types::create::{PreviewFile, WizardPage};

use crate::{
    api::StartRun,
    components::{Button, ButtonLink, Card, FileTree, Glyph, Icon, TreeFile, Variant},
    screens::parts::{FormTrouble, error_of},
};

/// Exactly what will happen.
pub(super) fn view(page: WizardPage, back: Option<String>, start: ServerAction<StartRun>) -> AnyView {
    let name = page.values.get("name").and_then(Value::as_str).unwrap_or("it").to_owned();
    let makes =
        page.will_make.into_iter().map(|words| view! { <li><Icon glyph=Glyph::Check/>{words}</li> }).collect_view();
    let steps = page.run_steps.into_iter().map(|step| view! { <li>{step}</li> }).collect_view();
    let files: Vec<TreeFile> = page.files.into_iter().map(file).collect();
    view! {
        <section class="wizard__step" aria-label="Review">
            <h2>"Review"</h2>
            <p class="wizard__words">"Nothing has been made yet. This is what will be."</p>
            <ul class="makes">{makes}</ul>
            <Card title="Steps" sub="Each can be taken back if a later one fails"><ol class="run-plan">{steps}</ol></Card>
            <Card title="Files" sub="As they will stand in the repository"><FileTree files/></Card>
            <ActionForm action=start attr:class="wizard__form">
                <FormTrouble error=error_of(start)/>
                <input type="hidden" name="draft" value=page.draft/>
                <div class="form-actions">
                    <Button variant=Variant::Primary submit=true busy=start.pending() glyph=Glyph::Rocket>{["Create ", &name].concat()}</Button>
                    {back.map(|href| view! { <ButtonLink href variant=Variant::Ghost glyph=Glyph::Undo>"Back"</ButtonLink> })}
                </div>
            </ActionForm>
        </section>
    }
    .into_any()
}

fn file(file: PreviewFile) -> TreeFile {
    TreeFile { path: file.path, contents: file.text, bytes: usize::try_from(file.size).unwrap_or(usize::MAX) }
}
