//! Who may say what. The repository is asked what a person may do there; what a comment says of its author is no authority:
//! GitHub's `author_association` shows members as mere contributors, and collaborators who cannot write as collaborators.

use super::command::{CommandSpec, RequiredRole};
use crate::config::raw::{Access, CommandSettings};
use crate::forge::Permission;

/// Whether a person with this permission may say the command; if not, what it takes.
///
/// # Errors
/// The permission is not enough.
pub fn authorize(entry: &CommandSpec, permission: Permission, commands: &CommandSettings) -> Result<(), Permission> {
    let least = match entry.who {
        RequiredRole::Writers => Permission::Write,
        RequiredRole::Testers => least(commands.retest),
    };
    // Everybody can read a public repository, so reading is never enough, whatever is configured.
    if permission >= least && permission > Permission::Read { Ok(()) } else { Err(least) }
}

fn least(access: Access) -> Permission {
    match access {
        Access::Triage => Permission::Triage,
        Access::Write => Permission::Write,
        Access::Maintain => Permission::Maintain,
        Access::Admin => Permission::Admin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_is_asked_for_and_testing_is_configurable() {
        let all = [
            Permission::None,
            Permission::Read,
            Permission::Triage,
            Permission::Write,
            Permission::Maintain,
            Permission::Admin,
        ];
        let may = |name: &str, retest: Access| {
            let entry = CommandSpec::named(name).expect("a command");
            let commands = CommandSettings { retest, ..CommandSettings::default() };
            all.into_iter().filter(|has| authorize(entry, *has, &commands).is_ok()).collect::<Vec<_>>()
        };
        let writers = all[3..].to_vec();
        assert_eq!(may("skip", Access::Triage), writers);
        assert_eq!(may("help", Access::Triage), writers);
        assert_eq!(may("retest", Access::Write), writers);
        assert_eq!(may("retest", Access::Triage), all[2..]);
        assert_eq!(may("retest", Access::Admin), [Permission::Admin]);
    }
}
