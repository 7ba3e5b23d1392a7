//! Uptake from the outside: the library on texts and real repositories.
mod config;
