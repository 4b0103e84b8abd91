use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// Which way a column is sorted now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Ascending,
    Descending,
}

/// The head of one column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    pub label: String,
    /// Numbers stand right.
    pub numeric: bool,
    /// Only for screen readers, over columns of buttons.
    pub hide_label: bool,
    /// Where a press on the head leads; none: not sortable.
    pub sort_href: Option<String>,
    pub sorted: Option<Sort>,
}

impl Column {
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    pub fn numeric(label: impl Into<String>) -> Self {
        Self { numeric: true, ..Self::new(label) }
    }

    /// A column of buttons.
    pub fn actions() -> Self {
        Self { hide_label: true, ..Self::new("Actions") }
    }

    /// Makes the head a link that sorts.
    #[must_use]
    pub fn sortable(mut self, href: impl Into<String>, sorted: Option<Sort>) -> Self {
        self.sort_href = Some(href.into());
        self.sorted = sorted;
        self
    }
}

/// A table with a sticky head, whose rows ([`Row`]) become cards on a phone.
#[component]
pub fn Table(
    /// What the table shows, for screen readers; shown too with `show_caption`.
    #[prop(into)]
    caption: String,
    columns: Vec<Column>,
    #[prop(optional)] show_caption: bool,
    #[prop(optional)] dense: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <div class=if dense { "table table--dense" } else { "table" }>
            <table>
                <caption class=if show_caption { "table__caption" } else { "visually-hidden" }>{caption}</caption>
                <thead>
                    <tr>{columns.into_iter().map(head).collect_view()}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}

fn head(column: Column) -> impl IntoView {
    let sorted = column.sorted;
    let label = match column.sort_href {
        Some(href) => view! {
            <a class="table__sort" href=href>
                {column.label}
                {sorted.map(|sort| {
                    let glyph = if sort == Sort::Ascending { Glyph::ArrowUp } else { Glyph::ArrowDown };
                    view! { <Icon glyph/> }
                })}
            </a>
        }
        .into_any(),
        None if column.hide_label => view! { <span class="visually-hidden">{column.label}</span> }.into_any(),
        None => column.label.into_any(),
    };
    let sort = sorted.map(|sort| if sort == Sort::Ascending { "ascending" } else { "descending" });
    view! { <th scope="col" class=column.numeric.then_some("table__num") aria-sort=sort>{label}</th> }
}

/// A row. `fresh` glows once: it has just changed.
#[component]
pub fn Row(#[prop(optional, into)] fresh: Signal<bool>, children: Children) -> impl IntoView {
    view! { <tr data-fresh=move || fresh.get().then_some("")>{children()}</tr> }
}

/// The first cell: names the row and makes all of it a link. Other links and buttons of the row stay reachable.
#[component]
pub fn RowLink(
    #[prop(into)] href: String,
    /// A second, quieter line.
    #[prop(optional, into)]
    sub: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <th scope="row">
            <span>
                <a class="table__link" href=href>{children()}</a>
                {sub.map(|sub| view! { <span class="table__sub">{sub}</span> })}
            </span>
        </th>
    }
}

/// A cell; `label` names it when the row is a card.
#[component]
pub fn Cell(
    #[prop(optional, into)] label: Option<String>,
    #[prop(optional)] numeric: bool,
    /// Left out on phones.
    #[prop(optional)]
    minor: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <td class=numeric.then_some("table__num") data-label=label data-priority=minor.then_some("low")>
            {children()}
        </td>
    }
}
