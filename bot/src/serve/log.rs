//! What the server says of its work: a line for each thing, with the fork, the deliveries and the time that it took, for people and for
//! programs.

use std::fmt::Write;
use std::time::Duration;

use serde_json::{Map, Value};

use super::delivery::Delivery;
use crate::moment::Moment;
use crate::text::visible;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// The server cannot do its work.
    Error,
    /// Something was not done.
    Warn,
    /// What was done.
    Info,
    /// Each delivery.
    Debug,
}

impl LogLevel {
    const fn word(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::Warn => "WARN",
            Self::Info => "INFO",
            Self::Debug => "DEBUG",
        }
    }

    /// The least level that is written, as `RUST_LOG` has it: a level alone, or for this program, `uptake=debug`. `None`: nothing is. What is
    /// said of other programs' parts is passed over, and a word that is no level leaves it at `info`.
    #[must_use]
    pub fn of_variable(text: &str) -> Option<Self> {
        let mut level = Some(Self::Info);
        for directive in text.split(',').map(str::trim) {
            let word = match directive.split_once('=') {
                Some((target, word)) if target.trim() == "uptake" || target.trim().starts_with("uptake::") => word,
                Some(_) => continue,
                None => directive,
            };
            level = match word.trim().to_ascii_lowercase().as_str() {
                "off" => None,
                "error" => Some(Self::Error),
                "warn" => Some(Self::Warn),
                "info" => Some(Self::Info),
                "debug" | "trace" => Some(Self::Debug),
                _ => level,
            };
        }
        level
    }
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRecord {
    pub level: LogLevel,
    /// In words.
    pub message: String,
    /// `owner/name`, where it is about one.
    pub fork: Option<String>,
    /// The ids of the deliveries, and the events that they are of.
    pub deliveries: Vec<String>,
    pub events: Vec<String>,
    /// How long it took.
    pub took: Option<Duration>,
    /// What came of it, in a word.
    pub outcome: Option<&'static str>,
}

impl LogRecord {
    pub(super) const fn new(level: LogLevel, message: String) -> Self {
        Self { level, message, fork: None, deliveries: Vec::new(), events: Vec::new(), took: None, outcome: None }
    }

    /// A line on deliveries of one fork.
    pub(super) fn of<'a>(
        level: LogLevel,
        message: String,
        fork: &str,
        deliveries: impl IntoIterator<Item = &'a Delivery>,
    ) -> Self {
        let mut record = Self { fork: Some(fork.to_owned()), ..Self::new(level, message) };
        for delivery in deliveries {
            record.deliveries.push(delivery.id.clone());
            if !delivery.event.is_empty() && !record.events.contains(&delivery.event) {
                record.events.push(delivery.event.clone());
            }
        }
        record
    }

    pub(super) fn outcome(self, outcome: &'static str) -> Self {
        Self { outcome: Some(outcome), ..self }
    }

    pub(super) fn took(self, took: Duration) -> Self {
        Self { took: Some(took), ..self }
    }

    /// For people, on one line.
    #[must_use]
    pub fn text(&self, now: Moment) -> String {
        let mut line = format!("{now} {:5} ", self.level.word());
        if let Some(fork) = &self.fork {
            let _ = write!(line, "{fork}: ");
        }
        line.push_str(&visible(&self.message).replace('\n', " "));
        let mut scope = Vec::new();
        scope.extend(self.outcome.map(|outcome| format!("outcome={outcome}")));
        scope.extend(self.took.map(|took| format!("took={:.3}s", took.as_secs_f64())));
        if !self.events.is_empty() {
            scope.push(format!("event={}", self.events.join(",")));
        }
        if !self.deliveries.is_empty() {
            scope.push(format!("delivery={}", self.deliveries.join(",")));
        }
        if !scope.is_empty() {
            let _ = write!(line, " [{}]", scope.join(" "));
        }
        line
    }

    /// For programs: an object on one line.
    #[must_use]
    pub fn json(&self, now: Moment) -> String {
        let mut fields = Map::new();
        let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
        put("time", now.to_string().into());
        put("level", self.level.word().into());
        put("message", self.message.as_str().into());
        if let Some(fork) = &self.fork {
            put("fork", fork.as_str().into());
        }
        if let Some(outcome) = self.outcome {
            put("outcome", outcome.into());
        }
        if let Some(took) = self.took {
            put("took_seconds", took.as_secs_f64().into());
        }
        if !self.events.is_empty() {
            put("events", self.events.clone().into());
        }
        if !self.deliveries.is_empty() {
            put("deliveries", self.deliveries.clone().into());
        }
        Value::Object(fields).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_it_is_about_in_both_forms() {
        let now: Moment = "2025-11-22T09:00:00Z".parse().expect("a moment");
        let record = LogRecord {
            level: LogLevel::Warn,
            message: "failed:\n\u{1b}[31m\"no\"".to_owned(),
            fork: Some("o/f".to_owned()),
            deliveries: vec!["one".to_owned(), "two".to_owned()],
            events: vec!["push".to_owned()],
            took: Some(Duration::from_millis(1500)),
            outcome: Some("failed"),
        };
        let text = record.text(now);
        assert!(!text.contains('\u{1b}') && !text.contains('\n'), "{text:?}");
        assert!(text.starts_with("2025-11-22T09:00:00Z WARN  o/f: failed: "), "{text}");
        assert!(text.ends_with(" [outcome=failed took=1.500s event=push delivery=one,two]"), "{text}");
        let json: Value = serde_json::from_str(&record.json(now)).expect("JSON");
        assert_eq!((json["fork"].as_str(), json["took_seconds"].as_f64()), (Some("o/f"), Some(1.5)));
        assert_eq!(json["message"].as_str(), Some(record.message.as_str()));
        let plain = LogRecord::new(LogLevel::Info, "ready".to_owned());
        assert_eq!(plain.text(now), "2025-11-22T09:00:00Z INFO  ready");
    }

    #[test]
    fn the_variable_says_how_much_is_written() {
        for (text, level) in [
            ("", Some(LogLevel::Info)),
            ("warn", Some(LogLevel::Warn)),
            ("hyper=debug", Some(LogLevel::Info)),
            ("warn,uptake=DEBUG,hyper=off", Some(LogLevel::Debug)),
            ("uptake::serve=error", Some(LogLevel::Error)),
            ("off", None),
            ("loud", Some(LogLevel::Info)),
        ] {
            assert_eq!(LogLevel::of_variable(text), level, "{text}");
        }
    }
}
