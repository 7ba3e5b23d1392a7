//! Long work says how far it is; who listens decides whether anybody sees it.

/// Told of each stage of long work.
pub trait Progress {
    /// A stage of `steps` steps begins; it ends the one before.
    fn stage(&mut self, what: &str, steps: usize);
    /// One step of it is done.
    fn step(&mut self);
}

/// Nobody listens.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&mut self, _what: &str, _steps: usize) {}
    fn step(&mut self) {}
}
