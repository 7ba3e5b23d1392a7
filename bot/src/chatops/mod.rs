//! Slash commands: what maintainers can ask for in a comment.

pub mod command;
