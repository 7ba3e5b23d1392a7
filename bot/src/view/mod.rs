//! What people read of a survey and of what was built: the same values, said once, for every reader.

pub mod matrix;
pub mod note;
pub mod report;
pub mod why;
