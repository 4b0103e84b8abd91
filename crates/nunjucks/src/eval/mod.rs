//! Walks the tree and writes the output.

mod call;
mod expression;
mod looping;

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use serde_json::Map;

use crate::ast::{Assigned, Expr, Node, NodeKind};
use crate::budget::Budget;
use crate::error::Result;
use crate::scope::Scope;
use crate::value::{Callable, Text, Value};
use crate::{Engine, js};

pub(crate) struct Evaluator<'a> {
    engine: &'a Engine,
    pub(crate) budget: Budget,
    /// What macros see: the context, and what the top level sets.
    globals: Rc<Scope>,
    top: Rc<Scope>,
    random: Cell<u64>,
}

impl Drop for Evaluator<'_> {
    fn drop(&mut self) {
        self.globals.clear();
        self.top.clear();
    }
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(engine: &'a Engine, context: &Map<String, serde_json::Value>) -> Self {
        let names: HashMap<Text, Value> =
            context.iter().map(|(name, value)| (Text::from(name.as_str()), Value::from_json(value))).collect();
        let globals = Scope::root(names);
        let top = Scope::closed(&globals);
        Self { engine, budget: Budget::new(engine.limits), globals, top, random: Cell::new(engine.seed) }
    }

    pub(crate) fn render(&self, nodes: &[Node]) -> Result<String> {
        let mut out = String::new();
        let top = self.top.clone();
        self.run(nodes, &top, &mut out)?;
        Ok(crate::utf16::finish(out))
    }

    pub(crate) fn value(&self, expr: &Expr) -> Result<Option<serde_json::Value>> {
        let top = self.top.clone();
        let value = self.eval(expr, &top)?;
        value.to_json(&self.budget).map_err(|e| e.at(expr.at))
    }

    fn run(&self, nodes: &[Node], scope: &Rc<Scope>, out: &mut String) -> Result<()> {
        for node in nodes {
            self.budget.enter().and_then(|()| self.budget.work(1)).map_err(|e| e.at(node.at))?;
            let result = self.node(node, scope, out).map_err(|e| e.at(node.at));
            self.budget.leave();
            result?;
        }
        Ok(())
    }

    fn node(&self, node: &Node, scope: &Rc<Scope>, out: &mut String) -> Result<()> {
        match &node.kind {
            NodeKind::Text(text) => self.write(text, out),
            NodeKind::Output(expr) => {
                let value = self.eval(expr, scope)?;
                let text = js::output(&value, &self.budget).map_err(|e| e.at(expr.at))?;
                self.write(&text, out)
            }
            NodeKind::If { branches, otherwise } => {
                for (condition, body) in branches {
                    if js::truthy(&self.eval(condition, scope)?) {
                        return self.run(body, scope, out);
                    }
                }
                self.run(otherwise, scope, out)
            }
            NodeKind::For { targets, list, body, otherwise } => {
                self.for_each(targets, list, body, otherwise, scope, out)
            }
            NodeKind::Set { targets, value } => self.set(targets, value, scope),
            NodeKind::Macro(definition) => {
                let value =
                    Value::callable(Callable::Macro { definition: definition.clone(), scope: self.globals.clone() });
                self.declare(&definition.name, value, scope);
                Ok(())
            }
            NodeKind::CallBlock { callee, args, caller } => {
                let target = self.eval(callee, scope)?;
                let mut call = self.arguments(args, scope)?;
                let caller = Callable::Macro { definition: caller.clone(), scope: scope.clone() };
                call.keyword.push(("caller".into(), Value::callable(caller)));
                let text = self.call_macro_block(&target, call).map_err(|e| e.at(callee.at))?;
                self.write(&text, out)
            }
            NodeKind::Block(body) => self.run(body, &Scope::closed(scope), out),
            NodeKind::Switch { subject, cases, default } => self.switch(subject, cases, default, scope, out),
        }
    }

    fn write(&self, text: &str, out: &mut String) -> Result<()> {
        self.budget.text(text.len())?;
        out.push_str(text);
        Ok(())
    }

    fn switch(
        &self,
        subject: &Expr,
        cases: &[(Expr, Vec<Node>)],
        default: &[Node],
        scope: &Rc<Scope>,
        out: &mut String,
    ) -> Result<()> {
        let subject = self.eval(subject, scope)?;
        let mut matched = false;
        for (value, body) in cases {
            matched = matched || js::strict_equal(&subject, &self.eval(value, scope)?);
            // An empty case falls through to the next one.
            if matched && !body.is_empty() {
                return self.run(body, scope, out);
            }
        }
        self.run(default, scope, out)
    }

    fn set(&self, targets: &[Text], value: &Assigned, scope: &Rc<Scope>) -> Result<()> {
        let value = match value {
            Assigned::Value(expr) => self.eval(expr, scope)?,
            Assigned::Captured(body) => Value::text(self.capture(body, scope)?),
        };
        for target in targets {
            scope.assign(target.clone(), value.clone());
            self.export(target, value.clone(), scope);
        }
        Ok(())
    }

    fn declare(&self, name: &Text, value: Value, scope: &Rc<Scope>) {
        scope.declare(name.clone(), value.clone());
        self.export(name, value, scope);
    }

    /// Names of the top level are seen by macros.
    fn export(&self, name: &Text, value: Value, scope: &Rc<Scope>) {
        if Rc::ptr_eq(scope, &self.top) {
            self.globals.declare(name.clone(), value);
        }
    }

    fn capture(&self, body: &[Node], scope: &Rc<Scope>) -> Result<String> {
        let mut text = String::new();
        self.run(body, scope, &mut text)?;
        Ok(text)
    }

    /// A number below `bound`, from the engine's seed (xorshift: for picking an item, not for secrets).
    pub(crate) fn random_below(&self, bound: usize) -> usize {
        let mut state = self.random.get() ^ 0x9E37_79B9_7F4A_7C15;
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        self.random.set(state);
        usize::try_from(state % (bound.max(1) as u64)).unwrap_or(0)
    }
}
