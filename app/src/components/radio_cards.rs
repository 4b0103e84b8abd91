use leptos::prelude::*;

use super::{
    badge::Badge,
    icon::{Glyph, Icon},
    tone::Tone,
};

/// One of few, where the choice wants explaining: a runtime, a strategy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RadioCard {
    pub value: String,
    pub title: String,
    /// One sentence: when to take it.
    pub text: String,
    /// What speaks for it, a few words each.
    pub points: Vec<String>,
    /// What to mind.
    pub note: Option<String>,
    /// "Recommended", "Existing customers only".
    pub badge: Option<String>,
    pub disabled: bool,
}

/// Radio buttons as cards.
#[component]
pub fn RadioCards(
    #[prop(into)] name: String,
    #[prop(into)] legend: String,
    cards: Vec<RadioCard>,
    /// The value chosen at first.
    #[prop(optional, into)]
    value: String,
    #[prop(optional)] on_change: Option<Callback<String>>,
) -> impl IntoView {
    let cards = cards
        .into_iter()
        .map(|card| {
            let chosen = card.value.clone();
            view! {
                <label class="radio-card">
                    <input
                        class="radio-card__input"
                        type="radio"
                        name=name.clone()
                        checked=card.value == value
                        value=card.value
                        disabled=card.disabled
                        required
                        on:change=move |_| {
                            if let Some(on_change) = on_change {
                                on_change.run(chosen.clone());
                            }
                        }
                    />
                    <span class="radio-card__head">
                        {card.title}
                        {card.badge.map(|badge| view! { <Badge tone=Tone::Accent>{badge}</Badge> })}
                    </span>
                    <span class="radio-card__text">{card.text}</span>
                    {(!card.points.is_empty()).then(|| points(card.points))}
                    {card.note.map(|note| view! { <span class="radio-card__note">{note}</span> })}
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset>
            <legend class="radio-cards__legend">{legend}</legend>
            <div class="radio-cards">{cards}</div>
        </fieldset>
    }
}

fn points(points: Vec<String>) -> impl IntoView {
    let points = points
        .into_iter()
        .map(|point| view! { <li><Icon glyph=Glyph::Check/><span>{point}</span></li> })
        .collect_view();
    view! { <ul class="radio-card__points">{points}</ul> }
}
