use leptos::prelude::*;

/// A step of the way here. The last has no address: one is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    pub label: String,
    pub href: Option<String>,
}

impl Crumb {
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: Some(href.into()) }
    }

    pub fn here(label: impl Into<String>) -> Self {
        Self { label: label.into(), href: None }
    }
}

/// The way here, the title, one line of what this is, and the primary action.
#[component]
pub fn PageHeader(
    #[prop(into)] title: String,
    #[prop(optional)] crumbs: Vec<Crumb>,
    /// One line of what this page is.
    #[prop(optional, into)]
    sub: Option<String>,
    /// Stands beside the title: a status, a badge.
    #[prop(optional, into)]
    beside: Option<ViewFnOnce>,
    #[prop(optional, into)] actions: Option<ViewFnOnce>,
) -> impl IntoView {
    view! {
        <header class="page-header">
            {(!crumbs.is_empty()).then(|| view! { <Breadcrumbs crumbs/> })}
            <div class="page-header__title">
                <h1>{title}</h1>
                {beside.map(ViewFnOnce::run)}
            </div>
            {sub.map(|sub| view! { <p class="page-header__sub">{sub}</p> })}
            {actions.map(|actions| view! { <div class="page-header__actions">{actions.run()}</div> })}
        </header>
    }
}

/// The way here, as links.
#[component]
pub fn Breadcrumbs(crumbs: Vec<Crumb>) -> impl IntoView {
    let crumbs = crumbs
        .into_iter()
        .map(|crumb| match crumb.href {
            Some(href) => view! { <li><a href=href>{crumb.label}</a></li> }.into_any(),
            None => view! { <li aria-current="page">{crumb.label}</li> }.into_any(),
        })
        .collect_view();
    view! { <nav class="breadcrumbs" aria-label="Breadcrumb"><ol>{crumbs}</ol></nav> }
}
