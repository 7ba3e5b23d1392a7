//! Each command: who may say it, what it decides or asks, and what is replied.

use std::fmt::Write;

use engine::ids::CommitId;
use uptake::chatops::command::COMMANDS;
use uptake::chatops::{CommandContext, Effect, NotAccepted, PhaseInfo, handle, parse_comment, reply};
use uptake::config::raw::{Access, CommandSettings};
use uptake::forge::{Comment, Permission};

fn comment(body: &str) -> Comment {
    Comment {
        id: 71,
        author: "maintainer".into(),
        bot: false,
        body: body.into(),
        created: "2025-11-22T10:00:00Z".parse().expect("a moment"),
        edited: false,
        link: "https://example.org/pull/1#issuecomment-71".into(),
    }
}

fn phases() -> Vec<PhaseInfo> {
    let phase = |id: &str, cells: &[&str]| PhaseInfo {
        id: id.into(),
        head: Some(CommitId::from_bytes([0x11; 20])),
        cells: cells.iter().map(|cell| (*cell).into()).collect(),
        paths: vec!["src/main.rs".into(), "src/scheduler.rs".into()],
    };
    vec![phase("fixes", &["12.9", "13.0"]), phase("docs", &[])]
}

fn find(sha: &str) -> Result<CommitId, String> {
    match sha {
        "a1b2c3d" => Ok(CommitId::from_bytes([0xa1; 20])),
        "aaaa" => Err("aaaa may be any of several: aaaa1 (Fix #1), aaaa2 (Thank @someone)".into()),
        _ => Err(format!("{sha} is no commit of this repository")),
    }
}

/// What is proposed for a file, by its name.
fn accept(_: CommitId, path: &str, named: Option<&str>) -> Result<String, NotAccepted> {
    match path {
        "src/main.rs" if named.is_none_or(|named| named == "0123abcde") => Ok("0123abcde".into()),
        "src/main.rs" => Err(NotAccepted::Another),
        _ => Err(NotAccepted::NoDecision),
    }
}

/// What is done about a comment, as text; `here` is the phase whose pull request it stands in.
fn done(body: &str, permission: Permission, here: Option<usize>, commands: &CommandSettings) -> String {
    let comment = comment(body);
    let phases = phases();
    let scene = CommandContext {
        here: here.map(|at| &phases[at]),
        phases: &phases,
        find: &find,
        find_ours: &find,
        accept: &accept,
    };
    let mut text = String::new();
    for effect in handle(&comment, &parse_comment(&comment, commands), &scene, permission, commands) {
        let _ = match effect {
            Effect::React(reaction) => write!(text, "[{reaction:?}] "),
            Effect::Decide(decision) => {
                assert_eq!(
                    (decision.by.as_str(), decision.when.to_string().as_str()),
                    ("maintainer", "2025-11-22T10:00:00Z")
                );
                assert_eq!(decision.link.as_deref(), Some("https://example.org/pull/1#issuecomment-71"));
                let ruling = serde_json::to_string(&decision.ruling).expect("JSON");
                let ruling = ruling.replace(&"a1".repeat(20), "A1").replace(&"11".repeat(20), "HEAD");
                write!(
                    text,
                    "decide {ruling}{} ",
                    decision.why.map(|why| format!(" since {why:?}")).unwrap_or_default()
                )
            }
            Effect::Answer { question, .. } => {
                write!(text, "answer {} ", format!("{question:?}").replace(&"a1".repeat(20), "A1"))
            }
            Effect::Tell { text: described, .. } => write!(text, "say {described:?} "),
        };
    }
    text.trim_end().replace('\u{200b}', "·").to_owned()
}

fn writer(body: &str) -> String {
    done(body, Permission::Write, Some(0), &CommandSettings::default())
}

