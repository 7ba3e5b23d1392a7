//! Slash commands: a comment goes in, and what is to be done comes out. Pure: who may speak was asked before, and acting on it is
//! the run's work.
//!
//! ```text
//! text -> lines -> commands -> permission -> meaning -> effects
//! ```

pub mod answer;
mod authorize;
pub mod command;
pub mod note;
mod parse;
pub mod reply;
mod scene;
mod text;

pub use authorize::authorize;
pub use parse::{ParseError, parse};
pub use scene::{CommandAction, CommandContext, ContextError, NotAccepted, PhaseInfo, Question};
pub use text::{LONGEST, SlashLine, lines};

use crate::config::raw::CommandSettings;
use crate::decision::Decision;
use crate::forge::{Comment, Permission, Reaction};
use command::SlashCommand;

/// A line of a comment that is meant for us.
#[derive(Debug, Clone)]
pub struct ParsedLine {
    /// As it was written.
    pub text: String,
    /// The command it is, or what is wrong with it.
    pub command: Result<SlashCommand, ParseError>,
}

/// What is to be done about a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Put this sign on it.
    React(Reaction),
    /// Write this to the ledger.
    Decide(Decision),
    Answer {
        /// The line that asked.
        line: String,
        /// What it asked.
        question: Question,
    },
    /// Say this.
    Tell {
        /// The line it is about.
        line: String,
        /// What is said.
        text: String,
    },
}

/// How many commands of one comment are obeyed; a person who means more writes another.
pub const MOST: usize = 30;

/// The lines of a comment that are meant for us. A bot's comment has none, whatever it says: bots that obey bots never stop.
#[must_use]
pub fn parse_comment(comment: &Comment, commands: &CommandSettings) -> Vec<ParsedLine> {
    // An account that is gone has no name, and may do nothing.
    if comment.bot || comment.author.is_empty() || !commands.enabled {
        return Vec::new();
    }
    let meant =
        |line: SlashLine| parse(&line.text, &commands.prefix).map(|command| ParsedLine { text: line.text, command });
    lines(&comment.body).into_iter().filter_map(meant).collect()
}

/// What is to be done about what was said in a comment, by someone who has this permission.
///
/// The same comment gives the same decisions whenever it is handled: their time and their link are the comment's.
#[must_use]
pub fn handle(
    comment: &Comment,
    said: &[ParsedLine],
    scene: &CommandContext<'_>,
    permission: Permission,
    commands: &CommandSettings,
) -> Vec<Effect> {
    // Only who may give some command is taught how to: a stranger's slip of the pen is nobody's business.
    let said: Vec<&ParsedLine> =
        said.iter().filter(|said| said.command.is_ok() || permission > Permission::Read).collect();
    let Some(first) = said.first() else { return Vec::new() };
    if comment.edited {
        // What stands there now is not what others read and could object to; nor need it be its author who edited it.
        if permission <= Permission::Read {
            return Vec::new();
        }
        let tell = Effect::Tell { line: first.text.clone(), text: reply::edited() };
        return vec![Effect::React(Reaction::Eyes), tell, Effect::React(Reaction::Confused)];
    }
    let mut effects = vec![Effect::React(Reaction::Eyes)];
    let mut worst = LineOutcome::Done;
    for said in said.iter().copied().take(MOST) {
        let (verdict, effect) = one(comment, said, scene, permission, commands);
        worst = worst.max(verdict);
        effects.push(effect);
    }
    if let Some(next) = said.get(MOST) {
        worst = worst.max(LineOutcome::Puzzled);
        effects.push(Effect::Tell { line: next.text.clone(), text: reply::too_many() });
    }
    effects.push(Effect::React(match worst {
        LineOutcome::Done => Reaction::Rocket,
        LineOutcome::Puzzled => Reaction::Confused,
        LineOutcome::Refused => Reaction::MinusOne,
    }));
    effects
}

/// What became of a line; the worst of a comment's is what its reaction shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum LineOutcome {
    Done,
    Puzzled,
    Refused,
}

fn one(
    comment: &Comment,
    said: &ParsedLine,
    scene: &CommandContext<'_>,
    permission: Permission,
    commands: &CommandSettings,
) -> (LineOutcome, Effect) {
    let tell = |verdict, text| (verdict, Effect::Tell { line: said.text.clone(), text });
    let command = match &said.command {
        Ok(command) => command,
        Err(wrong) => return tell(LineOutcome::Puzzled, reply::wrong(wrong, &commands.prefix)),
    };
    let entry = command.entry();
    if let Err(least) = authorize(entry, permission, commands) {
        return tell(LineOutcome::Refused, reply::refused(entry, least, &commands.prefix));
    }
    match scene.resolve(command) {
        Ok(CommandAction::Question(question)) => {
            (LineOutcome::Done, Effect::Answer { line: said.text.clone(), question })
        }
        Ok(CommandAction::Ruling(ruling, why)) => {
            let decision = Decision {
                ruling,
                by: comment.author.clone(),
                when: comment.created,
                link: Some(comment.link.clone()),
                why,
            };
            (LineOutcome::Done, Effect::Decide(decision))
        }
        Err(unfit) => tell(LineOutcome::Puzzled, reply::describe_error(entry, &unfit, &commands.prefix)),
    }
}
