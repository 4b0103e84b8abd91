//! Tags: `{% if %}`, `{% for %}`, `{% set %}`, `{% macro %}` and the rest.

use std::rc::Rc;

use super::{MAX_BLOCKS, Tokens};
use crate::ast::{Assigned, Expr, ExprKind, Macro, Node, NodeKind};
use crate::error::{Error, ErrorKind, Position, Result, unknown_name};
use crate::scan::{Piece, ScanOptions};
use crate::token::{Token, tokenize};

const TAGS: [&str; 8] = ["if", "for", "set", "macro", "call", "filter", "block", "switch"];
const CLOSERS: [&str; 13] = [
    "else",
    "elif",
    "elseif",
    "endif",
    "endfor",
    "endset",
    "endmacro",
    "endcall",
    "endfilter",
    "endblock",
    "case",
    "default",
    "endswitch",
];

/// The tag that ended a body.
struct Stop {
    name: Rc<str>,
    at: Position,
    tokens: Tokens,
}

pub(super) struct Statements<'a> {
    pieces: std::vec::IntoIter<Piece<'a>>,
    depth: u16,
    options: ScanOptions,
}

impl<'a> Statements<'a> {
    pub(super) fn new(pieces: Vec<Piece<'a>>, options: ScanOptions) -> Self {
        Self { pieces: pieces.into_iter(), depth: 0, options }
    }

    fn tokens(&self, code: &str, at: Position) -> Result<Tokens> {
        Ok(Tokens::new(tokenize(code, at, self.options.is_legacy())?, self.options))
    }

    pub(super) fn parse(mut self) -> Result<Vec<Node>> {
        Ok(self.body(&[])?.0)
    }

    /// Nodes up to one of `stops`, or up to the end of the template.
    fn body(&mut self, stops: &[&str]) -> Result<(Vec<Node>, Option<Stop>)> {
        let mut nodes = Vec::new();
        while let Some(piece) = self.pieces.next() {
            match piece {
                Piece::Text { at, text } => nodes.push(Node { at, kind: NodeKind::Text(text) }),
                Piece::Variable { at, code, code_at } => {
                    let expr = self.tokens(code, code_at)?.whole_expression()?;
                    nodes.push(Node { at, kind: NodeKind::Output(expr) });
                }
                Piece::Block { at, code, code_at } => {
                    let mut tokens = self.tokens(code, code_at)?;
                    let Token::Name(name) = tokens.peek().clone() else {
                        return Err(Error::syntax(at, "A tag starts with its name, as in {% if … %}"));
                    };
                    tokens.index += 1;
                    if stops.contains(&&*name) {
                        return Ok((nodes, Some(Stop { name, at, tokens })));
                    }
                    if CLOSERS.contains(&&*name) {
                        let open =
                            if stops.is_empty() { "nothing is open here" } else { "something else is open here" };
                        return Err(Error::syntax(at, format!("Unexpected \"{name}\" tag: {open}")));
                    }
                    let kind = self.statement(&name, tokens, at)?;
                    nodes.push(Node { at, kind });
                }
            }
        }
        Ok((nodes, None))
    }

    /// The body of the tag opened at `at`; the last of `stops` is its end tag.
    fn inside(&mut self, stops: &[&str], at: Position) -> Result<(Vec<Node>, Stop)> {
        if self.depth >= MAX_BLOCKS {
            let message = format!("Tags are nested deeper than {MAX_BLOCKS}");
            return Err(Error { kind: ErrorKind::Limit, position: Some(at), message });
        }
        self.depth += 1;
        let (nodes, stop) = self.body(stops)?;
        self.depth -= 1;
        let end = stops.last().copied().unwrap_or_default();
        let stop = stop.ok_or_else(|| Error::syntax(at, format!("Missing {end} tag")))?;
        if !matches!(&*stop.name, "elif" | "elseif" | "case" | "endblock") && stop.tokens.end().is_err() {
            return Err(Error::syntax(stop.at, format!("The {} tag takes nothing after its name", stop.name)));
        }
        Ok((nodes, stop))
    }

    fn statement(&mut self, name: &str, tokens: Tokens, at: Position) -> Result<NodeKind> {
        match name {
            "if" => self.if_tag(tokens, at),
            "for" => self.for_tag(tokens, at, "endfor"),
            // The same as the others, as long as nothing in them waits.
            "ifAsync" if self.options.is_legacy() => self.if_tag(tokens, at),
            "asyncEach" if self.options.is_legacy() => self.for_tag(tokens, at, "endeach"),
            "asyncAll" if self.options.is_legacy() => self.for_tag(tokens, at, "endall"),
            "set" => self.set_tag(tokens, at),
            "macro" => self.macro_tag(tokens, at),
            "call" => self.call_tag(tokens, at),
            "filter" => self.filter_tag(tokens, at),
            "block" => self.block_tag(tokens, at),
            "switch" => self.switch_tag(tokens, at),
            "include" | "import" | "from" | "extends" => {
                Err(Error::syntax(at, format!("The {name} tag loads other templates, which is not supported")))
            }
            _ => Err(Error::syntax(at, unknown_name("tag", name, TAGS.into_iter()))),
        }
    }

