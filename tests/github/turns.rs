//! Several runs at once, request by request in an order that a seed gives: what happened once can be seen again.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Whose request is next, of runs that are distinguished by their tokens.
pub(crate) struct Turns {
    tokens: Vec<String>,
    order: Mutex<Order>,
    changed: Condvar,
}

struct Order {
    seed: u64,
    next: usize,
    over: Vec<bool>,
}

/// A request that has its turn; the next one comes when this is dropped.
pub(crate) struct Turn<'a>(&'a Turns);

/// A run that makes requests until this is dropped.
pub(crate) struct Running<'a>(&'a Turns, usize);

impl Turns {
    pub(crate) fn new(tokens: &[&str], seed: u64) -> Self {
        let tokens: Vec<_> = tokens.iter().map(|token| (*token).to_owned()).collect();
        let mut order = Order { seed, next: 0, over: vec![false; tokens.len()] };
        order.choose();
        Self { tokens, order: Mutex::new(order), changed: Condvar::new() }
    }

    /// Until it is this token's turn; `None` for the token of nobody who takes turns.
    pub(crate) fn wait(&self, token: &str) -> Option<Turn<'_>> {
        let run = self.tokens.iter().position(|known| known == token)?;
        let mut order = self.lock();
        while order.next != run {
            order = self.changed.wait(order).unwrap_or_else(PoisonError::into_inner);
        }
        Some(Turn(self))
    }

    /// This run goes on until what is returned is dropped.
    pub(crate) fn running(&self, run: usize) -> Running<'_> {
        Running(self, run)
    }

    fn lock(&self) -> MutexGuard<'_, Order> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Order {
    fn choose(&mut self) {
        let left: Vec<_> = (0..self.over.len()).filter(|run| !self.over[*run]).collect();
        // An order as good as any, the same each time: xorshift, by Marsaglia.
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        if let Some(next) = left.get(usize::try_from(self.seed >> 33).expect("a number") % left.len().max(1)) {
            self.next = *next;
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.lock().choose();
        self.0.changed.notify_all();
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let mut order = self.0.lock();
        order.over[self.1] = true;
        if order.next == self.1 {
            order.choose();
        }
        self.0.changed.notify_all();
    }
}
