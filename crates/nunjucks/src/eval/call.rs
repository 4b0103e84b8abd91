//! Filters, macros, methods and functions.

use std::cell::RefCell;
use std::rc::Rc;

use super::Evaluator;
use crate::ast::{Args, Expr, ExprKind, Macro};
use crate::error::{Error, Result, unknown_name};
use crate::filters::{self, Call};
use crate::scope::Scope;
use crate::value::{Callable, Text, Value};
use crate::{js, methods};

impl Evaluator<'_> {
    pub(super) fn arguments(&self, args: &Args, scope: &Rc<Scope>) -> Result<Call> {
        let positional = self.all(&args.positional, scope)?;
        let keyword = args.keyword.iter().map(|(name, value)| Ok((name.clone(), self.eval(value, scope)?)));
        Ok(Call { positional, keyword: keyword.collect::<Result<_>>()? })
    }

    pub(super) fn filter(&self, name: &Text, input: &Expr, args: &Args, scope: &Rc<Scope>) -> Result<Value> {
        let host = self.engine.filters.get(&**name);
        let builtin = if self.engine.is_cookiecutter() && &**name == "jsonify" { "dump" } else { name };
        if host.is_none() && !filters::NAMES.contains(&builtin) {
            let known = filters::NAMES.into_iter().chain(self.engine.filters.keys().map(String::as_str));
            return Err(Error::value(unknown_name("filter", name, known)));
        }
        let input = self.eval(input, scope)?;
        let call = self.arguments(args, scope)?;
        let failed = || format!("The filter \"{name}\" cannot take {}", input.kind());
        let Some(host) = host else {
            return filters::apply(builtin, &input, call, self).map_err(|e| e.within(&failed()));
        };
        if !call.keyword.is_empty() {
            return Err(Error::value(format!("The filter \"{name}\" takes no named arguments")));
        }
        let given = input.to_json(&self.budget)?;
        let args = call.positional.iter().map(|value| value.to_json(&self.budget)).collect::<Result<Vec<_>>>()?;
        let result = host(given.as_ref(), &args).map_err(Error::value)?;
        Ok(result.as_ref().map_or(Value::Undefined, Value::from_json))
    }

    pub(super) fn call(&self, callee: &Expr, args: &Args, scope: &Rc<Scope>) -> Result<Value> {
        let target = self.eval(callee, scope)?;
        let Value::Callable(callable) = &target else {
            let what = path(callee).map_or_else(|| "This".into(), |path| format!("\"{path}\""));
            return Err(Error::value(format!("{what} is {}, not a function", target.kind())));
        };
        let call = self.arguments(args, scope)?;
        if let Callable::Macro { definition, scope } = &**callable {
            return Ok(Value::Safe(self.expand(definition, scope, call)?.into()));
        }
        if !call.keyword.is_empty() {
            return Err(Error::value("This function takes no named arguments"));
        }
        self.call_plain(callable, &call.positional)
    }

    fn call_plain(&self, callable: &Rc<Callable>, args: &[Value]) -> Result<Value> {
        let first = args.first().cloned().unwrap_or(Value::Undefined);
        Ok(match &**callable {
            Callable::Range => return self.range(args),
            Callable::Cycler => Value::callable(Callable::Cycle { values: args.to_vec(), index: RefCell::new(None) }),
            Callable::Joiner => {
                let separator = if js::truthy(&first) { first } else { Value::text(",") };
                Value::callable(Callable::Join { separator, used: RefCell::new(false) })
            }
            Callable::Join { separator, used } => {
                if used.replace(true) {
                    separator.clone()
                } else {
                    Value::text("")
                }
            }
            Callable::CycleNext(cycle) | Callable::CycleReset(cycle) => {
                let Callable::Cycle { values, index } = &**cycle else { return Ok(Value::Undefined) };
                if matches!(&**callable, Callable::CycleReset(_)) {
                    index.replace(None);
                    return Ok(Value::Undefined);
                }
                let next = index.borrow().map_or(0, |i| i + 1) % values.len().max(1);
                index.replace(Some(next));
                values.get(next).cloned().unwrap_or(Value::Undefined)
            }
            Callable::Method { receiver, name } => {
                return methods::call(receiver, name, args, &self.budget, self.engine.scan);
            }
            Callable::Host(name) => {
                let Some(function) = self.engine.functions.get(&**name) else { return Ok(Value::Undefined) };
                let args = args.iter().map(|value| value.to_json(&self.budget)).collect::<Result<Vec<_>>>()?;
                function(&args).map_err(Error::value)?.as_ref().map_or(Value::Undefined, Value::from_json)
            }
            Callable::Cycle { .. } => return Err(Error::value("A cycler is asked for its \"next()\" value")),
            Callable::Macro { .. } => return Err(Error::value("A macro cannot be called here")),
        })
    }

    fn range(&self, args: &[Value]) -> Result<Value> {
        let bound = |i: usize| args.get(i).filter(|v| !matches!(v, Value::Undefined));
        let number = |i: usize, default: f64| bound(i).map_or(Ok(default), |v| js::number(v, &self.budget));
        let (start, stop) =
            if bound(1).is_some() { (number(0, f64::NAN)?, number(1, 0.0)?) } else { (0.0, number(0, f64::NAN)?) };
        let step = if bound(1).is_some() { number(2, 1.0)? } else { 1.0 };
        let step = if step == 0.0 || step.is_nan() { 1.0 } else { step };
        let mut items = Vec::new();
        let mut value = start;
        while if step > 0.0 { value < stop } else { value > stop } {
            self.budget.work(1)?;
            items.push(Value::Number(value));
            value += step;
        }
        Ok(Value::list(items))
    }

    pub(super) fn call_macro_block(&self, target: &Value, call: Call) -> Result<String> {
        match target {
            Value::Callable(callable) => match &**callable {
                Callable::Macro { definition, scope } => self.expand(definition, scope, call),
                _ => Err(Error::value("The call tag can only call a macro")),
            },
            other => Err(Error::value(format!("The call tag needs a macro, not {}", other.kind()))),
        }
    }

    /// Runs a macro. Arguments beyond its plain parameters fill those with defaults, in order.
    fn expand(&self, definition: &Macro, scope: &Rc<Scope>, call: Call) -> Result<String> {
        let Call { positional, mut keyword } = call;
        let inner = Scope::closed(scope);
        let mut given = positional.into_iter();
        let mut named = |name: &Text| {
            let place = keyword.iter().position(|(known, _)| known == name)?;
            Some(keyword.remove(place).1)
        };
        for name in &definition.positional {
            let value = given.next().or_else(|| named(name)).unwrap_or(Value::Undefined);
            inner.declare(name.clone(), value);
        }
        for (name, default) in &definition.defaulted {
            let value = match given.next().or_else(|| named(name)) {
                Some(value) => value,
                None => self.eval(default, &inner)?,
            };
            inner.declare(name.clone(), value);
        }
        if let Some(caller) = named(&"caller".into()) {
            inner.declare("caller".into(), caller);
        }
        self.capture(&definition.body, &inner)
    }
}

/// `values.name` for messages.
fn path(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.to_string()),
        ExprKind::Member(target, key) => match &key.kind {
            ExprKind::String(name) => Some(format!("{}.{name}", path(target)?)),
            _ => None,
        },
        _ => None,
    }
}
