use leptos::prelude::*;

/// The shape of what is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Lines of text.
    Text,
    /// Rows of a table.
    Rows,
    Tiles,
}

/// Stands in the place of data that is on its way, in its shape, so that nothing jumps when it comes.
#[component]
pub fn Skeleton(
    shape: Shape,
    /// How many lines, rows or tiles.
    #[prop(default = 4)]
    count: usize,
) -> impl IntoView {
    let class = match shape {
        Shape::Text => "skeleton",
        Shape::Rows => "skeleton skeleton--rows",
        Shape::Tiles => "skeleton skeleton--tiles",
    };
    view! {
        <div class=class role="status">
            <span class="visually-hidden">"Loading"</span>
            {(0..count).map(|index| piece(shape, index)).collect_view()}
        </div>
    }
}

fn piece(shape: Shape, index: usize) -> AnyView {
    const WIDTHS: [&str; 4] = ["--width: 72%", "--width: 54%", "--width: 81%", "--width: 63%"];
    let line = |nth: usize| view! { <div class="skeleton__line" style=WIDTHS[nth % 4]></div> };
    match shape {
        Shape::Text => line(index).into_any(),
        Shape::Rows => view! { <div class="skeleton__row">{line(index)}{line(index + 1)}{line(index + 2)}{line(index + 3)}</div> }.into_any(),
        Shape::Tiles => {
            view! { <div class="skeleton__tile">{line(1)}<div class="skeleton__line skeleton__line--title" style=WIDTHS[3]></div>{line(0)}</div> }.into_any()
        }
    }
}
