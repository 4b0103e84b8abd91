//! Where names live.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::value::{Text, Value};

/// One frame of names. `{% for %}` opens one that sees and changes the names around it; a macro opens one that only
/// sees what is global.
#[derive(Debug)]
pub(crate) struct Scope {
    names: RefCell<HashMap<Text, Value>>,
    parent: Option<Rc<Self>>,
    /// `{% set %}` inside does not change names outside.
    closed: bool,
}

impl Scope {
    pub(crate) fn root(names: HashMap<Text, Value>) -> Rc<Self> {
        Rc::new(Self { names: RefCell::new(names), parent: None, closed: true })
    }

    pub(crate) fn open(parent: &Rc<Self>) -> Rc<Self> {
        Rc::new(Self { names: RefCell::default(), parent: Some(parent.clone()), closed: false })
    }

    pub(crate) fn closed(parent: &Rc<Self>) -> Rc<Self> {
        Rc::new(Self { names: RefCell::default(), parent: Some(parent.clone()), closed: true })
    }

    pub(crate) fn get(&self, name: &str) -> Option<Value> {
        let own = self.names.borrow().get(name).cloned();
        own.or_else(|| self.parent.as_ref().and_then(|parent| parent.get(name)))
    }

    /// Sets a name of this frame.
    pub(crate) fn declare(&self, name: Text, value: Value) {
        self.names.borrow_mut().insert(name, value);
    }

    /// `{% set %}`: changes the name where it is already known, else declares it here.
    pub(crate) fn assign(&self, name: Text, value: Value) {
        if self.knows_within_walls(&name) && !self.names.borrow().contains_key(&name) {
            if let Some(parent) = &self.parent {
                parent.assign(name, value);
            }
        } else {
            self.declare(name, value);
        }
    }

    fn knows_within_walls(&self, name: &str) -> bool {
        self.names.borrow().contains_key(name)
            || (!self.closed && self.parent.as_ref().is_some_and(|parent| parent.knows_within_walls(name)))
    }

    /// Forgets all names, which breaks the circle of a macro that is held by the scope it closes over.
    pub(crate) fn clear(&self) {
        self.names.borrow_mut().clear();
    }
}
