//! Facts made by someone who wants the report to do something.

use engine::commit::{Signature, When};
use engine::path::RepoPath;
use uptake::config::Cell;
use uptake::moment::Moment;
use uptake::pick::answer::Origin;
use uptake::pick::{Attribution, CommitSummary, Conflict, DroppedLines, Resolution, ResolvedBy};
use uptake::pick::{Method, Remark, ResolutionNote};
use uptake::plan::{LeftOut, Reason};
use uptake::survey::RiskReason;
use uptake::view::report::{html, markdown};

use super::facts::{Owned, conflict, id, small};

const TEXTS: [&str; 8] = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)' autofocus onfocus='alert(1)",
    "a | b | c || d \\| e",
    "`code` ``` \n```\n# heading\n- [x](javascript:alert(1)) ![i](https://evil.example/i.png)",
    "safe\u{202e}txt.exe\u{2066}\u{200b} \u{1b}[31m",
    "thanks @octocat and @org/team, Fixes #12, owner/repo#34, GH-56 https://github.com/o/r/issues/7",
    "{{ view }} {% include 'page.html' %} {# x #} </title></svg></style><!-- ]]>",
    "$(touch /tmp/x); `id` && rm -rf ~ # 'quoted'",
];

/// The small fork with this text in every place that others can write to.
fn with(text: &str) -> Owned {
    let mut owned = small();
    for commit in &mut owned.survey.commits {
        commit.subject = text.into();
        commit.author = Signature { name: text.into(), ..commit.author.clone() };
        commit.reasons = vec![RiskReason::Configured(text.into()), RiskReason::OwnPaths(vec![text.into()])];
        for path in &mut commit.conflicts {
            *path = RepoPath::from(text);
        }
    }
    owned.survey.merges[0].subject = text.into();
    for both in &mut owned.survey.files.both {
        both.path = RepoPath::from(format!("{text}{}", both.path).as_str());
    }
    owned.survey.files.local[0].pattern = text.into();
    owned.survey.files.local[0].upstream_commits = vec![id(2)];
    for phase in &mut owned.built.phases {
        phase.title = text.into();
        phase.branch = format!("uptake/{text}").into();
        phase.base = text.into();
        phase
            .left_out
            .push(LeftOut { sha: id(0xcc), reason: Reason::Excluded { reason: text.into(), rule: Some(text.into()) } });
        phase.left_out.push(LeftOut { sha: id(0xcd), reason: Reason::InPhase(text.into()) });
        phase.ci.cells = vec![Cell { name: text.into(), ..Cell::default() }];
        for pick in &mut phase.picks {
            pick.note = Some(text.into());
            pick.reasons = vec![RiskReason::Configured(text.into())];
            pick.conflicts = vec![Conflict {
                remarks: vec![Remark::Manifest(text.into()), Remark::Manual(text.into())],
                ..hostile(text)
            }];
            pick.resolutions = vec![resolution(text)];
            pick.commit = Some(id(0xdd));
        }
    }
    owned.config.upstream.repository = Some(text.into());
    owned.config.fork.repository = Some(text.into());
    owned
}

/// A conflict, and its resolving, of which everything says this.
fn hostile(text: &str) -> Conflict {
    let named = |n: u8| CommitSummary {
        sha: id(n),
        subject: text.into(),
        author: text.into(),
        date: When { seconds: 0, offset: 0 },
        verdict: None,
    };
    let whose = Attribution { fork: vec![named(0xd1)], picked: vec![named(0xd2)], upstream: vec![named(0xd3)] };
    let mut conflict = conflict(&format!("open {text}"));
    for hunk in &mut conflict.hunks {
        hunk.ours = vec![text.into(); 40];
        hunk.theirs = vec![text.into(); 40];
    }
    conflict.whose = vec![whose.clone(), whose];
    conflict
}

fn resolution(text: &str) -> Resolution {
    let origin = Origin { who: text.into(), when: Moment::default(), link: Some(text.into()) };
    Resolution {
        path: RepoPath::from(text),
        kind: None,
        by: ResolvedBy::Memory { key: text.into(), origin },
        how: Method::Keys,
        lost: DroppedLines { upstream: vec![text.into()], fork: vec![text.into()], stays: Vec::new() },
        notes: vec![ResolutionNote::Manifest(text.into())],
    }
}

/// The tags and attributes of a page, its style and script left out. Enough of a reader for markup that escapes every `<` and
/// `"` of a text; it fails on anything else.
fn markup(page: &str) -> Vec<(String, Vec<String>)> {
    let mut out = Vec::new();
    let mut rest = page;
    while let Some((_, tag)) = rest.split_once('<') {
        let name: String = tag.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '!')).collect();
        let mut attributes = Vec::new();
        let mut at = &tag[name.len()..];
        loop {
            at = at.trim_start();
            if let Some(after) = at.strip_prefix('>').or_else(|| at.strip_prefix("/>")) {
                rest = after;
                break;
            }
            let end = at.find(['=', '>', ' ', '/']).unwrap_or_else(|| panic!("<{name} does not end"));
            assert!(end > 0, "<{name} goes on with {:?}", at.chars().take(40).collect::<String>());
            attributes.push(at[..end].to_owned());
            at = &at[end..];
            if let Some(value) = at.strip_prefix("=\"") {
                at = value.split_once('"').unwrap_or_else(|| panic!("<{name} has an open quote")).1;
            }
        }
        if matches!(name.as_str(), "style" | "script") {
            rest = rest.split_once(&format!("</{name}>")).unwrap_or_else(|| panic!("<{name}> is open")).1;
        }
        out.push((name, attributes));
    }
    out
}

