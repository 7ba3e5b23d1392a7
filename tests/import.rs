//! Integration analyses: read into a configuration, and checked against a survey.

mod checking;
mod forms;
mod properties;
mod reading;
mod remarks;
mod support;
