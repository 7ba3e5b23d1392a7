//! The manual pages, from the same definitions as the help.

use std::io::{self, Write};
use std::path::Path;

use clap::Command;
use clap_mangen::Man;

use super::document::cannot_write;
use super::{DONE, Failure, Invocation, help};

/// Writes a page for the program and one for each command into a folder, which is made where there is none.
pub(super) fn write(call: &Invocation, folder: &Path) -> Result<u8, Failure> {
    // Built first, so that each command knows the options of all.
    let mut command = help::command().disable_help_subcommand(true);
    command.build();
    let written = std::fs::create_dir_all(folder).and_then(|()| pages(&command, "uptake", folder));
    written.map_err(|error| cannot_write(folder, &error))?;
    call.remark(&format!("Wrote the manual pages. Next: man {}", folder.join("uptake.1").display()));
    Ok(DONE)
}

fn pages(command: &Command, name: &str, folder: &Path) -> io::Result<()> {
    std::fs::write(folder.join(format!("{name}.1")), page(command, name)?)?;
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help") {
        pages(sub, &format!("{name}-{}", sub.get_name()), folder)?;
    }
    Ok(())
}

/// One page. What the help ends with is laid out already, and a page would fill its lines.
fn page(command: &Command, name: &str) -> io::Result<Vec<u8>> {
    let shown = command.clone().display_name(name.to_owned());
    let man = Man::new(shown).title(name.to_uppercase());
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.get_subcommands().any(|sub| sub.get_name() != "help") {
        man.render_subcommands_section(&mut text)?;
    }
    for (heading, lines) in help::ending(command.get_name()) {
        writeln!(text, ".SH {}\n.nf\n{}\n.fi", heading.to_uppercase(), literal(lines))?;
    }
    Ok(text)
}

/// Lines as they are, with nothing in them that roff would take for a request.
fn literal(lines: &str) -> String {
    let lines: Vec<&str> = lines.lines().map(|line| line.strip_prefix("  ").unwrap_or(line)).collect();
    lines.join("\n").replace('\\', "\\e").replace('-', "\\-").replace("\n.", "\n\\&.").replace("\n'", "\n\\&'")
}
