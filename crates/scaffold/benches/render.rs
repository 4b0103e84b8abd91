//! How long a skeleton takes to render. The budget is 50 ms for 200 files.

use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::json;
use slipway_nunjucks::backstage;
use slipway_scaffold::{FetchTemplateOptions, File, Tree, render_tree};

/// A source file with as many expressions as real ones have.
const SOURCE: &str = "\
// ${{ values.name }}: ${{ values.description }}
{%- if values.metrics %}
mod metrics;
{%- endif %}
{% for port in values.ports %}
const PORT_${{ loop.index }}: u16 = ${{ port }};
{%- endfor %}

pub fn name() -> &'static str {
    \"${{ values.name | lower | replace('-', '_') }}\"
}
";

fn skeleton(files: usize) -> Tree {
    let mut tree = Tree::default();
    for index in 0..files {
        let path = format!("src/part_{}/${{{{ values.name }}}}_{index}.rs", index % 20);
        // Around 4 kB, most of it plain text, as in a real service.
        let text = SOURCE.to_owned() + &"    let plain = compute(input, 42); // nothing to see here\n".repeat(64);
        tree.insert(&path, File::text(text)).expect("the path is safe");
    }
    tree
}

fn render(criterion: &mut Criterion) {
    let engine = backstage::engine(backstage::public_hosts());
    let values =
        json!({ "name": "Order-Intake", "description": "Takes orders", "metrics": true, "ports": [8080, 9090] });
    let tree = skeleton(200);
    criterion.bench_function("render a skeleton of 200 files", |bencher| {
        bencher.iter(|| render_tree(&tree, &values, &FetchTemplateOptions::default(), &engine).expect("it renders"));
    });
}

criterion_group!(benches, render);
criterion_main!(benches);
