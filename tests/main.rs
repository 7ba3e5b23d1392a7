//! The one integration test: the library against real repositories.

mod engine;
