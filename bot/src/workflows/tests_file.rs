//! The inputs of the cells, written into the workflow that tests them.

use std::collections::BTreeSet;

/// What stands in the template where the inputs of the cells go, and where the commands are given them.
const INPUT: &str = "      version:\n        description: Of the cell; INPUT_VERSION in the commands' environment\n        default: \"\"\n";
const VARIABLE: &str = "          INPUT_VERSION: ${{ inputs.version }}\n";

/// Words that YAML takes for something else than a text, where they stand bare.
const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// The template with these inputs instead of its example.
pub(super) fn with_inputs(template: &str, inputs: &BTreeSet<String>) -> String {
    // Of two that would be one variable the first is kept: a file that has both is none.
    let mut seen = BTreeSet::new();
    let inputs: Vec<&String> = inputs.iter().filter(|input| seen.insert(variable(input))).collect();
    let key = |input: &str| {
        let word = WORDS.contains(&&*input.to_ascii_lowercase());
        if word { format!("\"{input}\"") } else { input.to_owned() }
    };
    let described = |input: &&String| {
        let variable = variable(input);
        format!(
            "      {}:\n        description: Of the cell; {variable} in the commands' environment\n        default: \"\"\n",
            key(input)
        )
    };
    let given = |input: &&String| format!("          {}: ${{{{ inputs.{input} }}}}\n", variable(input));
    template
        .replace(INPUT, &inputs.iter().map(described).collect::<String>())
        .replace(VARIABLE, &inputs.iter().map(given).collect::<String>())
}

/// The variable that the commands have an input in. Its beginning keeps it apart from those that a shell goes by.
fn variable(input: &str) -> String {
    format!("INPUT_{}", input.to_ascii_uppercase().replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_input_is_taken_and_handed_on_as_a_variable() {
        let template = include_str!("uptake-tests.yml");
        let text = with_inputs(template, &["go-version".to_owned(), "on".to_owned()].into());
        let document: serde_yaml_ng::Value = serde_yaml_ng::from_str(&text).expect("YAML");
        let inputs = &document["on"]["workflow_dispatch"]["inputs"];
        assert!(inputs["go-version"].is_mapping() && inputs["on"].is_mapping() && inputs.get("version").is_none());
        for line in ["          INPUT_GO_VERSION: ${{ inputs.go-version }}\n", "          INPUT_ON: ${{ inputs.on }}\n"]
        {
            assert!(text.contains(line), "{text}");
        }
        assert!(!text.contains("INPUT_VERSION:"), "{text}");
        let none = with_inputs(template, &BTreeSet::new());
        assert_eq!(none.len(), template.len() - INPUT.len() - VARIABLE.len());
    }
}
