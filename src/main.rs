//! The `kolscore` command: arguments in, an exit code out.

use std::{io::Write, process::ExitCode};

use clap::Parser;
use kolscore::{cli::Cli, failure};

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let (text, code) = failure::explain(&error);
            // Nothing can be said any more if standard error is gone.
            let _ = std::io::stderr().write_all(text.as_bytes());
            ExitCode::from(code)
        }
    }
}
