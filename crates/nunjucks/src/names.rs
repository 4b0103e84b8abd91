//! Filters and tests that a template names and nobody has: an error only when it comes to them, so worth finding before.

use crate::Engine;
use crate::ast::{Args, Assigned, Expr, ExprKind, Macro, Node, NodeKind};
use crate::checks;
use crate::error::{Error, unknown_name};
use crate::filters;

/// What is still to be looked at. A list, not calls within calls: a template may nest as deep as the parser lets it.
enum Part<'a> {
    Node(&'a Node),
    Expr(&'a Expr),
}

/// Every name that is not known, in no particular order.
pub(crate) fn unknown(engine: &Engine, nodes: &[Node]) -> Vec<Error> {
    let mut errors = Vec::new();
    let mut open: Vec<Part<'_>> = nodes.iter().map(Part::Node).collect();
    while let Some(part) = open.pop() {
        match part {
            Part::Node(node) => node_parts(node, &mut open),
            Part::Expr(expr) => {
                errors.extend(check(engine, expr).map(|error| error.at(expr.at)));
                expr_parts(expr, &mut open);
            }
        }
    }
    errors
}

fn check(engine: &Engine, expr: &Expr) -> Option<Error> {
    match &expr.kind {
        ExprKind::Filter { name, .. } => {
            let jsonify = engine.is_cookiecutter() && &**name == "jsonify";
            let known = jsonify || filters::NAMES.contains(&&**name) || engine.filters.contains_key(&**name);
            let names = || filters::NAMES.into_iter().chain(engine.filters.keys().map(String::as_str));
            (!known).then(|| Error::value(unknown_name("filter", name, names())))
        }
        ExprKind::Is { test, args, .. } => checks::known(test, args.len()).err(),
        _ => None,
    }
}

fn node_parts<'a>(node: &'a Node, open: &mut Vec<Part<'a>>) {
    let mut expr = |expr: &'a Expr| open.push(Part::Expr(expr));
    match &node.kind {
        NodeKind::Text(_) => {}
        NodeKind::Output(value) => expr(value),
        NodeKind::If { branches, otherwise } => {
            branches.iter().for_each(|(condition, _)| expr(condition));
            open.extend(branches.iter().flat_map(|(_, body)| body).chain(otherwise).map(Part::Node));
        }
        NodeKind::For { list, body, otherwise, .. } => {
            expr(list);
            open.extend(body.iter().chain(otherwise).map(Part::Node));
        }
        NodeKind::Set { value: Assigned::Value(value), .. } => expr(value),
        NodeKind::Set { value: Assigned::Captured(body), .. } | NodeKind::Block(body) => {
            open.extend(body.iter().map(Part::Node));
        }
        NodeKind::Macro(definition) => macro_parts(definition, open),
        NodeKind::CallBlock { callee, args, caller } => {
            expr(callee);
            args_parts(args, open);
            macro_parts(caller, open);
        }
        NodeKind::Switch { subject, cases, default } => {
            expr(subject);
            cases.iter().for_each(|(case, _)| expr(case));
            open.extend(cases.iter().flat_map(|(_, body)| body).chain(default).map(Part::Node));
        }
    }
}

fn macro_parts<'a>(definition: &'a Macro, open: &mut Vec<Part<'a>>) {
    open.extend(definition.defaulted.iter().map(|(_, value)| Part::Expr(value)));
    open.extend(definition.body.iter().map(Part::Node));
}

fn args_parts<'a>(args: &'a Args, open: &mut Vec<Part<'a>>) {
    open.extend(args.positional.iter().chain(args.keyword.iter().map(|(_, value)| value)).map(Part::Expr));
}

fn expr_parts<'a>(expr: &'a Expr, open: &mut Vec<Part<'a>>) {
    let mut push = |expr: &'a Expr| open.push(Part::Expr(expr));
    match &expr.kind {
        ExprKind::List(list) | ExprKind::Group(list) => list.iter().for_each(push),
        ExprKind::Dict(pairs) => pairs.iter().for_each(|(_, value)| push(value)),
        ExprKind::Slice { target, start, stop, step } => {
            push(target);
            [start, stop, step].into_iter().flatten().for_each(|part| push(part));
        }
        ExprKind::InlineIf { condition, then, otherwise } => {
            push(condition);
            push(then);
            otherwise.iter().for_each(|part| push(part));
        }
        ExprKind::Member(a, b)
        | ExprKind::Or(a, b)
        | ExprKind::And(a, b)
        | ExprKind::Binary(_, a, b)
        | ExprKind::Compare(_, a, b)
        | ExprKind::In(a, b) => {
            push(a);
            push(b);
        }
        ExprKind::Not(a) | ExprKind::Negate(a) | ExprKind::Plus(a) | ExprKind::Floor(a) => push(a),
        ExprKind::Is { value, args, .. } => {
            push(value);
            args.iter().for_each(push);
        }
        ExprKind::Filter { input: a, args, .. } | ExprKind::Call { callee: a, args } => {
            push(a);
            args_parts(args, open);
        }
        ExprKind::Capture(body) => open.extend(body.iter().map(Part::Node)),
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::String(_)
        | ExprKind::Regex { .. }
        | ExprKind::Name(_) => {}
    }
}
