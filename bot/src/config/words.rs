//! Words of the configuration that have a form, for the JSON schema: what an editor checks while people type is what the
//! shape check says too.
//!
//! The types are only ever named in `#[schemars(with = …)]`; the values themselves stay plain strings in [`super::raw`].

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// The longest label GitHub takes, in characters.
pub(super) const LABEL_MAX: usize = 50;

macro_rules! word {
    ($(#[$doc:meta])* $name:ident { $($schema:tt)* }) => {
        $(#[$doc])*
        pub(super) struct $name;

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", $($schema)* })
            }
        }
    };
}

word!(
    /// A phase's short name; it becomes a branch name and a label.
    PhaseIdForm {
        "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$",
        "patternErrorMessage": "an id is made of lower-case letters and digits, with single dashes between words, such as `build-fixes`",
        "maxLength": 40
    }
);
word!(
    /// A title: one line, short enough for a pull request.
    Title {
        "pattern": r"^\S(.*\S)?$",
        "patternErrorMessage": "a title is one line of text",
        "maxLength": 200
    }
);
word!(
    /// A reason: one line, since it stands in tables.
    Reason {
        "pattern": r"^\S(.*\S)?$",
        "patternErrorMessage": "a reason is one line of text",
        "maxLength": 1000
    }
);
word!(
    /// A repository on GitHub.
    Repository {
        "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9._-]+$",
        "patternErrorMessage": "a repository is written `owner/name`, as its address ends on GitHub"
    }
);
word!(
    /// A branch, without `refs/heads/`. Git's full rules are checked where the configuration is.
    Branch {
        "pattern": r"^[^\s~^:?*\[\\/.-][^\s~^:?*\[\\]*$",
        "patternErrorMessage": "a branch is written by its plain name, such as `main` or `release/1.x`"
    }
);
word!(
    /// The type of a conventional commit.
    CommitType {
        "pattern": "^[A-Za-z][A-Za-z0-9-]*$",
        "patternErrorMessage": "a type is the one word a subject starts with, before any `(`, `!` or `:`, such as `fix`"
    }
);
word!(
    /// A calendar day.
    Day {
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        "patternErrorMessage": "a day is written year-month-day, such as `2025-11-22`"
    }
);
word!(
    /// A CUDA version.
    CudaVersion {
        "pattern": r"^[0-9]+\.[0-9]+$",
        "patternErrorMessage": "a CUDA version is two numbers with a dot between them, in quotes, such as \"13.0\""
    }
);
word!(
    /// A cell's name; it stands in statuses, titles of runs and comments.
    CellNameForm {
        "pattern": r"^[a-z][a-z0-9]*([._-][a-z0-9]+)*$",
        "patternErrorMessage": "a cell's name begins with a lower-case letter, and goes on with lower-case letters and digits, with single dashes, dots or `_` between them, such as `go-1.22`",
        "maxLength": 40
    }
);
word!(
    /// A workflow's file.
    WorkflowFile {
        "pattern": r"^[A-Za-z0-9_-][A-Za-z0-9._-]*\.ya?ml$",
        "patternErrorMessage": "a workflow is written by its file's name alone, such as `uptake-gpu.yml`"
    }
);
word!(
    /// A container image.
    Image {
        "pattern": r"^[a-z0-9][A-Za-z0-9._/:@-]*$",
        "patternErrorMessage": "an image is written with its tag or digest, such as `nvidia/cuda:13.0.0-cudnn-devel-ubuntu22.04`",
        "maxLength": 300
    }
);
word!(
    /// An input of a workflow.
    InputName {
        "pattern": "^[A-Za-z_][A-Za-z0-9_-]*$",
        "patternErrorMessage": "an input's name begins with a letter or `_`, and goes on with letters, digits, `-` and `_`"
    }
);
word!(
    /// The value of an input.
    InputValue {
        "maxLength": 1000
    }
);

/// Inputs of a workflow by their names.
pub(super) struct InputMap;

impl JsonSchema for InputMap {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "InputMap".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "propertyNames": InputName::json_schema(generator),
            "additionalProperties": InputValue::json_schema(generator)
        })
    }
}

word!(
    /// An account on GitHub.
    Account {
        "pattern": "^[A-Za-z0-9_]+(-[A-Za-z0-9_]+)*$",
        "patternErrorMessage": "an account is written by its login, without `@`",
        "maxLength": 50
    }
);
word!(
    /// An account on GitHub, or a team of an organisation.
    Reviewer {
        "pattern": "^[A-Za-z0-9_]+(-[A-Za-z0-9_]+)*(/[A-Za-z0-9_]+(-[A-Za-z0-9_]+)*)?$",
        "patternErrorMessage": "a reviewer is an account by its login, or a team as `organisation/team`, without `@`",
        "maxLength": 100
    }
);
word!(
    /// A committer's name.
    PersonName {
        "pattern": r"^[^\s<>@]([^<>@\r\n]*[^\s<>@])?$",
        "patternErrorMessage": "a name is one line without `<`, `>` and `@`",
        "maxLength": 100
    }
);
word!(
    /// A committer's address.
    Email {
        "pattern": r"^[^\s<>@]+@[^\s<>@]+$",
        "patternErrorMessage": "an address is written `name@host`, such as `123+name@users.noreply.github.com`",
        "maxLength": 200
    }
);
word!(
    /// A public SSH key.
    PublicKey {
        "pattern": r"^ssh-ed25519 [A-Za-z0-9+/]{68}( .*)?$",
        "patternErrorMessage": "a key is one line, `ssh-ed25519 AAAA…`, as its file ending in `.pub` has it; other kinds of key do not sign the same bytes the same way twice"
    }
);
word!(
    /// A label.
    Label {
        "pattern": r"^\S(.*\S)?$",
        "patternErrorMessage": "a label is one line of text",
        "maxLength": LABEL_MAX
    }
);
word!(
    /// The beginning of a label; it may be empty.
    LabelStart {
        "pattern": "^.*$",
        "patternErrorMessage": "a label is one line of text",
        "maxLength": LABEL_MAX
    }
);
word!(
    /// The word before a slash command; it may be empty.
    Prefix {
        "pattern": "^([a-z][a-z0-9-]*)?$",
        "patternErrorMessage": "a prefix is one word of lower-case letters, digits and dashes, without the slash, such as `uptake`"
    }
);
word!(
    /// A text that says something.
    Text { "minLength": 1 }
);
