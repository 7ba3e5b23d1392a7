//! The integration tests: the library, on documents and repositories made for the purpose.
mod import;
