//! Modes and names that git would not write, and lists of submodules.

use uptake::view::note::words;

use super::craft::{FILE, FOLDER, Name};
use super::{left_out, subjects, world};

#[test]
fn a_mode_that_git_does_not_write_is_the_one_it_is_read_as() {
    let leak = |mode: String| -> &'static str { Box::leak(mode.into_boxed_str()) };
    let mut seen = 0;
    for kind in ["10", "010", "0010"] {
        for bits in [
            "0000", "0600", "0640", "0644", "0664", "0666", "0700", "0711", "0755", "0775", "0777", "4755", "2644",
            "1777",
        ] {
            let mode = leak(format!("{kind}{bits}"));
            let craft = world(|craft| vec![(mode, b"n".to_vec(), craft.blob("n\n"))]);
            let (session, survey, built) = craft.answer().unwrap_or_else(|why| panic!("{mode}: {why}"));
            assert_eq!(left_out(&built), [""; 0], "{mode}");
            assert_eq!(survey.commits.len(), 2);
            let there = session.repo.entry(built.phases[0].tree, &"n".into()).expect("read").expect("there");
            let bits = u32::from_str_radix(bits, 8).expect("octal");
            assert_eq!(there.mode, if bits & 0o100 == 0 { 0o100_644 } else { 0o100_755 }, "{mode}");
            seen += 1;
        }
    }
    for mode in ["120777", "120644", "0120000", "040000", "040755", "40777"] {
        let mode = leak(mode.to_owned());
        let craft = world(|craft| {
            let link = mode.contains("12");
            let object = if link { craft.blob("a") } else { craft.tree(&[(FILE, b"x", craft.blob("x\n"))]) };
            vec![(if link { mode } else { FOLDER }, b"n".to_vec(), object)]
        });
        let (_, _, built) = craft.answer().unwrap_or_else(|why| panic!("{mode}: {why}"));
        assert_eq!(left_out(&built), [""; 0], "{mode}");
        seen += 1;
    }
    assert_eq!(seen, 48);
}

#[test]
fn what_git_puts_out_nowhere_is_left_out_by_its_name() {
    let names: Vec<&[u8]> = vec![
        b".git",
        b".GIT",
        b".Git",
        b"git~1",
        b"GIT~1",
        b".git ",
        b".git.",
        b".git . .",
        b".git::$INDEX_ALLOCATION",
        b".git:x",
        b"x\\.git",
        b".git\\x",
        b"..",
        b".",
        ".g\u{200c}it".as_bytes(),
        "\u{feff}.git".as_bytes(),
        ".gi\u{202e}t".as_bytes(),
        ".GI\u{200d}T".as_bytes(),
    ];
    for name in names {
        for folder in [false, true] {
            let craft = world(|craft| {
                let blob = craft.blob("evil\n");
                let object = if folder { craft.tree(&[(FILE, b"config", blob)]) } else { blob };
                vec![(if folder { FOLDER } else { FILE }, name.to_vec(), object)]
            });
            let shown = String::from_utf8_lossy(name).into_owned();
            let (session, survey, built) = craft.answer().unwrap_or_else(|why| panic!("{shown:?}: {why}"));
            assert_eq!(left_out(&built), ["refused"], "{shown:?}");
            let said = words::reason(&built.phases[0].left_out[0].reason);
            // A name with other signs is written with escapes.
            let plain = shown.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
            assert!(said.starts_with("git refuses ") && (!plain || said.contains(&shown)), "{said}");
            assert_eq!(built.phases[0].picks.len(), 1, "{:?}", subjects(&survey));
            let files = session.repo.files(built.phases[0].tree).expect("read");
            assert_eq!(files.iter().map(ToString::to_string).collect::<Vec<_>>(), ["a", "zz"], "{shown:?}");
        }
    }
    // A submodule at no commit, a link that git reads as a list of submodules, and folders below a file.
    let craft = world(|_| vec![("160000", b"sm".to_vec(), [0; 20])]);
    assert_eq!(left_out(&craft.answer().expect("an answer").2), ["refused"]);
    let craft = world(|craft| vec![("120000", b".gitmodules".to_vec(), craft.blob("a"))]);
    assert_eq!(left_out(&craft.answer().expect("an answer").2), ["refused"]);
    let craft = world(|craft| {
        let inside = craft.tree(&[(FILE, b"x", craft.blob("x\n"))]);
        vec![
            (FILE, b"dup".to_vec(), craft.blob("1\n")),
            (FILE, b"dup.c".to_vec(), craft.blob("1\n")),
            (FOLDER, b"dup".to_vec(), inside),
        ]
    });
    assert_eq!(left_out(&craft.answer().expect("an answer").2), ["refused"]);
}

