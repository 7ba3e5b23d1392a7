//! What holds for every comment, however it came about.

use proptest::prelude::*;
use uptake::chatops::{LONGEST, lines, parse, reply};

/// Pieces comments are made of, whole and broken.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "/(pick|skip|hold|move|retest|resolve|help|why|uptake|[a-z]{1,8}) ?[a-f0-9]{0,9} ?.{0,12}",
        3 => "(\n|\r\n|  \n|\\\\\n|\n\n)",
        2 => "(> |- |1\\. |    |\t|# |```|~~~|`|\\*\\*|~~|<!--|-->|\\[|\\]\\(|\\||---\n)",
        1 => "</?(pre|details|code|div|b|blockquote)>",
        1 => "\\PC{0,20}",
        1 => ".{0,8}",
    ]
}

fn config() -> ProptestConfig {
    // `UPTAKE_PROPERTY_CASES=1000000` looks longer, for instance after a change to the reader.
    let cases = std::env::var("UPTAKE_PROPERTY_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { failure_persistence: None, cases: cases.unwrap_or(256), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_comment_is_too_odd_to_read(pieces in proptest::collection::vec(piece(), 0..40)) {
        let body = pieces.concat();
        let found = lines(&body);
        for line in &found {
            prop_assert!(line.text.starts_with('/'), "{:?}", line);
            prop_assert!(!line.text.contains('\n'));
            prop_assert!(line.number >= 1 && line.number <= body.matches('\n').count() + 1);
            for prefix in ["", "uptake"] {
                let _said = parse(&line.text, prefix);
            }
        }
        prop_assert!(found.windows(2).all(|pair| pair[0].number <= pair[1].number));
    }

    #[test]
    fn what_is_put_in_a_quote_or_in_code_is_never_said(pieces in proptest::collection::vec(piece(), 0..20)) {
        let body = pieces.concat().replace('\r', "\n");
        let quoted: String = body.split('\n').map(|line| format!("> {line}\n")).collect();
        prop_assert_eq!(lines(&quoted), []);
        let indented: String = body.split('\n').map(|line| format!("        {line}\n")).collect();
        prop_assert_eq!(lines(&indented), []);
        let fence = "`".repeat(1 + body.split(|c| c != '`').map(str::len).max().unwrap_or(0).max(2));
        prop_assert_eq!(lines(&format!("{fence}\n{body}\n{fence}\n")), []);
    }

    #[test]
    fn no_reply_commands_anybody(pieces in proptest::collection::vec(piece(), 0..20)) {
        let reply = reply::reply(7, &[reply::ReplyPart { line: "/why a1b2c3d".into(), text: pieces.concat() }]);
        for line in reply.lines() {
            let mut after = line.trim_start().chars();
            prop_assert!(!(after.next() == Some('/') && after.next().is_some_and(char::is_alphabetic)), "{:?}", line);
        }
    }
}

#[test]
fn a_comment_twice_as_long_is_read_no_more_than_in_proportion() {
    // Steps are not counted anywhere, so what is held to is that the longest comments of the worst kinds are read at all: a reader
    // that took the square of their length would not come to an end within minutes.
    for piece in [
        "/hold\n",
        "/skip a1b2c3d x\n\n",
        "<b>\n/hold ",
        "- ",
        "> ",
        "[",
        "`a",
        "*a_",
        "<!-- ",
        "<details>\n\n",
        "a|b\n",
        "&#47;",
        "\\/",
    ] {
        let body = piece.repeat(LONGEST / piece.len());
        let found = lines(&body);
        let said = found.iter().filter_map(|line| parse(&line.text, "")).count();
        assert!(said <= found.len());
    }
    assert_eq!(lines(&"/hold\n".repeat(LONGEST)), []);
}
