//! `kolscore completions` and `kolscore man`: what a shell wants to know of the commands, made from the commands themselves.

use std::io::Write;

use anyhow::{Context, Result};
use clap::Command;
use clap_complete::Shell;

/// Arguments of `kolscore completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: kolscore completions bash > ~/.local/share/bash-completion/completions/kolscore")]
pub struct CompletionsArgs {
    /// Which shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Arguments of `kolscore man`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: kolscore man | man -l -\n         kolscore man rank | man -l -")]
pub struct ManArgs {
    /// A command [default: the tool as a whole]
    command: Option<String>,
}

/// Writes a completion script.
///
/// # Errors
/// Standard output is gone.
pub fn completions(args: &CompletionsArgs, mut whole: Command) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut whole, "kolscore", &mut script);
    Ok(std::io::stdout().lock().write_all(&script)?)
}

/// Writes a page of the manual.
///
/// # Errors
/// No command is called so, or standard output is gone.
pub fn man(args: &ManArgs, whole: Command) -> Result<()> {
    let command = match &args.command {
        None => whole,
        Some(name) => {
            let known: Vec<String> = whole.get_subcommands().map(|command| command.get_name().to_owned()).collect();
            let found = whole.get_subcommands().find(|command| command.get_name() == name).cloned();
            found.map(|command| command.display_name(format!("kolscore-{name}")).bin_name(format!("kolscore {name}"))).ok_or_else(|| {
                let close =
                    crate::failure::did_you_mean(name, known.iter().map(String::as_str)).map_or(String::new(), |close| format!("did you mean `{close}`? "));
                crate::failure::Failure::usage(format!("no command is called `{name}`")).hint(format!("{close}commands are {}", known.join(", ")))
            })?
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).context("the page cannot be made")?;
    Ok(std::io::stdout().lock().write_all(&page)?)
}
