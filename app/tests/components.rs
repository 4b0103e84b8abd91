//! What components say in HTML: escaping, names for screen readers, ways that work without a script.
#![cfg(feature = "ssr")]

use leptos::prelude::*;
use slipway_api_types::create::Colour;
use slipway_app::components::*;

/// What a browser shows of a view: without the comments by which hydration finds its nodes.
fn html<V: RenderHtml>(view: impl FnOnce() -> V) -> String {
    Owner::new().with(|| view().to_html()).replace("<!>", "")
}

#[test]
fn text_in_a_text_area_stays_text() {
    let value = "</textarea><script>alert(1)</script> & \"more\"";
    let page = html(|| view! { <TextArea name="about" label="About" value=value/> });
    assert!(
        page.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;more&quot;</textarea>"),
        "{page}"
    );
    assert!(!page.contains("<script"), "{page}");
    assert_eq!(page.matches("</textarea>").count(), 1, "{page}");
}

#[test]
fn a_first_line_break_in_a_text_area_survives_the_parser() {
    let page = html(|| view! { <TextArea name="about" label="About" value="\nsecond line"/> });
    assert!(page.contains(">\n\nsecond line</textarea>"), "{page}");
    let page = html(|| view! { <TextArea name="about" label="About" value=""/> });
    assert!(page.contains("></textarea>"), "{page}");
}

#[test]
fn only_one_file_writes_a_text_area() {
    fn walk(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("the sources are there").flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let code = std::fs::read_to_string(&path).expect("a source is text");
                let writes =
                    code.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("<textarea"));
                if writes {
                    found.push(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
                }
            }
        }
    }
    let mut found = Vec::new();
    walk(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut found);
    assert_eq!(found, ["text_area.rs"], "the framework does not escape a textarea: use TextArea");
}

