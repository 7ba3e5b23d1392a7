//! The documentation: its reference is what the program goes by, and no link in it leads nowhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use uptake::cli::{all_help, reference};

use crate::support::uptake;

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").to_path_buf()
}

#[test]
fn the_reference_is_what_the_program_goes_by() {
    for page in reference() {
        is_current(&top().join("docs/src/reference").join(page.file), &page.text);
    }
}

/// Compares a file with what it is to be, or writes it.
fn is_current(path: &Path, text: &str) {
    if std::env::var_os("UPTAKE_WRITE").is_some() {
        fs::write(path, text).expect("written");
    }
    let there = fs::read_to_string(path).unwrap_or_default();
    assert!(
        there == text,
        "{} is not current. To write it: UPTAKE_WRITE=1 cargo test --locked --test scenarios docs::",
        path.display()
    );
}

#[test]
fn the_help_of_every_command_is_as_it_was_read_to_the_byte() {
    let help = all_help();
    is_current(&top().join("tests/help.txt"), &help);
    // It is what the program prints, where nothing says how wide the terminal is.
    for command in ["uptake", "uptake plan", "uptake decide taken", "uptake ledger show"] {
        let words: Vec<&str> = command.split(' ').skip(1).chain(["--help"]).collect();
        let (code, said, error) = uptake(&top(), &words);
        assert_eq!((code, error.as_str()), (0, ""), "{command}");
        assert!(help.contains(&format!("$ {command} --help\n{}\n", said.trim_end())), "{command}:\n{said}");
    }
}

/// All pages that people read, and their text.
fn pages() -> Vec<(PathBuf, String)> {
    let mut found: Vec<PathBuf> = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "RELEASING.md"]
        .map(|name| top().join(name))
        .into();
    let mut folders = vec![top().join("docs/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found.into_iter().map(|path| (path.clone(), fs::read_to_string(&path).expect("text"))).collect()
}

/// Where a page's links lead, and the anchors it has, as GitHub and mdBook name them.
fn links_and_anchors(text: &str) -> (Vec<String>, BTreeSet<String>) {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
    let (mut links, mut anchors) = (Vec::new(), BTreeSet::new());
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => links.push(dest_url.to_string()),
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(part) | Event::Code(part) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&part);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let kept = heading.take().unwrap_or_default().to_lowercase();
                let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
                anchors.insert(kept.map(|c| if c == ' ' { '-' } else { c }).collect());
            }
            _ => {}
        }
    }
    (links, anchors)
}

#[test]
fn no_link_leads_nowhere() {
    let pages = pages();
    let mut broken = Vec::new();
    for (path, text) in &pages {
        for link in links_and_anchors(text).0 {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if file.is_empty() { path.clone() } else { path.parent().expect("a folder").join(file) };
            let there = fs::canonicalize(&target).is_ok();
            let text = pages.iter().find(|(page, _)| fs::canonicalize(page).ok() == fs::canonicalize(&target).ok());
            let anchored =
                anchor.is_empty() || text.is_some_and(|(_, text)| links_and_anchors(text).1.contains(anchor));
            if !there || !anchored {
                broken.push(format!("{}: {link}", path.strip_prefix(top()).expect("below").display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_readme_compares_by_the_figures_that_the_design_says_how_to_count() {
    let text = |page: &str| fs::read_to_string(top().join(page)).expect("text");
    let figures = |text: &str| -> BTreeSet<(u32, u32)> {
        let pattern = regex::Regex::new(r"(\d+) (?:places )?in (\d+) files").expect("a pattern");
        pattern.captures_iter(text).map(|found| [1, 2].map(|at| found[at].parse().expect("a number")).into()).collect()
    };
    let design = text("docs/src/design.md");
    let counted = design.lines().find(|line| line.starts_with("| what a person decides |")).expect("the row");
    let counted = figures(counted);
    assert_eq!(counted.len(), 5, "{counted:?}");
    assert_eq!(figures(&text("README.md")), counted);
}

#[test]
fn every_page_is_in_the_table_of_contents() {
    let summary = fs::read_to_string(top().join("docs/src/SUMMARY.md")).expect("text");
    let listed: BTreeSet<String> = links_and_anchors(&summary).0.into_iter().collect();
    let folder = top().join("docs/src");
    let there: BTreeSet<String> = pages()
        .into_iter()
        .filter_map(|(path, _)| path.strip_prefix(&folder).ok().map(|it| it.to_string_lossy().replace('\\', "/")))
        .filter(|name| name != "SUMMARY.md")
        .collect();
    assert_eq!(listed, there);
}
