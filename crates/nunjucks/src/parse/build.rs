//! Puts expressions together, and bounds how high they grow.

use super::MAX_HEIGHT;
use crate::ast::{Args, Expr, ExprKind, Operator};
use crate::error::{Error, ErrorKind, Position, Result};

pub(super) fn make(at: Position, kind: ExprKind) -> Result<Expr> {
    let height = 1 + children_height(&kind);
    if height > MAX_HEIGHT {
        return Err(Error {
            kind: ErrorKind::Limit,
            position: Some(at),
            message: format!("This expression is nested deeper than {MAX_HEIGHT}"),
        });
    }
    Ok(Expr { at, kind, height })
}

fn children_height(kind: &ExprKind) -> u16 {
    fn many<'a>(list: impl IntoIterator<Item = &'a Expr>) -> u16 {
        list.into_iter().map(|e| e.height).max().unwrap_or(0)
    }
    fn args(args: &Args) -> u16 {
        many(&args.positional).max(many(args.keyword.iter().map(|(_, e)| e)))
    }
    match kind {
        ExprKind::List(list) | ExprKind::Group(list) => many(list),
        ExprKind::Dict(pairs) => many(pairs.iter().map(|(_, e)| e)),
        ExprKind::Slice { target, start, stop, step } => {
            many([start, stop, step].into_iter().flatten().map(|e| &**e)).max(target.height)
        }
        ExprKind::InlineIf { condition, then, otherwise } => {
            many(otherwise.iter().map(|e| &**e)).max(condition.height).max(then.height)
        }
        ExprKind::Member(a, b)
        | ExprKind::Or(a, b)
        | ExprKind::And(a, b)
        | ExprKind::Binary(_, a, b)
        | ExprKind::Compare(_, a, b)
        | ExprKind::In(a, b) => a.height.max(b.height),
        ExprKind::Not(a) | ExprKind::Negate(a) | ExprKind::Plus(a) | ExprKind::Floor(a) => a.height,
        ExprKind::Is { value, args, .. } => value.height.max(many(args)),
        ExprKind::Filter { input: a, args: list, .. } | ExprKind::Call { callee: a, args: list } => {
            a.height.max(args(list))
        }
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::String(_)
        | ExprKind::Regex { .. }
        | ExprKind::Name(_)
        | ExprKind::Capture(_) => 0,
    }
}

/// Operators of one multiplicative chain, in order; `//` closes a chain early (see `Tokens::floor_chain`).
pub(super) struct Chain {
    pub first: Expr,
    pub rest: Vec<(Operator, Expr)>,
}

impl Chain {
    pub(super) fn push(&mut self, operator: Operator, right: Self) {
        self.rest.push((operator, right.first));
        self.rest.extend(right.rest);
    }

    pub(super) fn fold(self) -> Result<Expr> {
        self.rest.into_iter().try_fold(self.first, |left, (operator, right)| binary(operator, left, right))
    }
}

pub(super) fn binary(operator: Operator, left: Expr, right: Expr) -> Result<Expr> {
    make(left.at, ExprKind::Binary(operator, Box::new(left), Box::new(right)))
}

/// Nunjucks compiles `not a == b` to `!a == b`, so JavaScript's precedence decides: only the leftmost operand is negated.
pub(super) fn negate_leftmost(expr: Expr, at: Position) -> Result<Expr> {
    match expr.kind {
        ExprKind::Binary(operator, left, right) if operator != Operator::Power => {
            make(at, ExprKind::Binary(operator, Box::new(negate_leftmost(*left, at)?), right))
        }
        ExprKind::Compare(comparison, left, right) => {
            make(at, ExprKind::Compare(comparison, Box::new(negate_leftmost(*left, at)?), right))
        }
        _ => make(at, ExprKind::Not(Box::new(expr))),
    }
}
