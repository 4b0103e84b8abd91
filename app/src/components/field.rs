use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// The ids that describe a control: pass this to `aria-describedby` of whatever stands in a [`Field`].
#[must_use]
pub fn described_by(id: &str) -> String {
    [id, "-help ", id, "-error"].concat()
}

/// Label above, help under it, the control, and under that the error, in words that say the mend.
#[component]
pub fn Field(
    /// The id of the control inside.
    #[prop(into)]
    id: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] help: MaybeProp<String>,
    #[prop(optional, into)] error: MaybeProp<String>,
    /// What is not required says so; what is required says nothing.
    #[prop(optional)]
    required: bool,
    children: Children,
) -> impl IntoView {
    let help_id = [&id, "-help"].concat();
    let error_id = [&id, "-error"].concat();
    view! {
        <div class="field">
            <label class="field__label" for=id>
                {label}
                {(!required).then(|| view! { <span class="field__optional">" (optional)"</span> })}
            </label>
            <span class="field__help" id=help_id>{move || help.get()}</span>
            {children()}
            <span class="field__error" id=error_id aria-live="polite">
                {move || error.get().map(|error| view! { <Icon glyph=Glyph::Alert/><span>{error}</span> })}
            </span>
        </div>
    }
}

/// One field that is wrong, for the [`ErrorSummary`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Id of the control, which the summary links to.
    pub id: String,
    pub message: String,
}

/// What is wrong on this page, first thing in the form; each line leads to its field.
#[component]
pub fn ErrorSummary(#[prop(into)] errors: Signal<Vec<FieldError>>) -> impl IntoView {
    let title = move || match errors.read().len() {
        1 => "One field needs another look".to_owned(),
        count => count.to_string() + " fields need another look",
    };
    view! {
        <Show when=move || !errors.read().is_empty()>
            <div class="error-summary" role="alert" tabindex="-1">
                <p class="error-summary__title">{title}</p>
                <ul>
                    {move || {
                        errors
                            .get()
                            .into_iter()
                            .map(|error| {
                                let href = String::from("#") + &error.id;
                                view! { <li><a href=href rel="external">{error.message}</a></li> }
                            })
                            .collect_view()
                    }}
                </ul>
            </div>
        </Show>
    }
}
