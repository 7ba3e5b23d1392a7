//! What to do about a push or a fetch that GitHub refused, by what it said.

use std::sync::LazyLock;

use regex::Regex;

/// How git says that a server does not take the token.
pub(super) const NOT_TAKEN: [&str; 2] = ["Authentication failed", "could not read Username"];

/// Where somebody who may says that a secret is none.
static UNBLOCK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"https://[A-Za-z0-9.-]+/[\w.-]+/[\w.-]+/security/secret-scanning/unblock-secret/[A-Za-z0-9]+").ok()
});

/// What to do about it; `None` where git's own words must do.
pub(super) fn advice(message: &str) -> Option<String> {
    let has = |text: &str| message.contains(text);
    // Of what GitHub says several things may be so; the one that names the act comes first.
    if has("PUSH PROTECTION") || has("unblock-secret") {
        return Some(secret(message));
    }
    let text = if has("without `workflows` permission") || has("without `workflow` scope") {
        "the branch changes files in .github/workflows: give the App the permission \"Workflows: read and write\" (a token, \
         the scope `workflow`), or leave such commits out with an `exclude` rule on paths: ['.github/workflows/**']"
    } else if has("GH001") || has("exceeds GitHub's file size limit") {
        "a file of upstream's is larger than GitHub takes: leave the commit that brings it out with `skip`, or have its path kept as the fork's"
    } else if has("GH007") {
        "a commit's author is the token's owner, whose address is private: allow it on that account's page Settings, Emails, or let an App \
         push"
    } else if has("GH008") || has("LFS objects are missing") {
        "the commits name LFS objects that the fork does not have: in a clone of it, `git lfs fetch --all upstream` and \
         `git lfs push --all origin` bring them, and the next run goes on"
    } else if has("verified signatures") || has("must be signed") {
        "a rule of the repository asks for signed commits, and those of a phase bear none: take the branches uptake/** out of it at \
         Settings, Rules"
    } else if has("rule violations") || has("protected branch") {
        "a rule of the repository forbids this: Settings, Rules; branches uptake/** must be free to move, be removed and hold \
         unsigned commits"
    } else if has("cannot lock ref") || has("directory file conflict") {
        "to git a branch's name is a path, and one of the fork's is in the way: no branch may be called `uptake`, nor begin with \
         the whole name of one of Uptake's and a slash; rename it"
    } else if has("Could not resolve host") {
        "the server's name is not known here: is GITHUB_SERVER_URL right, and is there a proxy to be named as HTTPS_PROXY?"
    } else if has("SSL certificate problem") || has("certificate verification failed") {
        "the server's certificate is not trusted here: SSL_CERT_FILE names a file with your organisation's own, for the API and for git"
    } else if NOT_TAKEN.iter().any(|text| has(text)) || has("returned error: 403") {
        "the token is not valid (any more), or lacks the permission \"Contents: read and write\""
    } else if has("not found") || has("returned error: 404") {
        "is fork.repository right, and is the App installed on this repository?"
    } else if has("redirect") {
        "the repository was renamed or moved: fork.repository must have its new name"
    } else {
        return None;
    };
    Some(text.to_owned())
}

/// What to do about something that GitHub takes for a secret; mostly it is one of upstream's tests.
fn secret(message: &str) -> String {
    let links: Vec<&str> =
        UNBLOCK.iter().flat_map(|unblock| unblock.find_iter(message)).map(|found| found.as_str()).collect();
    let allow = match links.as_slice() {
        [] => "somebody who may allows it where GitHub says".to_owned(),
        links => format!("somebody who may allows it at {}", links.join(" and at ")),
    };
    format!(
        "a commit of upstream's holds what GitHub takes for a secret, which it names above: where that is none, such as a key of a test, \
         {allow}, and the next run pushes; else leave the commit out with `skip`"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_the_act_that_helps() {
        let refused = "remote: error: GH013: Repository rule violations found for refs/heads/uptake/fixes.\n\
             remote: - GITHUB PUSH PROTECTION\nremote:   - Push cannot contain secrets\n\
             remote: https://github.com/o/fork/security/secret-scanning/unblock-secret/2abC\n ! [remote rejected]";
        insta::assert_snapshot!(advice(refused).unwrap_or_default(), @"a commit of upstream's holds what GitHub takes for a secret, which it names above: where that is none, such as a key of a test, somebody who may allows it at https://github.com/o/fork/security/secret-scanning/unblock-secret/2abC, and the next run pushes; else leave the commit out with `skip`");
        for (refused, act) in [
            ("remote: error: GH001: Large files detected.", "leave the commit that brings it out"),
            ("remote: error: GH007: Your push would publish a private email address.", "Settings, Emails"),
            (
                "remote: error: GH008: Your push referenced at least 2 unknown Git LFS objects:",
                "git lfs push --all origin",
            ),
            (
                "remote: - Commits must have verified signatures.\nGH013: Repository rule violations",
                "asks for signed commits",
            ),
            ("fatal: unable to access: Could not resolve host: github.example.org", "HTTPS_PROXY"),
            (
                "fatal: unable to access: SSL certificate problem: unable to get local issuer certificate",
                "SSL_CERT_FILE",
            ),
        ] {
            assert!(advice(refused).is_some_and(|advice| advice.contains(act)), "{refused}: {:?}", advice(refused));
        }
        assert_eq!(advice("something else"), None);
    }
}
