//! Expressions to values.

use std::rc::Rc;

use super::Evaluator;
use crate::ast::{Comparison, Expr, ExprKind, Operator};
use crate::error::{Error, Result};
use crate::parse::is_reserved;
use crate::scope::Scope;
use crate::value::{Callable, Regex, Value};
use crate::{checks, js, methods};

impl Evaluator<'_> {
    pub(super) fn eval(&self, expr: &Expr, scope: &Rc<Scope>) -> Result<Value> {
        self.budget.enter().and_then(|()| self.budget.work(1)).map_err(|e| e.at(expr.at))?;
        let result = self.eval_kind(expr, scope).map_err(|e| e.at(expr.at));
        self.budget.leave();
        result
    }

    fn number(&self, expr: &Expr, scope: &Rc<Scope>) -> Result<f64> {
        js::number(&self.eval(expr, scope)?, &self.budget)
    }

    fn is_true(&self, expr: &Expr, scope: &Rc<Scope>) -> Result<bool> {
        Ok(js::truthy(&self.eval(expr, scope)?))
    }

    /// Only hands on to small functions: this one's frame counts once for every level of an expression.
    fn eval_kind(&self, expr: &Expr, scope: &Rc<Scope>) -> Result<Value> {
        match &expr.kind {
            ExprKind::Null => Ok(Value::Null),
            ExprKind::Bool(b) => Ok(Value::Bool(*b)),
            ExprKind::Number(n) => Ok(Value::Number(*n)),
            ExprKind::String(text) => Ok(Value::String(text.clone())),
            ExprKind::Regex { pattern, flags } => Ok(regex(pattern, flags)),
            ExprKind::Name(name) => Ok(self.name(name, scope)),
            ExprKind::List(items) => self.all(items, scope).map(Value::list),
            ExprKind::Group(items) => self.group(items, scope),
            ExprKind::Dict(pairs) => self.dict(pairs, scope),
            ExprKind::Member(target, key) => self.member(target, key, scope),
            ExprKind::Slice { target, start, stop, step } => {
                self.slice(target, [start.as_deref(), stop.as_deref(), step.as_deref()], scope)
            }
            ExprKind::InlineIf { condition, then, otherwise } => {
                self.inline_if(condition, then, otherwise.as_deref(), scope)
            }
            ExprKind::Or(left, right) => self.either(true, left, right, scope),
            ExprKind::And(left, right) => self.either(false, left, right, scope),
            ExprKind::Not(target) => self.is_true(target, scope).map(|truth| Value::Bool(!truth)),
            ExprKind::Negate(target) => self.number(target, scope).map(|n| Value::Number(-n)),
            ExprKind::Plus(target) => self.number(target, scope).map(Value::Number),
            ExprKind::Floor(target) => self.number(target, scope).map(|n| Value::Number(n.floor())),
            ExprKind::Binary(operator, left, right) => self.binary(*operator, left, right, scope),
            ExprKind::Compare(comparison, left, right) => self.comparison(*comparison, left, right, scope),
            ExprKind::In(needle, container) => self.membership(needle, container, scope),
            ExprKind::Is { value, test, args } => self.test(value, test, args, scope),
            ExprKind::Filter { name, input, args } => self.filter(name, input, args, scope),
            ExprKind::Call { callee, args } => self.call(callee, args, scope),
            ExprKind::Capture(body) => self.capture(body, &Scope::open(scope)).map(Value::text),
        }
    }

    fn group(&self, items: &[Expr], scope: &Rc<Scope>) -> Result<Value> {
        Ok(self.all(items, scope)?.pop().unwrap_or(Value::Undefined))
    }

    fn dict(&self, pairs: &[(Rc<str>, Expr)], scope: &Rc<Scope>) -> Result<Value> {
        let pairs = pairs.iter().map(|(key, value)| Ok((key.clone(), self.eval(value, scope)?)));
        Ok(Value::record(pairs.collect::<Result<Vec<_>>>()?))
    }

    /// Without `else`, a condition that is false gives an empty text.
    fn inline_if(&self, condition: &Expr, then: &Expr, otherwise: Option<&Expr>, scope: &Rc<Scope>) -> Result<Value> {
        if self.is_true(condition, scope)? {
            return self.eval(then, scope);
        }
        otherwise.map_or_else(|| Ok(Value::text("")), |otherwise| self.eval(otherwise, scope))
    }

    /// `or` keeps a left side that is true, `and` one that is false.
    fn either(&self, keep: bool, left: &Expr, right: &Expr, scope: &Rc<Scope>) -> Result<Value> {
        let left = self.eval(left, scope)?;
        if js::truthy(&left) == keep { Ok(left) } else { self.eval(right, scope) }
    }

    fn comparison(&self, comparison: Comparison, left: &Expr, right: &Expr, scope: &Rc<Scope>) -> Result<Value> {
        let left = self.eval(left, scope)?;
        let right = self.eval(right, scope)?;
        self.compare(comparison, &left, &right).map(Value::Bool)
    }

    fn membership(&self, needle: &Expr, container: &Expr, scope: &Rc<Scope>) -> Result<Value> {
        let needle = self.eval(needle, scope)?;
        let container = self.eval(container, scope)?;
        self.contains(&container, &needle).map(Value::Bool)
    }

    fn test(&self, value: &Expr, test: &str, args: &[Expr], scope: &Rc<Scope>) -> Result<Value> {
        checks::known(test, args.len())?;
        let value = self.eval(value, scope)?;
        let args = self.all(args, scope)?;
        checks::check(test, &value, &args, &self.budget).map(Value::Bool)
    }

    pub(super) fn all(&self, items: &[Expr], scope: &Rc<Scope>) -> Result<Vec<Value>> {
        items.iter().map(|item| self.eval(item, scope)).collect()
    }

    fn name(&self, name: &Rc<str>, scope: &Rc<Scope>) -> Value {
        if let Some(value) = scope.get(name) {
            return value;
        }
        if self.engine.is_cookiecutter() {
            match &**name {
                "True" => return Value::Bool(true),
                "False" => return Value::Bool(false),
                "None" => return Value::Null,
                _ => {}
            }
        }
        if self.engine.functions.contains_key(&**name) {
            return Value::callable(Callable::Host(name.clone()));
        }
        match &**name {
            "range" => Value::callable(Callable::Range),
            "cycler" => Value::callable(Callable::Cycler),
            "joiner" => Value::callable(Callable::Joiner),
            _ => Value::Undefined,
        }
    }

    fn member(&self, target: &Expr, key: &Expr, scope: &Rc<Scope>) -> Result<Value> {
        let target = self.eval(target, scope)?;
        let key = js::string(&self.eval(key, scope)?, &self.budget)?;
        if is_reserved(&key) {
            return Err(Error::value(format!("The name \"{key}\" is reserved")));
        }
        let own = match &target {
            Value::Callable(callable) => methods::of_callable(callable, &key),
            _ => js::member(&target, &key),
        };
        let exists = matches!(&target, Value::Record(record) if record.get(&key).is_some());
        if exists || !matches!(own, Value::Undefined) || !methods::exists(&target, &key, self.engine.scan) {
            return Ok(own);
        }
        Ok(Value::callable(Callable::Method { receiver: target, name: key }))
    }

    /// `x[start:stop:step]`: always a list, of characters if `x` is text.
    fn slice(&self, target: &Expr, [start, stop, step]: [Option<&Expr>; 3], scope: &Rc<Scope>) -> Result<Value> {
        let target = self.eval(target, scope)?;
        let length = js::number(&js::member(&target, "length"), &self.budget)?;
        let value = |bound: Option<&Expr>| match bound {
            Some(expr) => self.eval(expr, scope).and_then(|v| match v {
                Value::Null => Ok(None),
                v => js::number(&v, &self.budget).map(Some),
            }),
            None => Ok(None),
        };
        let (start, stop, step) = (value(start)?, value(stop)?, value(step)?.unwrap_or(1.0));
        if !step.is_finite() || step == 0.0 {
            return Err(Error::value("The step of a slice must be a number other than 0"));
        }
        let from_end = |bound: f64| if bound < 0.0 { bound + length } else { bound };
        let mut index = start.map_or(if step < 0.0 { length - 1.0 } else { 0.0 }, from_end);
        let stop = stop.map_or(if step < 0.0 { -1.0 } else { length }, from_end);
        let mut items = Vec::new();
        while index >= 0.0 && index <= length && if step > 0.0 { index < stop } else { index > stop } {
            self.budget.work(1)?;
            items.push(js::member(&target, &crate::number::to_string(index)));
            index += step;
        }
        Ok(Value::list(items))
    }

    fn binary(&self, operator: Operator, left: &Expr, right: &Expr, scope: &Rc<Scope>) -> Result<Value> {
        let (left, right) = (self.eval(left, scope)?, self.eval(right, scope)?);
        match operator {
            Operator::Add => return js::add(&left, &right, &self.budget),
            Operator::Concat => return js::concat(&left, &right, &self.budget),
            _ => {}
        }
        let (a, b) = (js::number(&left, &self.budget)?, js::number(&right, &self.budget)?);
        Ok(Value::Number(match operator {
            Operator::Add | Operator::Concat => f64::NAN,
            Operator::Subtract => a - b,
            Operator::Multiply => a * b,
            Operator::Divide => a / b,
            Operator::Remainder => a % b,
            Operator::Power => js::power(a, b),
        }))
    }

    fn compare(&self, comparison: Comparison, left: &Value, right: &Value) -> Result<bool> {
        let order = || js::order(left, right, &self.budget);
        Ok(match comparison {
            Comparison::Loose => js::loose_equal(left, right, &self.budget)?,
            Comparison::NotLoose => !js::loose_equal(left, right, &self.budget)?,
            Comparison::Strict => js::strict_equal(left, right),
            Comparison::NotStrict => !js::strict_equal(left, right),
            Comparison::Less => order()?.is_some_and(|o| o.is_lt()),
            Comparison::LessOrEqual => order()?.is_some_and(|o| o.is_le()),
            Comparison::Greater => order()?.is_some_and(|o| o.is_gt()),
            Comparison::GreaterOrEqual => order()?.is_some_and(|o| o.is_ge()),
        })
    }

    fn contains(&self, container: &Value, needle: &Value) -> Result<bool> {
        Ok(match container {
            Value::String(text) => text.contains(&*js::string(needle, &self.budget)?),
            Value::Safe(_) => matches!(&*js::string(needle, &self.budget)?, "length" | "val"),
            Value::List(list) => {
                self.budget.work(list.0.borrow().len())?;
                list.0.borrow().iter().any(|item| js::strict_equal(item, needle))
            }
            Value::Record(record) => record.get(&js::string(needle, &self.budget)?).is_some(),
            other => {
                let kind = other.kind();
                return Err(Error::value(format!(
                    "\"in\" needs a list, an object or a string on its right, not {kind}"
                )));
            }
        })
    }
}

fn regex(pattern: &Rc<str>, flags: &Rc<str>) -> Value {
    Value::Regex(Rc::new(Regex { pattern: pattern.clone(), flags: flags.clone() }))
}
