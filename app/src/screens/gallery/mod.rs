//! `/design`: every component with data as it will be. The documentation of the design system.

mod actions;
mod figures;
mod forms;
mod foundations;
mod history;
mod rows;
mod states;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::{Now, PageHeader};

#[component]
pub fn Gallery() -> impl IntoView {
    // Data of the gallery is as old as its reader expects, whenever it is read.
    let now = use_context::<Now>().map_or(0, |now| now.0.get_untracked());
    view! {
        <Title text="Design"/>
        <PageHeader
            title="Design system"
            sub="Every component with realistic data, in the reader's own theme. Take these before making new ones."
        />
        <div class="gallery">
            <figures::Figures/>
            <rows::Rows now/>
            <history::History now/>
            <forms::Forms/>
            <states::States now/>
            <actions::Actions/>
            <foundations::Foundations/>
        </div>
    }
}

/// A part of the gallery: a heading, what to know, the components.
#[component]
fn Part(title: &'static str, words: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="gallery__section">
            <h2>{title}</h2>
            <p class="gallery__words">{words}</p>
            {children()}
        </section>
    }
}
