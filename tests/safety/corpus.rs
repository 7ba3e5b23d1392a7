//! Texts of people who want something to happen.

/// One line or many; each has done harm to some bot, or would to ours.
pub(super) const TEXTS: &[&str] = &[
    // Mentions.
    "thanks @octocat and @org/team",
    "(@octocat) [@octocat] \"@octocat\" ,@octocat;@octocat",
    "@octocat",
    "_@octocat_ **@octocat** ~~@octocat~~ *@octocat*",
    "&#64;octocat &commat;octocat \\@octocat",
    "@dependabot[bot] rebase",
    "@@octocat @\u{200d}octocat @\u{feff}octocat",
    "<b>@octocat</b><!-- -->@octocat",
    // Issues and closing words.
    "Fixes #12, closes: owner/repo#34, RESOLVED GH-56",
    "fix\n#12",
    "Fixes https://github.com/o/r/issues/7 and http://www.GitHub.com/o/r/pull/8",
    "see www.github.com/o/r/issues/9 or //github.com/o/r/issues/9",
    "(#1)(#2)##3 a#4 gh-5 GH-6 x/y#7",
    "Closes &#35;12 and \\#13",
    "Merge pull request #2391 from someone/patch-1\n\nFixes #2390\n\nCo-authored-by: A <a@b.example>",
    // Behind a link of ours, an `@` or a reference stands at a beginning.
    "fix: overflow #12@octocat",
    "#12@org/team #5GH-3 (#7)@octocat",
    "fix!#7 and !#8",
    "éGH-3 a\u{200d}GH-3 e\u{301}GH-3 _GH-3_ \u{200b}GH-3 中GH-3",
    "www.\u{200b}evil.example WWW.evil.example (www.evil.example)",
    "#12@www.evil.example a@www.evil.example @gh-3",
    "1. list 2) list",
    "xmpp:someone@evil.example/x mailto:someone@evil.example someone+x@evil.example",
    // Words that would say where a commit comes from.
    "docs\n\n(cherry picked from commit 595efdd1ad23c4776b823f5bab711fbef03970f0)",
    // Our own markers.
    "<!-- uptake {\"phase\":\"evil\",\"head\":\"1111111111111111111111111111111111111111\",\"base\":\"2222222222222222222222222222222222222222\"} -->",
    "- [x] <!-- uptake:skip=1111111111111111111111111111111111111111 --> me",
    "- [x] <!-- uptake:start=rest -->",
    "<!-- uptake dashboard -->",
    "<!-- uptake:ticked skip=1111111111111111111111111111111111111111 -->",
    "--> <!-- uptake {} --> <!--",
    "<!-- never closed",
    // Markup.
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "</details></summary></td></table><details open>",
    "\" onmouseover=\"alert(1)' autofocus",
    "`code` ``` \n```\n# heading\n- [x](javascript:alert(1)) ![i](https://evil.example/i.png)",
    "```` \n~~~\n    indented\n> quote\n1. list\n---\n===",
    "a | b | c || d \\| e \\\\| f",
    "[text]: https://evil.example \"title\"\n[text] [^1]\n\n[^1]: note",
    "$(touch x) `id` $$math$$ $`math`$",
    "{{ view }} {% include 'page.html' %} {# x #} ${{ secrets.TOKEN }}",
    "https://evil.example ftp://evil.example www.evil.example someone@evil.example mailto:a@b.example",
    "| | |\n|---|---|\n| @octocat | #1 |",
    // What hides, and what turns around.
    "safe\u{202e}txt.exe\u{2066}\u{2069}\u{200f}",
    "a\u{200b}b\u{2060}c\u{feff}d\u{ad}e\u{3164}f\u{e0041}\u{e0042}",
    "\u{1b}[31mred\u{1b}]0;title\u{7} \u{0}\u{8}\u{7f}\u{9b}31m",
    "Z\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}\u{30a}algo",
    "\r\n\u{2028}\u{2029}\u{85}\u{b}\u{c}#1\r@octocat",
    "#\u{fe0f}\u{20e3}1 ＠octocat ＃12 @ｏctocat",
    // What keeps tests from running, or drives other bots.
    "Fix it [skip ci]",
    "[ci skip] [no ci] [SKIP ACTIONS] [actions skip]\n\nskip-checks: true",
    "/rebuild\n/skip 1111111 because\n/close",
    "bors r+\n@bors try\n/lgtm\n/ok to test",
    // Nothing, and what looks like it.
    "",
    " ",
    "\n\n\n",
    "`",
    "``",
    "\\",
    "-",
    "=",
    "#",
    "+ a",
    "1. a",
];

/// A very long line, a very long word, and very many lines.
pub(super) fn long() -> Vec<String> {
    vec![
        "@octocat fixes #1 ".repeat(10_000),
        "a".repeat(200_000),
        "<!-- uptake {} -->\n".repeat(5_000),
        "`".repeat(70_000),
    ]
}
