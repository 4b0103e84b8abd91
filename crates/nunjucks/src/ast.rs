//! The parsed template.

use std::rc::Rc;

use crate::error::Position;

/// A statement or a piece of text.
#[derive(Debug)]
pub(crate) struct Node {
    pub at: Position,
    pub kind: NodeKind,
}

#[derive(Debug)]
pub(crate) enum NodeKind {
    Text(String),
    Output(Expr),
    If { branches: Vec<(Expr, Vec<Node>)>, otherwise: Vec<Node> },
    For { targets: Vec<Rc<str>>, list: Expr, body: Vec<Node>, otherwise: Vec<Node> },
    Set { targets: Vec<Rc<str>>, value: Assigned },
    Macro(Rc<Macro>),
    CallBlock { callee: Expr, args: Args, caller: Rc<Macro> },
    Block(Vec<Node>),
    Switch { subject: Expr, cases: Vec<(Expr, Vec<Node>)>, default: Vec<Node> },
}

/// The right side of `{% set %}`: one expression, or the text up to `{% endset %}`.
#[derive(Debug)]
pub(crate) enum Assigned {
    Value(Expr),
    Captured(Vec<Node>),
}

#[derive(Debug)]
pub(crate) struct Macro {
    pub name: Rc<str>,
    pub positional: Vec<Rc<str>>,
    pub defaulted: Vec<(Rc<str>, Expr)>,
    pub body: Vec<Node>,
}

#[derive(Debug)]
pub(crate) struct Expr {
    pub at: Position,
    pub kind: ExprKind,
    /// Height of this tree; the parser bounds it so that walking it cannot exhaust the stack.
    pub height: u16,
}

#[derive(Debug)]
pub(crate) enum ExprKind {
    Null,
    Bool(bool),
    Number(f64),
    String(Rc<str>),
    Regex {
        pattern: Rc<str>,
        flags: Rc<str>,
    },
    Name(Rc<str>),
    List(Vec<Expr>),
    /// `(a, b)`: all are evaluated, the last one is the value.
    Group(Vec<Expr>),
    Dict(Vec<(Rc<str>, Expr)>),
    Member(Box<Expr>, Box<Expr>),
    Slice {
        target: Box<Expr>,
        start: Option<Box<Expr>>,
        stop: Option<Box<Expr>>,
        step: Option<Box<Expr>>,
    },
    InlineIf {
        condition: Box<Expr>,
        then: Box<Expr>,
        otherwise: Option<Box<Expr>>,
    },
    Or(Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    Plus(Box<Expr>),
    Floor(Box<Expr>),
    Binary(Operator, Box<Expr>, Box<Expr>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    In(Box<Expr>, Box<Expr>),
    Is {
        value: Box<Expr>,
        test: Rc<str>,
        args: Vec<Expr>,
    },
    Filter {
        name: Rc<str>,
        input: Box<Expr>,
        args: Args,
    },
    Call {
        callee: Box<Expr>,
        args: Args,
    },
    /// The text between `{% filter %}` and `{% endfilter %}`.
    Capture(Vec<Node>),
}

#[derive(Debug, Default)]
pub(crate) struct Args {
    pub positional: Vec<Expr>,
    pub keyword: Vec<(Rc<str>, Expr)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Concat,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Loose,
    NotLoose,
    Strict,
    NotStrict,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}
