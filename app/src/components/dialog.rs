use leptos::{ev::MouseEvent, html, prelude::*};

use super::button::IconButton;
use super::icon::Glyph;

/// A native modal dialog: focus stays inside, Escape closes it, the page behind is inert.
/// Before the script arrives nothing opens it, so whatever opens it is a [`DialogLink`] to a page that does the same.
#[component]
pub fn Dialog(
    #[prop(into)] id: String,
    #[prop(into)] title: String,
    open: RwSignal<bool>,
    #[prop(optional)] wide: bool,
    /// Buttons at the bottom; the last is the one that acts.
    #[prop(optional, into)]
    foot: Option<ViewFnOnce>,
    children: Children,
) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    follow(element, open);
    let title_id = [&id, "-title"].concat();
    let named_by = title_id.clone();
    view! {
        <dialog
            node_ref=element
            class=if wide { "dialog dialog--wide" } else { "dialog" }
            id=id
            aria-labelledby=named_by
            on:close=move |_| open.set(false)
        >
            <div class="dialog__head">
                <h2 class="dialog__title" id=title_id>{title}</h2>
                <IconButton glyph=Glyph::Close label="Close" on:click=move |_| open.set(false)/>
            </div>
            <div class="dialog__body">{children()}</div>
            {foot.map(|foot| view! { <div class="dialog__foot">{foot.run()}</div> })}
        </dialog>
    }
}

/// Keeps a `<dialog>` as open as the signal says.
pub(crate) fn follow(element: NodeRef<html::Dialog>, open: RwSignal<bool>) {
    Effect::new(move || {
        let wanted = open.get();
        let Some(dialog) = element.get() else { return };
        if wanted && !dialog.open() {
            // Refused only when the element has left the page: nothing to show then.
            let _ = dialog.show_modal();
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
}

/// Opens a dialog, and without a script leads to the page that does the same.
#[component]
pub fn DialogLink(
    #[prop(into)] href: String,
    open: RwSignal<bool>,
    /// Classes of the link: "button button--danger".
    #[prop(default = "button")]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    let show = move |event: MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            open.set(true);
        }
    };
    view! { <a class=class href=href aria-haspopup="dialog" on:click=show>{children()}</a> }
}
