use leptos::prelude::*;

/// The icons of the product, drawn on a 16 × 16 grid with a 1.5 stroke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    Home,
    Plus,
    Box,
    Rocket,
    Chart,
    Book,
    Gear,
    Person,
    Search,
    Menu,
    Close,
    Check,
    CheckCircle,
    Alert,
    CrossCircle,
    Question,
    Turning,
    Undo,
    Clock,
    Ban,
    ChevronDown,
    ChevronRight,
    ArrowUp,
    ArrowDown,
    ArrowRight,
    External,
    Copy,
    Download,
    Wrap,
    Folder,
    File,
    Commit,
    Pulse,
    Server,
    Team,
    Sun,
    Moon,
    Screen,
    Keyboard,
    SignOut,
    Shield,
    Flame,
    Drift,
    Sidebar,
    Template,
}

impl Glyph {
    /// The inside of the SVG. Constant text, so it may be set as markup.
    const fn paths(self) -> &'static str {
        match self {
            Self::Home => r#"<path d="M2.5 7.2 8 2.5l5.5 4.7v6.3h-3.7V9.8H6.2v3.7H2.5z"/>"#,
            Self::Plus => r#"<path d="M8 3v10M3 8h10"/>"#,
            Self::Box => r#"<path d="M8 1.8 13.6 5v6L8 14.2 2.4 11V5zM2.6 5.1 8 8.2l5.4-3.1M8 8.2v6"/>"#,
            Self::Rocket => {
                r#"<path d="M6 10 4 8.2C5.6 4 8.6 2 13.8 2.2 14 7.4 12 10.4 7.8 12zM4.2 8.2l-2 .6L4.4 6M7.8 11.8l-.6 2 2.8-2.2M4.2 11.8l-2 2"/><circle cx="10" cy="6" r="1.1"/>"#
            }
            Self::Chart => r#"<path d="M2.5 2.5v11h11M5.5 10.5V8M8.5 10.5V5M11.5 10.5V6.8"/>"#,
            Self::Book => {
                r#"<path d="M8 4C6.5 2.9 4.7 2.5 2.5 2.5v9.7c2.2 0 4 .4 5.5 1.5 1.5-1.1 3.3-1.5 5.5-1.5V2.5C11.3 2.5 9.5 2.9 8 4zv9.5"/>"#
            }
            Self::Gear => {
                r#"<circle cx="8" cy="8" r="2.2"/><path d="M8 1.8v1.7M8 12.5v1.7M1.8 8h1.7M12.5 8h1.7M3.6 3.6l1.2 1.2M11.2 11.2l1.2 1.2M3.6 12.4l1.2-1.2M11.2 4.8l1.2-1.2"/>"#
            }
            Self::Person => {
                r#"<circle cx="8" cy="5.2" r="2.7"/><path d="M2.8 13.8c.5-2.9 2.5-4.3 5.2-4.3s4.7 1.4 5.2 4.3"/>"#
            }
            Self::Search => r#"<circle cx="7" cy="7" r="4.3"/><path d="m10.3 10.3 3.4 3.4"/>"#,
            Self::Menu => r#"<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11"/>"#,
            Self::Close => r#"<path d="m4 4 8 8M12 4l-8 8"/>"#,
            Self::Check => r#"<path d="m3 8.5 3.2 3.2L13 4.8"/>"#,
            Self::CheckCircle => r#"<circle cx="8" cy="8" r="6.2"/><path d="m5.3 8.2 1.9 1.9 3.6-3.9"/>"#,
            Self::Alert => r#"<path d="M8 2 14.5 13.5h-13zM8 6.5v3.2M8 11.6v.1"/>"#,
            Self::CrossCircle => r#"<circle cx="8" cy="8" r="6.2"/><path d="m5.8 5.8 4.4 4.4M10.2 5.8l-4.4 4.4"/>"#,
            Self::Question => {
                r#"<circle cx="8" cy="8" r="6.2" stroke-dasharray="2.4 1.9"/><path d="M6.2 6.5c0-2.4 3.6-2.3 3.6 0 0 1.4-1.8 1.4-1.8 2.8M8 11.3v.1"/>"#
            }
            Self::Turning => r#"<path d="M13.5 8A5.5 5.5 0 1 1 11 3.4M13.6 2.2v3.2h-3.2"/>"#,
            Self::Undo => r#"<path d="M5.5 2.8 2.5 5.8l3 3M2.8 5.8h6.4a4 4 0 0 1 0 8H6"/>"#,
            Self::Clock => r#"<circle cx="8" cy="8" r="6.2"/><path d="M8 4.5V8l2.3 1.6"/>"#,
            Self::Ban => r#"<circle cx="8" cy="8" r="6.2"/><path d="m3.7 3.7 8.6 8.6"/>"#,
            Self::ChevronDown => r#"<path d="m4 6 4 4 4-4"/>"#,
            Self::ChevronRight => r#"<path d="m6 4 4 4-4 4"/>"#,
            Self::ArrowUp => r#"<path d="M8 13V3M4 7l4-4 4 4"/>"#,
            Self::ArrowDown => r#"<path d="M8 3v10M4 9l4 4 4-4"/>"#,
            Self::ArrowRight => r#"<path d="M3 8h10M9 4l4 4-4 4"/>"#,
            Self::External => r#"<path d="M6.5 3.5h-4v10h10v-4M9 2.5h4.5V7M13.2 2.8 7.5 8.5"/>"#,
            Self::Copy => r#"<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M3.5 10.5h-1v-8h8v1"/>"#,
            Self::Download => r#"<path d="M8 2.5v7.5M4.8 7 8 10.2 11.2 7M2.5 13.5h11"/>"#,
            Self::Wrap => {
                r#"<path d="M2.5 3.5h11M2.5 8h9a2.2 2.2 0 0 1 0 4.5H8M9.8 10.7 8 12.5l1.8 1.8M2.5 12.5h2.5"/>"#
            }
            Self::Folder => r#"<path d="M2 12.8V3.2h4.2l1.6 1.9H14v7.7z"/>"#,
            Self::File => r#"<path d="M3.5 1.8h5.7l3.3 3.3v9.1h-9zM9 2v3.3h3.3"/>"#,
            Self::Commit => r#"<circle cx="8" cy="8" r="2.7"/><path d="M1.5 8h3.8M10.7 8h3.8"/>"#,
            Self::Pulse => r#"<path d="M1.5 8.5h3L6.5 3l3 10 2-4.5h3"/>"#,
            Self::Server => {
                r#"<rect x="2.2" y="2.5" width="11.6" height="4.7" rx="1.2"/><rect x="2.2" y="8.8" width="11.6" height="4.7" rx="1.2"/><path d="M4.8 4.9v0M4.8 11.2v0"/>"#
            }
            Self::Team => {
                r#"<circle cx="6" cy="5.5" r="2.3"/><path d="M1.7 13c.4-2.5 2.1-3.6 4.3-3.6s3.9 1.1 4.3 3.6M10.5 3.3a2.3 2.3 0 0 1 0 4.4M12 9.8c1.3.5 2.1 1.6 2.3 3.2"/>"#
            }
            Self::Sun => {
                r#"<circle cx="8" cy="8" r="2.9"/><path d="M8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9"/>"#
            }
            Self::Moon => r#"<path d="M13.2 9.6A5.7 5.7 0 0 1 6.4 2.8a5.7 5.7 0 1 0 6.8 6.8z"/>"#,
            Self::Screen => r#"<rect x="1.8" y="2.8" width="12.4" height="8.4" rx="1.2"/><path d="M5.5 13.7h5"/>"#,
            Self::Keyboard => {
                r#"<rect x="1.5" y="3.8" width="13" height="8.4" rx="1.4"/><path d="M4 6.5h.1M6.7 6.5h.1M9.3 6.5h.1M12 6.5h.1M5 9.6h6"/>"#
            }
            Self::SignOut => r#"<path d="M6.5 2.5h-4v11h4M10 5l3 3-3 3M13 8H6.5"/>"#,
            Self::Shield => r#"<path d="M8 1.8 13 3.6v4.1c0 3.2-2 5.3-5 6.5-3-1.2-5-3.3-5-6.5V3.6z"/>"#,
            Self::Flame => {
                r#"<path d="M8 14.2c-2.7 0-4.5-1.7-4.5-4.2C3.5 7.2 6.5 5.5 6.6 1.8c2.9 1.2 3.3 3.4 3.2 4.8.8-.3 1.2-.9 1.4-1.5 1 1.3 1.3 3 1.3 4.7 0 2.7-1.8 4.4-4.5 4.4z"/>"#
            }
            Self::Drift => r#"<path d="M2.5 4.5h7M6.5 2l3 2.5-3 2.5M13.5 11.5h-7M9.5 9l-3 2.5 3 2.5"/>"#,
            Self::Sidebar => r#"<rect x="2" y="2.8" width="12" height="10.4" rx="1.5"/><path d="M6 2.8v10.4"/>"#,
            Self::Template => {
                r#"<rect x="2.3" y="2.3" width="11.4" height="3.8" rx="1"/><rect x="2.3" y="8.7" width="4.4" height="5" rx="1"/><rect x="9.3" y="8.7" width="4.4" height="5" rx="1"/>"#
            }
        }
    }
}

/// A picture beside a word; hidden from screen readers, because the word says it.
#[component]
pub fn Icon(
    glyph: Glyph,
    /// 20 px instead of 16 px.
    #[prop(optional)]
    large: bool,
    /// Turns slowly: something is under way.
    #[prop(optional)]
    turning: bool,
    /// One further class.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let mut classes = String::from(if large { "icon icon--20" } else { "icon icon--16" });
    if turning {
        classes.push_str(" icon--turning");
    }
    if !class.is_empty() {
        classes.push(' ');
        classes.push_str(class);
    }
    view! { <svg class=classes viewBox="0 0 16 16" aria-hidden="true" inner_html=glyph.paths()></svg> }
}
