//! A linear programme in, what a solver says of it out. Nothing it says is believed: answers are verified in whole numbers, bounds are worked out anew.

use std::time::Instant;

use microlp::{ComparisonOp, Error, OptimizationDirection, Problem, SolveOptions, SolveOutcome, TerminationReason, Variable};

/// `maximise Σ value · x` where every `Σ coefficient · x ≤ most`.
#[derive(Debug, Clone, Default)]
pub struct Programme {
    /// Value of each variable.
    pub values: Vec<f64>,
    /// Least and most of each variable.
    pub ranges: Vec<(f64, f64)>,
    /// Sparse rows with their upper bounds.
    pub rows: Vec<(Vec<(usize, f64)>, f64)>,
    /// So many of the first variables are whole numbers.
    pub whole: usize,
}

/// What a solver says.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Values of the variables; whether they are said to be the best.
    Values(Vec<f64>, bool),
    /// Nothing keeps all rows, or the best has no end.
    Impossible,
    /// It gave up, or ran out of what it was allowed.
    Nothing,
}

/// How hard a search may try.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Nodes of each search tree: the same on every machine.
    pub nodes: u64,
    /// When to stop, whatever was found; results then depend on the machine.
    pub until: Option<Instant>,
}

impl Effort {
    /// Whether the time is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }
}

/// Something that solves programmes.
pub trait Solver {
    /// The best values.
    fn solve(&self, programme: &Programme, effort: Effort) -> Answer;
}

/// The simplex and branch-and-bound solver of the crate `microlp`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Microlp;

impl Solver for Microlp {
    fn solve(&self, programme: &Programme, effort: Effort) -> Answer {
        let mut problem = Problem::new(OptimizationDirection::Maximize);
        let variable = |(at, (value, range)): (usize, (&f64, &(f64, f64)))| {
            if at < programme.whole { problem.add_integer_var(*value, (range.0 as i32, range.1 as i32)) } else { problem.add_var(*value, *range) }
        };
        let variables: Vec<Variable> = programme.values.iter().zip(&programme.ranges).enumerate().map(variable).collect();
        for (coefficients, most) in &programme.rows {
            problem.add_constraint(coefficients.iter().map(|(at, coefficient)| (variables[*at], *coefficient)), ComparisonOp::Le, *most);
        }
        let mut options = SolveOptions::default();
        options.node_limit = Some(effort.nodes);
        options.time_limit = effort.until.map(|until| until.saturating_duration_since(Instant::now()));
        match problem.solve_with(options) {
            Ok(SolveOutcome::Solution(solution)) => {
                let best = solution.termination_reason() == TerminationReason::ProvenOptimal;
                Answer::Values(variables.iter().map(|variable| solution.var_value(*variable)).collect(), best)
            }
            Err(Error::Infeasible | Error::Unbounded) => Answer::Impossible,
            Ok(SolveOutcome::Interrupted(_)) | Err(_) => Answer::Nothing,
        }
    }
}
