//! Integration analyses: read into a configuration, and checked against a survey.

mod checking;
mod facts;
mod forms;
mod properties;
mod range;
mod reading;
mod remarks;
mod support;
