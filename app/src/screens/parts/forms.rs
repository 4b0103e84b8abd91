use leptos::prelude::*;
use leptos::tachys::view::keyed::keyed;
use server_fn::ServerFn;
use slipway_api_types::AppError;
use wasm_bindgen::JsCast;

use crate::components::{ErrorSummary, FieldError, Notice, Tone};
use crate::frame::flash;

/// Why a form was not taken, if it was not. Without a script the error comes in the address and is found all the same.
pub fn error_of<S>(action: ServerAction<S>) -> Signal<Option<AppError>>
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    let value = action.value();
    // What the server says of it comes beside the answer.
    flash::listen(move || value.track());
    Signal::derive(move || value.with(|value| value.as_ref().and_then(|value| value.as_ref().err().cloned())))
}

/// What is wrong with one field.
pub fn field_error(error: Signal<Option<AppError>>, field: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || error.with(|error| error.as_ref()?.for_field(field).map(str::to_owned)))
}

/// Moves the keyboard to an element. Browser only.
pub fn focus(id: &str) {
    let found = document().get_element_by_id(id).and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(found) = found {
        // Refused only by an element that cannot have the focus.
        let _ = found.focus();
    }
}

/// A view that is made anew when its key changes, and left alone while it does not. Views are otherwise changed in place, and an
/// input keeps what was typed into it even when it becomes another field.
pub fn anew(key: String, view: AnyView) -> AnyView {
    keyed([(key, view)], |(key, _)| key.clone(), |_, (_, view)| (|_| {}, view)).into_any()
}

/// Why a form was not taken: the wrong fields, each a link, or one sentence. The first wrong field gets the focus.
#[component]
pub fn FormTrouble(
    #[prop(into)] error: Signal<Option<AppError>>,
    /// What stands in front of a field's name in the id of its control.
    #[prop(optional)]
    prefix: &'static str,
) -> impl IntoView {
    let fields = Signal::derive(move || {
        let fields = error.get().map(|error| error.fields).unwrap_or_default();
        fields
            .into_iter()
            .map(|field| FieldError { id: String::from(prefix) + &field.field, message: field.message })
            .collect::<Vec<_>>()
    });
    let sentence = move || {
        let message = error.get().filter(|error| error.fields.is_empty()).map(|error| error.message);
        message.map(|message| view! { <div role="alert"><Notice tone=Tone::Danger><p>{message}</p></Notice></div> })
    };
    Effect::new(move || {
        if let Some(first) = fields.get().first() {
            focus(&first.id);
        }
    });
    view! { <ErrorSummary errors=fields/>{sentence} }
}