/// A right use of each command, in the table's order.
const RIGHT: [&str; 17] = [
    "/pick a1b2c3d",
    "/skip a1b2c3d too big",
    "/defer a1b2c3d",
    "/taken a1b2c3d as a1b2c3d",
    "/move a1b2c3d docs",
    "/resolve src/main.rs union",
    "/accept a1b2c3d src/main.rs 0123abcde",
    "/needs a1b2c3d",
    "/why a1b2c3d",
    "/rebuild",
    "/hold",
    "/unhold",
    "/reopen",
    "/retest cuda 13.0",
    "/bisect cuda 12.9",
    "/status",
    "/help",
];

fn each(described: impl Fn(&str) -> String) -> String {
    let names = RIGHT.map(|line| line[1..].split(' ').next().expect("a name"));
    assert_eq!(names.to_vec(), COMMANDS.iter().map(|entry| entry.name).collect::<Vec<_>>());
    RIGHT.iter().map(|line| format!("{line}\n  {}\n", described(line))).collect()
}

#[test]
fn each_command_of_a_writer_becomes_a_decision_or_an_answer() {
    insta::assert_snapshot!(each(writer), @r#"
    /pick a1b2c3d
      [Eyes] decide {"do":"pick","sha":"A1","phase":"fixes"} [Rocket]
    /skip a1b2c3d too big
      [Eyes] decide {"do":"skip","sha":"A1"} since "too big" [Rocket]
    /defer a1b2c3d
      [Eyes] decide {"do":"defer","sha":"A1"} [Rocket]
    /taken a1b2c3d as a1b2c3d
      [Eyes] decide {"do":"taken","sha":"A1","commit":"A1"} [Rocket]
    /move a1b2c3d docs
      [Eyes] decide {"do":"move","sha":"A1","phase":"docs"} [Rocket]
    /resolve src/main.rs union
      [Eyes] decide {"do":"resolve","phase":"fixes","path":"src/main.rs","how":"union"} [Rocket]
    /accept a1b2c3d src/main.rs 0123abcde
      [Eyes] decide {"do":"accept","phase":"fixes","sha":"A1","path":"src/main.rs","proposal":"0123abcde"} [Rocket]
    /needs a1b2c3d
      [Eyes] answer Needs(CommitId(A1)) [Rocket]
    /why a1b2c3d
      [Eyes] answer Why(CommitId(A1)) [Rocket]
    /rebuild
      [Eyes] decide {"do":"rebuild","phase":"fixes","head":"HEAD"} [Rocket]
    /hold
      [Eyes] decide {"do":"hold","phase":"fixes"} [Rocket]
    /unhold
      [Eyes] decide {"do":"unhold","phase":"fixes"} [Rocket]
    /reopen
      [Eyes] decide {"do":"reopen","phase":"fixes"} [Rocket]
    /retest cuda 13.0
      [Eyes] decide {"do":"retest","phase":"fixes","head":"HEAD","cells":["cuda-13.0"]} [Rocket]
    /bisect cuda 12.9
      [Eyes] decide {"do":"bisect","phase":"fixes","cell":"cuda-12.9","head":"HEAD"} [Rocket]
    /status
      [Eyes] answer Status(Some("fixes")) [Rocket]
    /help
      [Eyes] answer Help [Rocket]
    "#);
}

#[test]
fn each_command_of_a_stranger_is_refused_with_nothing_done() {
    let stranger = |line: &str| done(line, Permission::Read, Some(0), &CommandSettings::default());
    let described = each(stranger);
    assert!(!described.contains("decide") && !described.contains("answer"), "{described}");
    insta::assert_snapshot!(described, @r#"
    /pick a1b2c3d
      [Eyes] say "refused: `/pick` takes write access to this repository. Nothing was changed." [MinusOne]
    /skip a1b2c3d too big
      [Eyes] say "refused: `/skip` takes write access to this repository. Nothing was changed." [MinusOne]
    /defer a1b2c3d
      [Eyes] say "refused: `/defer` takes write access to this repository. Nothing was changed." [MinusOne]
    /taken a1b2c3d as a1b2c3d
      [Eyes] say "refused: `/taken` takes write access to this repository. Nothing was changed." [MinusOne]
    /move a1b2c3d docs
      [Eyes] say "refused: `/move` takes write access to this repository. Nothing was changed." [MinusOne]
    /resolve src/main.rs union
      [Eyes] say "refused: `/resolve` takes write access to this repository. Nothing was changed." [MinusOne]
    /accept a1b2c3d src/main.rs 0123abcde
      [Eyes] say "refused: `/accept` takes write access to this repository. Nothing was changed." [MinusOne]
    /needs a1b2c3d
      [Eyes] say "refused: `/needs` takes write access to this repository. Nothing was changed." [MinusOne]
    /why a1b2c3d
      [Eyes] say "refused: `/why` takes write access to this repository. Nothing was changed." [MinusOne]
    /rebuild
      [Eyes] say "refused: `/rebuild` takes write access to this repository. Nothing was changed." [MinusOne]
    /hold
      [Eyes] say "refused: `/hold` takes write access to this repository. Nothing was changed." [MinusOne]
    /unhold
      [Eyes] say "refused: `/unhold` takes write access to this repository. Nothing was changed." [MinusOne]
    /reopen
      [Eyes] say "refused: `/reopen` takes write access to this repository. Nothing was changed." [MinusOne]
    /retest cuda 13.0
      [Eyes] say "refused: `/retest` takes write access to this repository. Nothing was changed." [MinusOne]
    /bisect cuda 12.9
      [Eyes] say "refused: `/bisect` takes write access to this repository. Nothing was changed." [MinusOne]
    /status
      [Eyes] say "refused: `/status` takes write access to this repository. Nothing was changed." [MinusOne]
    /help
      [Eyes] say "refused: `/help` takes write access to this repository. Nothing was changed." [MinusOne]
    "#);
    assert_eq!(each(|line| done(line, Permission::None, Some(0), &CommandSettings::default())), described);
    assert_eq!(each(|line| done(line, Permission::Triage, Some(0), &CommandSettings::default())), described);
}

#[test]
fn testing_may_be_open_to_others() {
    let commands = CommandSettings { retest: Access::Triage, ..CommandSettings::default() };
    insta::assert_snapshot!(done("/retest\n/hold", Permission::Triage, Some(0), &commands), @r#"[Eyes] decide {"do":"retest","phase":"fixes","head":"HEAD"} say "refused: `/hold` takes write access to this repository. Nothing was changed." [MinusOne]"#);
    let commands = CommandSettings { retest: Access::Maintain, ..CommandSettings::default() };
    insta::assert_snapshot!(done("/retest\n/hold", Permission::Write, Some(0), &commands), @r#"[Eyes] say "refused: `/retest` takes maintain access to this repository. Nothing was changed." decide {"do":"hold","phase":"fixes"} [MinusOne]"#);
}

#[test]
fn on_the_dashboard_what_speaks_of_a_phase_is_sent_to_its_pull_request() {
    insta::assert_snapshot!(each(|line| done(line, Permission::Write, None, &CommandSettings::default())), @r#"
    /pick a1b2c3d
      [Eyes] say "`/pick` is about a phase: say it in the pull request of that phase." [Confused]
    /skip a1b2c3d too big
      [Eyes] decide {"do":"skip","sha":"A1"} since "too big" [Rocket]
    /defer a1b2c3d
      [Eyes] decide {"do":"defer","sha":"A1"} [Rocket]
    /taken a1b2c3d as a1b2c3d
      [Eyes] decide {"do":"taken","sha":"A1","commit":"A1"} [Rocket]
    /move a1b2c3d docs
      [Eyes] decide {"do":"move","sha":"A1","phase":"docs"} [Rocket]
    /resolve src/main.rs union
      [Eyes] say "`/resolve` is about a phase: say it in the pull request of that phase." [Confused]
    /accept a1b2c3d src/main.rs 0123abcde
      [Eyes] say "`/accept` is about a phase: say it in the pull request of that phase." [Confused]
    /needs a1b2c3d
      [Eyes] answer Needs(CommitId(A1)) [Rocket]
    /why a1b2c3d
      [Eyes] answer Why(CommitId(A1)) [Rocket]
    /rebuild
      [Eyes] say "`/rebuild` is about a phase: say it in the pull request of that phase." [Confused]
    /hold
      [Eyes] say "`/hold` is about a phase: say it in the pull request of that phase." [Confused]
    /unhold
      [Eyes] say "`/unhold` is about a phase: say it in the pull request of that phase." [Confused]
    /reopen
      [Eyes] say "`/reopen` is about a phase: say it in the pull request of that phase." [Confused]
    /retest cuda 13.0
      [Eyes] say "`/retest` is about a phase: say it in the pull request of that phase." [Confused]
    /bisect cuda 12.9
      [Eyes] say "`/bisect` is about a phase: say it in the pull request of that phase." [Confused]
    /status
      [Eyes] answer Status(None) [Rocket]
    /help
      [Eyes] answer Help [Rocket]
    "#);
}

#[test]
fn what_cannot_be_obeyed_is_told_with_what_was_meant() {
    let described: String = [
        "/skpi a1b2c3d x",
        "/skip a1b2c3d",
        "/skip this one",
        "/pick bbbbbbb",
        "/why aaaa",
        "/move a1b2c3d doc",
        "/move a1b2c3d elsewhere",
        "/resolve main.rs fork",
        "/resolve src/mian.rs fork",
        "/resolve src/main.rs ours",
        "/resolve src/main.rs frok",
        "/retest cuda 11.8",
        "/retest nightly",
        "/retest cuda nightly",
        "/hold it",
        "/uptake dance",
    ]
    .iter()
    .map(|line| format!("{line}\n  {}\n", writer(line)))
    .collect();
    insta::assert_snapshot!(described, @r#"
        /skpi a1b2c3d x
          [Eyes] say "there is no such command. Did you mean `/skip SHA REASON`?" [Confused]
        /skip a1b2c3d
          [Eyes] say "the reason is missing. It is written `/skip SHA REASON`." [Confused]
        /skip this one
          [Eyes] say "`this` is not a commit: 4 to 40 digits of its SHA, each 0-9 or a-f. It is written `/skip SHA REASON`." [Confused]
        /pick bbbbbbb
          [Eyes] say "bbbbbbb is no commit of this repository." [Confused]
        /why aaaa
          [Eyes] say "aaaa may be any of several: aaaa1 (Fix\u{200b} #\u{200b}1), aaaa2 (Thank @\u{200b}someone)." [Confused]
        /move a1b2c3d doc
          [Eyes] say "there is no phase `doc`. Did you mean `docs`? The phases are `fixes`, `docs`." [Confused]
        /move a1b2c3d elsewhere
          [Eyes] say "there is no phase `elsewhere`. The phases are `fixes`, `docs`." [Confused]
        /resolve main.rs fork
          [Eyes] say "no commit of this phase touches `main.rs`. Did you mean `src/main.rs`?" [Confused]
        /resolve src/mian.rs fork
          [Eyes] say "no commit of this phase touches `src/mian.rs`. Did you mean `src/main.rs`?" [Confused]
        /resolve src/main.rs ours
          [Eyes] say "`ours` is not a way to resolve it: upstream, fork, union or manual. It is written `/resolve PATH upstream|fork|union|manual`." [Confused]
        /resolve src/main.rs frok
          [Eyes] say "`frok` is not a way to resolve it: upstream, fork, union or manual. Did you mean `fork`? It is written `/resolve PATH upstream|fork|union|manual`." [Confused]
        /retest cuda 11.8
          [Eyes] say "this phase is not tested with CUDA `11.8`, but with `12.9`, `13.0`." [Confused]
        /retest nightly
          [Eyes] say "this phase has no test `nightly`. Its tests are `12.9`, `13.0`." [Confused]
        /retest cuda nightly
          [Eyes] say "`nightly` is not a CUDA version: two numbers with a dot between them, such as `cuda 13.0`. It is written `/retest [TEST…]`." [Confused]
        /hold it
          [Eyes] say "`it` is too much. It is written `/hold`." [Confused]
        /uptake dance
          [Eyes] say "there is no such command. `/help` lists them." [Confused]
    "#);
}

#[test]
fn a_phase_without_tests_has_none_to_repeat() {
    insta::assert_snapshot!(done("/retest\n/bisect cuda 13.0", Permission::Write, Some(1), &CommandSettings::default()), @r#"[Eyes] say "no test matrix is configured for this phase (`ci.matrix`, or `ci.cuda`)." say "no test matrix is configured for this phase (`ci.matrix`, or `ci.cuda`)." [Confused]"#);
}

#[test]
fn the_worst_of_a_comment_is_what_its_sign_shows() {
    assert!(writer("/hold\n/status").ends_with("[Rocket]"));
    assert!(writer("/hold\n/skip").ends_with("[Confused]"));
    assert!(done("/hold\n/skip", Permission::Triage, Some(0), &CommandSettings::default()).ends_with("[MinusOne]"));
}

#[test]
fn no_sign_and_no_word_where_nobody_is_meant() {
    for body in ["Thanks!", "/lgtm", "> /hold", "/lgtm\n/assign @x"] {
        assert_eq!(writer(body), "", "{body}");
    }
    // A stranger's slip of the pen is answered by nobody; nor is anything where commands are turned off, nor a bot.
    assert_eq!(done("/hodl", Permission::Read, Some(0), &CommandSettings::default()), "");
    assert_eq!(
        done("/hold", Permission::Admin, Some(0), &CommandSettings { enabled: false, ..CommandSettings::default() }),
        ""
    );
    let bot = Comment { bot: true, ..comment("/hold") };
    assert_eq!(parse_comment(&bot, &CommandSettings::default()).len(), 0);
}

#[test]
fn an_edited_comment_is_not_obeyed() {
    let edited = Comment { edited: true, ..comment("/hold\n/rebuild") };
    let commands = CommandSettings::default();
    let said = parse_comment(&edited, &commands);
    let phases = phases();
    let scene =
        CommandContext { here: phases.first(), phases: &phases, find: &find, find_ours: &find, accept: &accept };
    let described = |permission| handle(&edited, &said, &scene, permission, &commands);
    insta::assert_debug_snapshot!(described(Permission::Admin), @r#"
    [
        React(
            Eyes,
        ),
        Tell {
            line: "/hold",
            text: "this comment was edited before it was read, and only new ones are obeyed. Say it in another.",
        },
        React(
            Confused,
        ),
    ]
    "#);
    assert_eq!(described(Permission::Read), []);
}

#[test]
fn a_comment_of_very_many_commands_is_obeyed_up_to_a_point() {
    let described = writer(&"/retest\n".repeat(40));
    assert_eq!(described.matches("decide").count(), 30);
    insta::assert_snapshot!(described[described.find("say").expect("a word")..], @r#"say "a comment may hold 30 commands: from here on none was obeyed. Write the rest in another." [Confused]"#);
}

#[test]
fn a_reply_repeats_what_it_answers_and_speaks_to_nobody() {
    let part = |line: &str, text: &str| reply::ReplyPart { line: line.into(), text: text.into() };
    let parts =
        [part("/hold `x` @someone", "/lgtm is not ours."), part("/why a1b2c3d", "```\n  /usr/bin\n// note\n```")];
    insta::assert_snapshot!(reply::reply(71, &parts).replace('\u{200b}', "·"), @r#"
        ``/hold `x` @someone``: /lgtm is not ours.

        `/why a1b2c3d`:

        ```
          ·/usr/bin
        // note
        ```

        <!-- uptake-reply 71 -->
    "#);
    let long = [part("/a", &"x".repeat(50_000)), part("/b", &"y".repeat(50_000)), part("/c", "z")];
    let text = reply::reply(71, &long);
    assert!(text.chars().count() < 65_536 && text.contains("2 answers are not shown"));
}