#[test]
fn an_error_is_tied_to_its_field() {
    let page =
        html(|| view! { <TextInput name="port" label="Port" value="99999" error="Use 1 to 65535." required=true/> });
    for part in [
        "for=\"port\"",
        "aria-describedby=\"port-help port-error\"",
        "id=\"port-error\"",
        "aria-invalid=\"true\"",
        "Use 1 to 65535.",
    ] {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
    let page = html(|| view! { <TextInput name="port" label="Port" value="8080"/> });
    assert!(!page.contains("aria-invalid") && page.contains("(optional)"), "{page}");
}

#[test]
fn a_status_says_its_word_its_age_and_its_evidence() {
    let page = html(|| {
        Now::provide(100_000);
        view! { <Status kind=StatusKind::Unknown seen_at=Some(40_000) evidence=vec!["Not seen for a minute.".to_owned()]/> }
    });
    for part in ["<details", "Unknown", "1 min ago", "1 Jan 1970, 00:00:40 UTC", "Not seen for a minute."] {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
    assert!(!html(|| view! { <Status kind=StatusKind::Healthy/> }).contains("<details"));
}

#[test]
fn a_cell_knows_its_heading_when_the_row_is_a_card() {
    let page = html(|| {
        view! {
            <Table caption="Services" columns=vec![Column::new("Service").sortable("?sort=-name", Some(Sort::Ascending)), Column::numeric("Pods")]>
                <Row>
                    <RowLink href="/services/ledger">"ledger"</RowLink>
                    <Cell label="Pods" numeric=true>"6"</Cell>
                </Row>
            </Table>
        }
    });
    for part in [
        "<caption",
        "aria-sort=\"ascending\"",
        "href=\"?sort=-name\"",
        "data-label=\"Pods\"",
        "href=\"/services/ledger\"",
        "scope=\"row\"",
    ] {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
}

#[test]
fn a_chart_can_be_read_as_a_table_and_says_where_data_is_missing() {
    let series = vec![Series { name: String::new(), values: vec![Some(3.0), None] }];
    let labels = vec!["12 Oct".to_owned(), "19 Oct".to_owned()];
    let page = html(
        || view! { <Chart question="How often do we deploy?" unit="deployments a week" labels series kind=ChartKind::Bars/> },
    );
    for part in [
        "Show as table",
        "aria-label=\"12 Oct: 3 deployments a week\"",
        "aria-label=\"19 Oct: no data\"",
        "<td>no data</td>",
    ] {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
    assert_eq!(page.matches("<rect").count(), 1, "{page}");
}

#[test]
fn a_timeline_shows_silence_as_silence() {
    let entry = |at: i64, title: &str| TimelineEntry {
        at,
        lane: Lane::Probe,
        tone: Tone::Info,
        title: title.to_owned(),
        detail: None,
        href: None,
    };
    let page = html(
        || view! { <Timeline entries=vec![entry(0, "first"), entry(60_000, "second"), entry(312_000, "third")]/> },
    );
    assert_eq!(page.matches("without news").count(), 1, "{page}");
    assert!(page.contains("4 min 12 s without news"), "{page}");
}

#[test]
fn a_log_shows_its_end_and_says_what_it_leaves_out() {
    let lines = (1..=5)
        .map(|number| LogLine { number, text: format!("\u{1b}[31mline {number}\u{1b}[0m <b>"), ..LogLine::default() })
        .collect::<Vec<_>>();
    let page = html(|| view! { <LogView title="ledger" lines=lines cap=2/> });
    assert!(page.contains("3 earlier lines") && page.contains("line 4") && !page.contains("line 3"), "{page}");
    assert!(page.contains("ansi-red") && !page.contains('\u{1b}') && page.contains("&lt;b&gt;"), "{page}");
}

#[test]
fn files_stand_in_their_folders_with_counts() {
    let file = |path: &str| TreeFile {
        path: path.to_owned(),
        contents: Some(vec![(Colour::Plain, "<x>".to_owned())]),
        bytes: 3,
    };
    let page = html(|| view! { <FileTree files=vec![file("src/main.rs"), file("src/a/b.rs"), file("Cargo.toml")]/> });
    assert!(page.contains("3 files") && page.contains("&lt;x&gt;"), "{page}");
    assert_eq!(page.matches("<details").count(), 5, "{page}");
}

#[test]
fn a_way_on_is_a_link_and_an_undo_is_a_form() {
    let page = html(|| view! { <Pagination shown=20 total=Some(40) more=Some("?cursor=x".to_owned())/> });
    assert!(page.contains("href=\"?cursor=x\"") && page.contains("20 of 40 shown"), "{page}");
    let page = html(|| {
        let fields = vec![("id".to_owned(), "9".to_owned())];
        let undo = Some(UndoForm { action: "/api/ui/add-note".to_owned(), fields });
        Toaster::provide(Some(Flash { text: "Removed".to_owned(), undo }));
        view! { <Toasts/> }
    });
    assert!(page.contains("method=\"post\" action=\"/api/ui/add-note\"") && page.contains("Removed"), "{page}");
    assert!(page.contains("name=\"id\" value=\"9\""), "{page}");
}

#[test]
fn a_tile_says_what_stands_in_place_of_a_value_and_draws_only_what_can_be_seen() {
    let tile = |value: Option<&str>, spark: &[Option<f64>]| {
        let figure = Figure {
            name: "Change fail rate".to_owned(),
            value: value.map(str::to_owned),
            instead: "Not measured".to_owned(),
            spark: spark.to_vec(),
            ..Figure::default()
        };
        html(|| view! { <Tile figure/> })
    };
    let apart = tile(None, &[Some(1.0), None, Some(2.0)]);
    assert!(apart.contains("Not measured") && apart.contains("tile--unknown") && !apart.contains("<svg"), "{apart}");
    let beside = tile(Some("4 %"), &[None, Some(1.0), Some(2.0)]);
    assert!(beside.contains("4 %") && !beside.contains("Not measured") && beside.contains("<svg"), "{beside}");
}