    fn if_tag(&mut self, mut tokens: Tokens, at: Position) -> Result<NodeKind> {
        let mut branches = Vec::new();
        loop {
            let condition = tokens.whole_expression()?;
            let (body, stop) = self.inside(&["elif", "elseif", "else", "endif"], at)?;
            branches.push((condition, body));
            match &*stop.name {
                "endif" => return Ok(NodeKind::If { branches, otherwise: Vec::new() }),
                "else" => {
                    let otherwise = self.inside(&["endif"], at)?.0;
                    return Ok(NodeKind::If { branches, otherwise });
                }
                _ => tokens = stop.tokens,
            }
        }
    }

    fn for_tag(&mut self, mut tokens: Tokens, at: Position, end: &str) -> Result<NodeKind> {
        let targets = tokens.targets()?;
        if !tokens.take_word("in") {
            return Err(tokens.unexpected("\"in\""));
        }
        if targets.len() == 1 && &*targets[0] == "loop" {
            return Err(Error::syntax(at, "The loop variable cannot be called \"loop\""));
        }
        let list = tokens.whole_expression()?;
        let (body, stop) = self.inside(&["else", end], at)?;
        let otherwise = if &*stop.name == "else" { self.inside(&[end], at)?.0 } else { Vec::new() };
        Ok(NodeKind::For { targets, list, body, otherwise })
    }

    fn set_tag(&mut self, mut tokens: Tokens, at: Position) -> Result<NodeKind> {
        let targets = tokens.targets()?;
        let value = if tokens.take("=") {
            Assigned::Value(tokens.whole_expression()?)
        } else {
            tokens.end()?;
            Assigned::Captured(self.inside(&["endset"], at)?.0)
        };
        Ok(NodeKind::Set { targets, value })
    }

    fn macro_tag(&mut self, mut tokens: Tokens, at: Position) -> Result<NodeKind> {
        let (name, _) = tokens.name()?;
        tokens.expect("(")?;
        let signature = tokens.signature()?;
        tokens.end()?;
        let body = self.inside(&["endmacro"], at)?.0;
        Ok(NodeKind::Macro(Rc::new(Macro { name, positional: signature.0, defaulted: signature.1, body })))
    }

    fn call_tag(&mut self, mut tokens: Tokens, at: Position) -> Result<NodeKind> {
        let signature = if tokens.take("(") { tokens.signature()? } else { (Vec::new(), Vec::new()) };
        let ExprKind::Call { callee, args } = tokens.whole_expression()?.kind else {
            return Err(Error::syntax(at, "The call tag needs a macro call, as in {% call box() %}"));
        };
        let body = self.inside(&["endcall"], at)?.0;
        let caller = Macro { name: "caller".into(), positional: signature.0, defaulted: signature.1, body };
        Ok(NodeKind::CallBlock { callee: *callee, args, caller: Rc::new(caller) })
    }

    fn filter_tag(&mut self, mut tokens: Tokens, at: Position) -> Result<NodeKind> {
        let body = self.inside(&["endfilter"], at)?.0;
        let capture = Expr { at, kind: ExprKind::Capture(body), height: 1 };
        let filter = tokens.filter(capture)?;
        tokens.end()?;
        Ok(NodeKind::Output(filter))
    }

    fn block_tag(&mut self, mut tokens: Tokens, at: Position) -> Result<NodeKind> {
        let (name, _) = tokens.name()?;
        tokens.end()?;
        let (body, mut stop) = self.inside(&["endblock"], at)?;
        if *stop.tokens.peek() != Token::End && stop.tokens.name()?.0 != name {
            return Err(Error::syntax(stop.at, format!("This ends another block than \"{name}\"")));
        }
        stop.tokens.end()?;
        Ok(NodeKind::Block(body))
    }

    fn switch_tag(&mut self, mut tokens: Tokens, at: Position) -> Result<NodeKind> {
        let subject = tokens.whole_expression()?;
        let (before, mut stop) = self.inside(&["case", "default", "endswitch"], at)?;
        if !before.is_empty() {
            return Err(Error::syntax(at, "A switch must go on with {% case %} or {% default %} at once"));
        }
        let mut cases = Vec::new();
        while &*stop.name == "case" {
            let value = stop.tokens.whole_expression()?;
            let (body, next) = self.inside(&["case", "default", "endswitch"], at)?;
            cases.push((value, body));
            stop = next;
        }
        let has_default = &*stop.name == "default";
        let default = if has_default { self.inside(&["endswitch"], at)?.0 } else { Vec::new() };
        if cases.is_empty() && !has_default {
            return Err(Error::syntax(at, "A switch needs a case"));
        }
        Ok(NodeKind::Switch { subject, cases, default })
    }
}

/// Parameters without and with a default value.
type Signature = (Vec<Rc<str>>, Vec<(Rc<str>, Expr)>);

impl Tokens {
    fn targets(&mut self) -> Result<Vec<Rc<str>>> {
        let mut targets = Vec::new();
        loop {
            let (name, at) = self.name()?;
            if matches!(&*name, "true" | "false" | "null" | "none") {
                return Err(Error::syntax(at, format!("\"{name}\" is a value and cannot be assigned")));
            }
            targets.push(name);
            if !self.take(",") {
                return Ok(targets);
            }
        }
    }

    fn signature(&mut self) -> Result<Signature> {
        let at = self.at();
        let args = self.arguments()?;
        let name = |expr: Expr| match expr.kind {
            ExprKind::Name(name) => Ok(name),
            _ => Err(Error::syntax(at, "Parameters must be names")),
        };
        Ok((args.positional.into_iter().map(name).collect::<Result<_>>()?, args.keyword))
    }
}