/// Lists of submodules, each odd in its way.
fn lists() -> Vec<String> {
    let with = |line: &str| format!("[submodule \"a\"]\n\tpath = a\n\turl = https://example.org/a.git\n\t{line}\n");
    let mut texts: Vec<String> =
        ["-x", "--upload-pack=x", "./-x", "a/-x", "\"-x\"", "a b"].map(|path| with(&format!("path = {path}"))).into();
    texts.extend(["!touch x", "none", "checkout", " ! x"].map(|update| with(&format!("update = {update}"))));
    texts.extend(
        [
            "a/..",
            "../a",
            "..",
            "a/../b",
            "a\\\\..\\\\b",
            "...",
            "a..b",
            "..a",
            "",
            "a/",
            "\\..",
            "\\\".",
            ".",
            "../x/-y",
        ]
        .map(|name| format!("[submodule \"{name}\"]\n\tpath = a\n\turl = https://example.org/a.git\n")),
    );
    let urls = [
        "-x",
        "--upload-pack=touch x",
        "./-x",
        "../a",
        "..",
        ".",
        "./%0ahost=x",
        "../%0ax",
        "../../../:x",
        "../x:y",
        "..//x",
        "../..//x",
        "./../:x",
        "./:x",
        ".//x",
        "..\\\\:x",
        "git://h/%0ax",
        "git://h/x",
        "git::https://h/x",
        "ssh://-x/y",
        "user@host:x",
        "/etc",
        "file:///x",
        "https://h/x",
        "https://h/%0ax",
        "https://h/%0Ax",
        "https://h/%0",
        "https://h/%zz",
        "https:///x",
        "https://",
        "https://:80/x",
        "https://h:x/y",
        "https://h:80/x",
        "https://h:99999/x",
        "https://h:0/x",
        "https://u@h/x",
        "https://u%0a@h/x",
        "http::https://h/x",
        "http::x",
        "https::///x",
        "http::ext::sh -c x",
        "ftp://h",
        "ftps://h/x%0a",
        "https://h x/y",
        "https://[::1]/x",
        "\"https://h/x\\ny\"",
        "HTTPS://h/%0ax",
        "ext::sh -c x",
        "https://h/x # y",
        "https://h/%20",
        "https://@/x",
        "http://h?x%0a",
        "",
    ];
    texts.extend(urls.map(|url| with(&format!("url = {url}"))));
    texts.extend([
        "[submodule]\n\turl = -x\n".to_owned(),
        "[SubModule \"a\"]\n\tURL = -x\n".to_owned(),
        "[submodule.a]\n\turl = -x\n".to_owned(),
        "[submodule \"a\"] url = -x\n".to_owned(),
        "[submodule \"a\"]\n\turl = \\\n-x\n".to_owned(),
        "# [submodule \"..\"]\n; [submodule \"..\"]\n".to_owned(),
        "[submodule \"a\"]\n\turl\n\tpath\n".to_owned(),
        "[other \"..\"]\n\turl = -x\n".to_owned(),
        "[submodule \"..\"]\n".to_owned(),
        "[submodule \"..\"]\r\n\turl = x\r\n".to_owned(),
        "no configuration".to_owned(),
        "[submodule \"a\"]\n\turl = x\nno = \"configuration\n[submodule \"..\"]\n\turl = x\n".to_owned(),
    ]);
    texts
}

/// Git itself says which lists of submodules it refuses.
#[test]
fn a_list_of_submodules_is_left_out_where_git_refuses_it() {
    let texts = lists();
    let mut refused = 0;
    for text in &texts {
        let craft = world(|craft| vec![(FILE, b".gitmodules".to_vec(), craft.blob(text))]);
        let git = std::process::Command::new("git")
            .arg("--git-dir")
            .arg(craft.path())
            .arg("fsck")
            .output()
            .expect("git runs");
        let git = String::from_utf8_lossy(&git.stderr).contains("error in blob");
        let built = craft.answer().unwrap_or_else(|why| panic!("{text:?}: {why}")).2;
        assert_eq!(left_out(&built), if git { &["refused"][..] } else { &[] }, "{text:?}");
        refused += usize::from(git);
    }
    assert!(refused > 20 && texts.len() - refused > 20, "{refused} of {}", texts.len());
    // In a file git passes over a mark of its encoding, in an object it does not.
    let craft =
        world(|craft| vec![(FILE, b".gitmodules".to_vec(), craft.blob("\u{feff}[submodule \"..\"]\n\turl = x\n"))]);
    assert_eq!(left_out(&craft.answer().expect("an answer").2), ["refused"]);
}

#[test]
fn odd_names_that_git_takes_are_taken() {
    for name in [
        "-x",
        "--upload-pack=x",
        "a\n::error::x",
        "\u{1b}[2J",
        "gnp.\u{202e}txt",
        "a b",
        "...",
        ".gitx",
        "CON",
        "'",
        "\"",
        "$(x)",
    ] {
        let craft = world(|craft| vec![(FILE, name.as_bytes().to_vec(), craft.blob("n\n"))]);
        let (session, _, built) = craft.answer().unwrap_or_else(|why| panic!("{name:?}: {why}"));
        assert_eq!(left_out(&built), [""; 0], "{name:?}");
        assert!(session.repo.entry(built.phases[0].tree, &name.into()).expect("read").is_some(), "{name:?}");
    }
}

#[test]
fn a_tree_that_is_none_is_named_with_its_place() {
    for (entries, what) in [
        (&[(FILE, &b"a/b"[..]), (FILE, b"c")][..], "a slash"),
        (&[(FILE, b"/etc/x")], "a root"),
        (&[(FILE, b"dup"), (FILE, b"dup")], "twice"),
        (&[(FILE, b"dup"), (FOLDER, b"dup")], "twice, side by side"),
        (&[(FILE, b"b"), (FILE, b"a")], "out of order"),
        (&[(FILE, b"")], "no name"),
        (&[("1006x4", b"a")], "a mode in letters"),
        (&[("", b"a")], "no mode"),
    ] {
        let craft = world(|craft| {
            let empty = craft.tree(&[]);
            let blob = craft.blob("x\n");
            let entries: Vec<(&str, &[u8], Name)> =
                entries.iter().map(|(mode, name)| (*mode, *name, if *mode == FOLDER { empty } else { blob })).collect();
            vec![(FOLDER, b"odd".to_vec(), craft.tree(&entries))]
        });
        let why = craft.answer().map(drop).expect_err(what);
        assert!(why.contains("(odd at commit ") && why.contains("is damaged"), "{what}: {why}");
    }
}
