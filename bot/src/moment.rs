//! A moment, written as RFC 3339 has it: in the ledger's files, in markers, on a forge.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use engine::commit::When;

/// When something happened. Kept in UTC, so that two are compared as moments and not as text; 1970 where nobody knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(Timestamp);

impl Moment {
    /// The moment without fractions of a second, as decisions have it.
    #[must_use]
    pub fn to_second(time: Timestamp) -> Self {
        Self(Timestamp::from_second(time.as_second()).unwrap_or(time))
    }

    /// The day, `2025-11-22`.
    #[must_use]
    pub fn day(self) -> String {
        self.0.strftime("%F").to_string()
    }

    /// The moment as the clock has it.
    #[must_use]
    pub const fn time(self) -> Timestamp {
        self.0
    }
}

impl From<Timestamp> for Moment {
    fn from(time: Timestamp) -> Self {
        Self(time)
    }
}

impl From<When> for Moment {
    fn from(when: When) -> Self {
        Self(Timestamp::from_second(when.seconds).unwrap_or_default())
    }
}

impl FromStr for Moment {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Moment {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$",
            "patternErrorMessage": "a moment is written like `2025-11-22T10:00:00Z`"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_compared_as_such_and_written_in_one_way() {
        let moment = |text: &str| text.parse::<Moment>().expect("a moment");
        assert_eq!(moment("2025-11-22T11:00:00+01:00"), moment("2025-11-22T10:00:00Z"));
        assert!(moment("2025-11-22T11:30:00+02:00") < moment("2025-11-22T10:00:00Z"), "by text it is the later");
        assert_eq!(moment("2025-11-22T11:00:00.5+01:00").to_string(), "2025-11-22T10:00:00.5Z");
        assert_eq!(serde_json::to_string(&moment("2025-11-22T10:00:00Z")).expect("JSON"), "\"2025-11-22T10:00:00Z\"");
        assert_eq!(moment("2025-11-22T23:59:59Z").day(), "2025-11-22");
        assert!(serde_json::from_str::<Moment>("\"yesterday\"").is_err());
    }
}
