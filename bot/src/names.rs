//! Names that are texts, each of a type of its own, so that none is taken for another.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize};

use crate::text::code;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        name! { $(#[$doc])* $name by std::convert::identity }
    };
    ($(#[$doc:meta])* $name:ident by $whole:path) => {
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The name as a text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl<T: Into<String>> From<T> for $name {
            fn from(text: T) -> Self {
                Self($whole(text.into()))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::from)
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                String::schema_name()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                String::json_schema(generator)
            }

            fn inline_schema() -> bool {
                true
            }
        }
    };
}

name! {
    /// A cell of the test matrix, such as `go-1.22`. The cell of a CUDA version is `cuda-13.0`, and made from `13.0` as well, which is no
    /// other cell's name.
    CellName by whole
}

/// How the names of CUDA's cells begin.
const CUDA: &str = "cuda-";

fn whole(text: String) -> String {
    if is_version(&text) { format!("{CUDA}{text}") } else { text }
}

/// Two numbers with a dot between them.
fn is_version(text: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.').is_some_and(|(major, minor)| number(major) && number(minor))
}

/// The key `cell` of a file as it was once: `cuda`, with the version alone. What reads it has that alias.
pub fn cell_or_cuda(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(properties) = object.get_mut("properties").and_then(|value| value.as_object_mut())
        && let Some(cell) = properties.get("cell").cloned()
    {
        properties.insert("cuda".to_owned(), cell);
    }
    if let Some(required) = object.get_mut("required").and_then(|value| value.as_array_mut()) {
        required.retain(|key| key != "cell");
    }
}

impl CellName {
    /// The CUDA version, where the cell is one's.
    #[must_use]
    pub fn cuda(&self) -> Option<&str> {
        self.0.strip_prefix(CUDA).filter(|version| is_version(version))
    }

    /// The name, but of a CUDA version's cell the version alone.
    #[must_use]
    pub fn short(&self) -> &str {
        self.cuda().unwrap_or(&self.0)
    }

    /// As people call it in plain text: `CUDA 13.0`, `go-1.22`.
    #[must_use]
    pub fn title(&self) -> Cow<'_, str> {
        self.cuda().map_or(Cow::Borrowed(&self.0), |version| Cow::Owned(format!("CUDA {version}")))
    }

    /// The same as Markdown, its name in backticks.
    #[must_use]
    pub fn marked(&self) -> String {
        self.cuda().map_or_else(|| code(&self.0), |version| format!("CUDA {}", code(version)))
    }
}

name! {
    /// The id of a phase, as the configuration gives it.
    PhaseId
}

name! {
    /// A branch by its short name, such as `main` or `uptake/fixes`.
    BranchName
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cuda_version_and_its_cell_are_one_name() {
        let name = CellName::from("13.0");
        assert_eq!((&*name, name.short(), &*name.title()), ("cuda-13.0", "13.0", "CUDA 13.0"));
        assert_eq!(CellName::from("cuda-13.0"), name);
        assert_eq!(serde_yaml_ng::from_str::<CellName>("'13.0'").expect("a name"), name);
        for other in ["go-1.22", "cuda-latest", "cuda-13.0-debug", "ubuntu"] {
            let name = CellName::from(other);
            assert_eq!((&*name, name.short(), &*name.title(), name.cuda()), (other, other, other, None));
        }
    }
}