#[test]
fn no_text_adds_a_tag_or_an_attribute_to_the_page() {
    // The markup of harmless facts of the same shape; hostile ones must have exactly the same.
    let page = |text| html(&with(text).facts()).expect("the template renders");
    let harmless = markup(&page("harmless"));
    assert!(harmless.len() > 400, "the reader of markup sees only {} tags", harmless.len());
    for text in TEXTS {
        let hostile = markup(&page(text));
        for (at, (hostile, harmless)) in hostile.iter().zip(&harmless).enumerate() {
            assert_eq!(hostile, harmless, "tag {at} with {text:?}");
        }
        assert_eq!(hostile.len(), harmless.len(), "{text:?}");
    }
}

#[test]
fn no_text_turns_its_neighbours_around_or_hides_in_them() {
    for owned in TEXTS.map(with) {
        let shown = markdown(&owned.facts()) + &html(&owned.facts()).expect("the template renders");
        // The only invisible character is the one that disarms mentions.
        let hidden = |c: &char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{1b}' | '\u{feff}');
        assert_eq!(shown.chars().find(hidden), None);
    }
}

#[test]
fn a_table_keeps_its_columns() {
    for text in TEXTS {
        let markdown = markdown(&with(text).facts());
        let mut columns = None;
        let mut rows = 0;
        let mut fenced = false;
        for line in markdown.lines() {
            fenced ^= line.starts_with("```");
            if fenced || !line.starts_with('|') {
                columns = None;
                continue;
            }
            let bars = bars(line);
            assert_eq!(bars, *columns.get_or_insert(bars), "{text:?}: {line}");
            rows += 1;
        }
        assert!(rows > 40, "{rows} rows with {text:?}");
    }
}

/// The bars of a line that divide cells: those no backslash stands before.
fn bars(line: &str) -> usize {
    let mut escaped = false;
    let mut bars = 0;
    for c in line.chars() {
        bars += usize::from(c == '|' && !escaped);
        escaped = c == '\\' && !escaped;
    }
    bars
}

/// The Markdown without what stands in code, where nothing is live.
fn prose(markdown: &str) -> String {
    let mut out = String::new();
    let mut fence: Option<String> = None;
    for line in markdown.lines() {
        let ticks: String = line.chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if ticks == *open && line == ticks => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 => fence = Some(ticks),
            // HTML, in which ticks and brackets are just that.
            None if line.starts_with("<details>") => out.push_str(&line.replace(['[', ']'], "")),
            None => {
                out.push_str(&without_spans(line));
                out.push('\n');
            }
        }
    }
    assert_eq!(fence, None, "a fence is open at the end");
    out
}

fn without_spans(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        if before.ends_with('\\') {
            out.push('`');
            rest = &from[1..];
            continue;
        }
        let ticks = from.len() - from.trim_start_matches('`').len();
        let mut end = None;
        let mut at = ticks;
        while let Some(next) = from[at..].find('`').map(|next| at + next) {
            let run = from[next..].len() - from[next..].trim_start_matches('`').len();
            if run == ticks {
                end = Some(next + run);
                break;
            }
            at = next + run;
        }
        rest = &from[end.unwrap_or_else(|| panic!("a code span is open: {line}"))..];
    }
    out + rest
}

#[test]
fn no_text_is_live_in_markdown() {
    for text in TEXTS {
        let prose = prose(&markdown(&with(text).facts()));
        for live in ["<script", "<img", "@octocat", "@org", "#12", "#34", "GH-56", "https://github", "![i]"] {
            assert!(!prose.contains(live), "{live} is live with {text:?}:\n{prose}");
        }
        // Upstream's repository is hostile too, so nothing at all may link.
        let links = prose.match_indices("](").filter(|(at, _)| !prose[..*at].ends_with('\\')).count();
        assert_eq!(links, 0, "{text:?}");
        // `<details>` is ours.
        let tags = prose.matches('<').count();
        let ours = prose.matches("<details><summary>").count() * 2 + prose.matches("</").count();
        let ours = ours + prose.matches("<code>").count() + prose.matches("<br>").count();
        assert_eq!(tags, ours, "{text:?}");
    }
}

#[test]
fn no_text_reaches_the_commands() {
    for text in TEXTS {
        let markdown = markdown(&with(text).facts());
        let (switches, others): (Vec<&str>, Vec<&str>) = markdown
            .lines()
            .filter(|line| line.starts_with("git switch"))
            .partition(|line| line.starts_with("git switch -c "));
        for line in others {
            let rest =
                line.strip_prefix("git switch ").and_then(|rest| rest.split_once(" && git pull --ff-only && git "));
            let word = rest.map(|(word, _)| word).unwrap_or_default().replace(r"'\''", "");
            let quoted = word.len() > 2 && word.starts_with('\'') && word.ends_with('\'');
            assert!(quoted && !word[1..word.len() - 1].contains('\''), "{line}");
        }
        assert_eq!(switches.len(), 2, "{text:?}: {switches:?}");
        for line in switches {
            let words = line.strip_prefix("git switch -c uptake/").and_then(|rest| rest.split_once(' '));
            let base = words.map(|(_, base)| base).unwrap_or_default();
            let quoted = base.starts_with('\'') && base.ends_with('\'');
            assert!(quoted && !base[1..base.len() - 1].replace(r"'\''", "").contains('\''), "{line}");
        }
    }
}
