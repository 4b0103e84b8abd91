//! Text to tree. Every path that recurses is bounded, so that no template can exhaust the stack.

mod build;
mod expression;
mod statement;

use crate::ast::Node;
use crate::error::{Error, Position, Result};
use crate::scan::{ScanOptions, scan};
use crate::token::Token;

/// How deep brackets, calls and subscripts may stand inside one another.
const MAX_NESTING: u16 = 32;
/// How high an expression's tree may grow, brackets or not (`a ~ b ~ c…`).
const MAX_HEIGHT: u16 = 128;
/// How deep blocks may stand inside one another.
const MAX_BLOCKS: u16 = 32;

pub(crate) fn parse(source: &str, options: ScanOptions) -> Result<Vec<Node>> {
    statement::Statements::new(scan(source, options)?, options).parse()
}

/// The tokens of one tag, and a place among them.
struct Tokens {
    list: Vec<(Token, Position)>,
    index: usize,
    nesting: u16,
    options: ScanOptions,
}

impl Tokens {
    fn new(list: Vec<(Token, Position)>, options: ScanOptions) -> Self {
        Self { list, index: 0, nesting: 0, options }
    }

    fn peek(&self) -> &Token {
        self.peek_at(0)
    }

    fn peek_at(&self, ahead: usize) -> &Token {
        let last = self.list.len() - 1;
        &self.list[(self.index + ahead).min(last)].0
    }

    fn at(&self) -> Position {
        let last = self.list.len() - 1;
        self.list[self.index.min(last)].1
    }

    fn next(&mut self) -> (Token, Position) {
        let last = self.list.len() - 1;
        let token = self.list[self.index.min(last)].clone();
        self.index += 1;
        token
    }

    fn take(&mut self, op: &str) -> bool {
        let found = matches!(self.peek(), Token::Op(found) if *found == op);
        self.index += usize::from(found);
        found
    }

    fn is_word(&self, ahead: usize, word: &str) -> bool {
        matches!(self.peek_at(ahead), Token::Name(name) if &**name == word)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(0, word);
        self.index += usize::from(found);
        found
    }

    fn expect(&mut self, op: &str) -> Result<()> {
        if self.take(op) { Ok(()) } else { Err(self.unexpected(&format!("\"{op}\""))) }
    }

    fn name(&mut self) -> Result<(std::rc::Rc<str>, Position)> {
        match self.peek().clone() {
            Token::Name(name) => {
                let at = self.at();
                self.index += 1;
                reserved(&name, at)?;
                Ok((name, at))
            }
            _ => Err(self.unexpected("a name")),
        }
    }

    fn end(&self) -> Result<()> {
        if *self.peek() == Token::End { Ok(()) } else { Err(self.unexpected("the end of the tag")) }
    }

    fn unexpected(&self, wanted: &str) -> Error {
        Error::syntax(self.at(), format!("Expected {wanted}, found {}", self.peek().describe()))
    }
}

/// Names that would reach JavaScript's object machinery in Backstage; they are refused everywhere.
pub(crate) fn is_reserved(name: &str) -> bool {
    matches!(name, "constructor" | "__proto__" | "prototype")
}

fn reserved(name: &str, at: Position) -> Result<()> {
    if is_reserved(name) { Err(Error::syntax(at, format!("The name \"{name}\" is reserved"))) } else { Ok(()) }
}
