//! Where a submodule's commits can be read: what `.gitmodules` says of it.

use engine::Repo;
use engine::ids::TreeId;
use engine::path::RepoPath;

/// The repository on GitHub that the first of these trees names for a submodule, `owner/name`.
pub(super) fn repository(repo: &Repo, trees: [TreeId; 2], path: &RepoPath) -> Option<String> {
    trees.into_iter().find_map(|tree| {
        // What cannot be read leaves out a link and no more.
        let entry = repo.entry(tree, &RepoPath::from(".gitmodules")).ok()??;
        let text = repo.content(entry).ok()??;
        on_github(&url(&String::from_utf8_lossy(&text), &path.to_text())?)
    })
}

/// The address of the submodule at a path.
fn url(modules: &str, path: &str) -> Option<String> {
    let sections = modules.split("[submodule ").skip(1);
    sections.into_iter().find_map(|section| {
        let value = |wanted: &str| {
            section.lines().find_map(|line| {
                let (name, value) = line.split_once('=')?;
                name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().trim_matches('"').to_owned())
            })
        };
        value("url").filter(|_| value("path").is_some_and(|found| found.trim_end_matches('/') == path))
    })
}

/// `owner/name` of an address on GitHub.
fn on_github(url: &str) -> Option<String> {
    const FORMS: [&str; 6] = [
        "https://github.com/",
        "http://github.com/",
        "git://github.com/",
        "ssh://git@github.com/",
        "git@github.com:",
        "https://www.github.com/",
    ];
    let name = FORMS.iter().find_map(|form| url.strip_prefix(form))?;
    let name = name.trim_end_matches('/').trim_end_matches(".git");
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    (name.split('/').count() == 2 && name.chars().all(fits)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULES: &str = "# ours\n[submodule \"a b\"]\n\tpath = vendor/a\n\turl = https://github.com/up/a.git\n\
        [submodule \"b\"]\n\turl = \"git@github.com:up/b\"\n\tPath = vendor/b/\n[submodule \"c\"]\n\tpath = c\n\turl = ../c.git\n";

    #[test]
    fn the_address_of_a_submodule_is_the_one_in_its_section() {
        let github = |path| url(MODULES, path).as_deref().and_then(on_github);
        assert_eq!(github("vendor/a").as_deref(), Some("up/a"));
        assert_eq!(github("vendor/b").as_deref(), Some("up/b"));
        assert_eq!(url(MODULES, "c").as_deref(), Some("../c.git"));
        assert_eq!((github("c"), github("vendor")), (None, None));
    }

    #[test]
    fn an_address_elsewhere_is_no_page_of_github_s() {
        for url in [
            "https://github.com.evil.example/a/b",
            "https://evil.example/github.com/a/b",
            "https://github.com/a/b?c=d",
            "https://github.com/a",
        ] {
            assert_eq!(on_github(url), None, "{url}");
        }
    }
}
