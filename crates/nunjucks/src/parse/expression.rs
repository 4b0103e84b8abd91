//! Expressions, with Nunjucks' own precedence.

use std::rc::Rc;

use super::build::{Chain, binary, make, negate_leftmost};
use super::{MAX_NESTING, Tokens, reserved};
use crate::ast::{Args, Comparison, Expr, ExprKind, Operator};
use crate::error::{Error, ErrorKind, Result};
use crate::token::Token;

impl Tokens {
    /// One expression that must use up the tag.
    pub(super) fn whole_expression(&mut self) -> Result<Expr> {
        let expr = self.expression()?;
        self.end()?;
        Ok(expr)
    }

    pub(super) fn expression(&mut self) -> Result<Expr> {
        let then = self.or()?;
        if !self.take_word("if") {
            return Ok(then);
        }
        let condition = Box::new(self.or()?);
        let otherwise = if self.take_word("else") { Some(Box::new(self.or()?)) } else { None };
        make(then.at, ExprKind::InlineIf { condition, then: Box::new(then), otherwise })
    }

    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.nesting >= MAX_NESTING {
            return Err(Error {
                kind: ErrorKind::Limit,
                position: Some(self.at()),
                message: format!("Brackets are nested deeper than {MAX_NESTING}"),
            });
        }
        self.nesting += 1;
        let result = parse(self);
        self.nesting -= 1;
        result
    }

    fn or(&mut self) -> Result<Expr> {
        let mut left = self.and()?;
        while self.take_word("or") {
            let right = self.and()?;
            left = make(left.at, ExprKind::Or(Box::new(left), Box::new(right)))?;
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Expr> {
        let mut left = self.not()?;
        while self.take_word("and") {
            let right = self.not()?;
            left = make(left.at, ExprKind::And(Box::new(left), Box::new(right)))?;
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Expr> {
        let at = self.at();
        if !self.take_word("not") {
            return self.membership();
        }
        let target = self.nested(Self::not)?;
        negate_leftmost(target, at)
    }

    fn membership(&mut self) -> Result<Expr> {
        let mut left = self.test()?;
        loop {
            let negated = self.is_word(0, "not") && self.is_word(1, "in");
            self.index += usize::from(negated);
            if !self.take_word("in") {
                return Ok(left);
            }
            let at = left.at;
            let right = self.test()?;
            left = make(at, ExprKind::In(Box::new(left), Box::new(right)))?;
            if negated {
                left = make(at, ExprKind::Not(Box::new(left)))?;
            }
        }
    }

    fn test(&mut self) -> Result<Expr> {
        let value = self.equality()?;
        if !self.take_word("is") {
            return Ok(value);
        }
        let negated = self.take_word("not");
        let at = self.at();
        let test: Rc<str> = match self.next().0 {
            Token::Name(name) if matches!(&*name, "none" | "null") => "null".into(),
            Token::Name(name) => name,
            _ => return Err(Error::syntax(at, "Expected the name of a test after \"is\"")),
        };
        reserved(&test, at)?;
        let args = if self.take("(") { self.nested(|tokens| tokens.list(")"))? } else { Vec::new() };
        let test = make(at, ExprKind::Is { value: Box::new(value), test, args })?;
        if negated { make(at, ExprKind::Not(Box::new(test))) } else { Ok(test) }
    }

    fn equality(&mut self) -> Result<Expr> {
        let mut left = self.relation()?;
        loop {
            let comparison = match self.peek() {
                Token::Op("==") => Comparison::Loose,
                Token::Op("!=") => Comparison::NotLoose,
                Token::Op("===") => Comparison::Strict,
                Token::Op("!==") => Comparison::NotStrict,
                _ => return Ok(left),
            };
            self.index += 1;
            let right = self.relation()?;
            left = make(left.at, ExprKind::Compare(comparison, Box::new(left), Box::new(right)))?;
        }
    }

    fn relation(&mut self) -> Result<Expr> {
        let mut left = self.sum()?;
        loop {
            let comparison = match self.peek() {
                Token::Op("<") => Comparison::Less,
                Token::Op("<=") => Comparison::LessOrEqual,
                Token::Op(">") => Comparison::Greater,
                Token::Op(">=") => Comparison::GreaterOrEqual,
                _ => return Ok(left),
            };
            self.index += 1;
            let right = self.sum()?;
            left = make(left.at, ExprKind::Compare(comparison, Box::new(left), Box::new(right)))?;
        }
    }

    fn sum(&mut self) -> Result<Expr> {
        let mut left = self.product_chain()?.fold()?;
        loop {
            let operator = match self.peek() {
                Token::Op("+") => Operator::Add,
                Token::Op("-") => Operator::Subtract,
                Token::Op("~") => Operator::Concat,
                _ => return Ok(left),
            };
            self.index += 1;
            let right = self.product_chain()?.fold()?;
            left = binary(operator, left, right)?;
        }
    }

    fn product_chain(&mut self) -> Result<Chain> {
        let mut chain = self.quotient_chain()?;
        while self.take("*") {
            let right = self.quotient_chain()?;
            chain.push(Operator::Multiply, right);
        }
        Ok(chain)
    }

    fn quotient_chain(&mut self) -> Result<Chain> {
        let mut chain = self.floor_chain()?;
        while self.take("/") {
            let right = self.floor_chain()?;
            chain.push(Operator::Divide, right);
        }
        Ok(chain)
    }

    /// `a // b` floors everything of its own chain: `a % b // c` is `floor(a % b / c)`.
    fn floor_chain(&mut self) -> Result<Chain> {
        let mut chain = self.remainder_chain()?;
        while self.take("//") {
            let right = self.remainder_chain()?;
            chain.push(Operator::Divide, right);
            let quotient = chain.fold()?;
            chain = Chain { first: make(quotient.at, ExprKind::Floor(Box::new(quotient)))?, rest: Vec::new() };
        }
        Ok(chain)
    }

    fn remainder_chain(&mut self) -> Result<Chain> {
        let mut chain = Chain { first: self.power()?, rest: Vec::new() };
        while self.take("%") {
            chain.rest.push((Operator::Remainder, self.power()?));
        }
        Ok(chain)
    }

    fn power(&mut self) -> Result<Expr> {
        let mut left = self.filtered()?;
        while self.take("**") {
            let right = self.filtered()?;
            left = binary(Operator::Power, left, right)?;
        }
        Ok(left)
    }

    fn filtered(&mut self) -> Result<Expr> {
        let mut input = self.unary()?;
        while self.take("|") {
            input = self.filter(input)?;
        }
        Ok(input)
    }

    /// A filter's name and arguments, after the bar or in `{% filter %}`.
    pub(super) fn filter(&mut self, input: Expr) -> Result<Expr> {
        let (first, at) = self.name()?;
        let mut name = first.to_string();
        while self.take(".") {
            name.push('.');
            name.push_str(&self.name()?.0);
        }
        let args = if self.take("(") { self.nested(Self::arguments)? } else { Args::default() };
        make(at, ExprKind::Filter { name: name.into(), input: Box::new(input), args })
    }

    fn unary(&mut self) -> Result<Expr> {
        let at = self.at();
        let wrap: fn(Box<Expr>) -> ExprKind = match self.peek() {
            Token::Op("-") => ExprKind::Negate,
            Token::Op("+") => ExprKind::Plus,
            _ => return self.postfix(),
        };
        self.index += 1;
        if self.peek() == &self.list[self.index - 1].0 {
            return Err(Error::syntax(self.at(), "Put brackets between repeated signs"));
        }
        let target = self.nested(Self::unary)?;
        make(at, wrap(Box::new(target)))
    }

    fn postfix(&mut self) -> Result<Expr> {
        let mut expr = self.primary()?;
        loop {
            if self.take(".") {
                let (name, at) = self.name()?;
                let key = make(at, ExprKind::String(name))?;
                expr = make(at, ExprKind::Member(Box::new(expr), Box::new(key)))?;
            } else if self.take("[") {
                expr = self.nested(|tokens| tokens.subscript(expr))?;
            } else if self.take("(") {
                let args = self.nested(Self::arguments)?;
                expr = make(expr.at, ExprKind::Call { callee: Box::new(expr), args })?;
            } else {
                return Ok(expr);
            }
        }
    }

    fn subscript(&mut self, target: Expr) -> Result<Expr> {
        let at = self.at();
        let absent = |tokens: &Self| matches!(tokens.peek(), Token::Op(":" | "]"));
        let start = if absent(self) { None } else { Some(Box::new(self.expression()?)) };
        let slices = !self.options.is_legacy() || self.options.is_cookiecutter();
        if !(slices && self.take(":")) {
            self.expect("]")?;
            let Some(key) = start else {
                return Err(Error::syntax(at, "Expected an index between the brackets"));
            };
            if let ExprKind::String(name) = &key.kind {
                reserved(name, key.at)?;
            }
            return make(key.at, ExprKind::Member(Box::new(target), key));
        }
        let stop = if absent(self) { None } else { Some(Box::new(self.expression()?)) };
        let step = if self.take(":") && !absent(self) { Some(Box::new(self.expression()?)) } else { None };
        self.expect("]")?;
        make(at, ExprKind::Slice { target: Box::new(target), start, stop, step })
    }

    fn primary(&mut self) -> Result<Expr> {
        let (token, at) = self.next();
        let kind = match token {
            Token::Number(number) => ExprKind::Number(number),
            Token::String(text) => ExprKind::String(text),
            Token::Regex { pattern, flags } => ExprKind::Regex { pattern, flags },
            Token::Name(name) => match &*name {
                "true" => ExprKind::Bool(true),
                "false" => ExprKind::Bool(false),
                "none" | "null" => ExprKind::Null,
                _ => {
                    reserved(&name, at)?;
                    ExprKind::Name(name)
                }
            },
            Token::Op("(") => {
                let children = self.nested(|tokens| tokens.list(")"))?;
                if children.is_empty() {
                    return Err(Error::syntax(at, "Brackets need an expression inside"));
                }
                ExprKind::Group(children)
            }
            Token::Op("[") => ExprKind::List(self.nested(|tokens| tokens.list("]"))?),
            Token::Op("{") => ExprKind::Dict(self.nested(Self::pairs)?),
            other => return Err(Error::syntax(at, format!("Expected a value, found {}", other.describe()))),
        };
        make(at, kind)
    }

    fn list(&mut self, close: &str) -> Result<Vec<Expr>> {
        let mut items = Vec::new();
        if self.take(close) {
            return Ok(items);
        }
        loop {
            items.push(self.expression()?);
            if !self.take(",") {
                self.expect(close)?;
                return Ok(items);
            }
        }
    }

    fn pairs(&mut self) -> Result<Vec<(Rc<str>, Expr)>> {
        let mut pairs = Vec::new();
        if self.take("}") {
            return Ok(pairs);
        }
        loop {
            let (token, at) = self.next();
            let key = match token {
                Token::Name(name) if !matches!(&*name, "true" | "false" | "null" | "none") => name,
                Token::String(text) => text,
                _ => return Err(Error::syntax(at, "Keys must be strings or names")),
            };
            reserved(&key, at)?;
            self.expect(":")?;
            pairs.push((key, self.expression()?));
            if !self.take(",") {
                self.expect("}")?;
                return Ok(pairs);
            }
        }
    }

    /// Call arguments after the opening bracket: values, then `name = value` in any order.
    pub(super) fn arguments(&mut self) -> Result<Args> {
        let mut args = Args::default();
        if self.take(")") {
            return Ok(args);
        }
        loop {
            if matches!(self.peek(), Token::Name(_)) && *self.peek_at(1) == Token::Op("=") {
                let (name, _) = self.name()?;
                self.expect("=")?;
                args.keyword.push((name, self.expression()?));
            } else {
                args.positional.push(self.expression()?);
            }
            if !self.take(",") {
                self.expect(")")?;
                return Ok(args);
            }
        }
    }
}
