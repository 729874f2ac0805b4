//! Invented texts in, the time that finding all terms of all lexicons takes out: a million documents of about 500 bytes on two threads.
//!
//! `cargo bench --bench text`, with `KOLSCORE_BENCH_DOCUMENTS` for another number; `-- --test` takes a few. It asserts nothing about time.

use std::{
    hint::black_box,
    io::{self, Write},
    thread,
    time::Instant,
};

use daachorse::CharwiseDoubleArrayAhoCorasick;
use kolscore::{
    brief::Brief,
    knowledge::Knowledge,
    normalize::{candidate::Candidate, field::Field, fold::fold},
    random::SplitMix64,
    score::text::Matcher,
};

#[allow(dead_code)]
#[path = "words.rs"]
mod words;

const DOCUMENTS: usize = 1_000_000;
const TEST_DOCUMENTS: usize = 1_000;
/// Different texts; the others repeat them, so that the texts fit into memory and not into the processor's cache.
const DIFFERENT: usize = 50_000;
const BYTES: usize = 500;
const THREADS: usize = 2;
const RUNS: usize = 5;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn pick<T: Copy>(random: &mut SplitMix64, list: &[T]) -> T {
    list[random.below(list.len())]
}

/// A text of about [`BYTES`] bytes; six in seven are Chinese.
fn document(random: &mut SplitMix64) -> String {
    let (mut text, chinese) = (String::new(), random.below(7) > 0);
    while text.len() < BYTES {
        let topic = &words::TOPICS[random.below(words::TOPICS.len())];
        let ((before, after), word, end) = if chinese {
            (pick(random, &words::TITLES), pick(random, &topic.words), pick(random, &words::PROMISES))
        } else {
            (pick(random, &words::ENGLISH_TITLES), pick(random, &topic.english_words), pick(random, &words::ENGLISH_PROMISES))
        };
        text.extend([before, word, after, ", ", end, " "]);
    }
    text
}

/// Median seconds in which two threads do `work` for every document.
fn timed(texts: &[String], documents: usize, work: &(impl Fn(&str, &mut Candidate) -> usize + Sync)) -> f64 {
    let run = || {
        let start = Instant::now();
        let found: usize = thread::scope(|scope| {
            let part = |first: usize| {
                let mut candidate = Candidate::default();
                (first..documents).step_by(THREADS).map(|at| work(&texts[at % texts.len()], &mut candidate)).sum::<usize>()
            };
            let threads: Vec<_> = (0..THREADS).map(|first| scope.spawn(move || part(first))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or_default()).sum()
        });
        black_box(found);
        start.elapsed().as_secs_f64()
    };
    let mut seconds: Vec<f64> = (0..RUNS).map(|_| run()).collect();
    seconds.sort_by(f64::total_cmp);
    seconds[RUNS / 2]
}

fn main() -> Result<()> {
    let test = std::env::args_os().any(|argument| argument == "--test");
    let documents = match std::env::var("KOLSCORE_BENCH_DOCUMENTS") {
        Ok(wanted) => wanted.replace('_', "").parse()?,
        Err(_) if test => TEST_DOCUMENTS,
        Err(_) => DOCUMENTS,
    };
    let mut random = SplitMix64(1);
    let texts: Vec<String> = (0..DIFFERENT.min(documents)).map(|_| document(&mut random)).collect();
    let bytes = texts.iter().map(String::len).sum::<usize>() as f64 / texts.len() as f64 * documents as f64;
    let knowledge = Knowledge::built_in()?;
    let matcher = Matcher::new(&Brief::empty(&[], &knowledge)?, &knowledge.vocabulary)?;
    let terms: Vec<&str> = knowledge.vocabulary.iter().map(|(term, _)| term).collect();
    let automaton = CharwiseDoubleArrayAhoCorasick::<u32>::new(&terms).map_err(|error| error.to_string())?;
    let mut out = io::stdout().lock();
    writeln!(out, "{documents} documents, {:.0} bytes each, {} terms, {THREADS} threads, median of {RUNS} runs\n", bytes / documents as f64, terms.len())?;
    writeln!(out, "stage                                     s      MB/s")?;
    let folded: Vec<String> = texts.iter().map(|text| fold(text)).collect();
    let mut line = |stage: &str, seconds: f64| writeln!(out, "{stage:<36} {seconds:>6.2} {:>9.0}", bytes / 1e6 / seconds);
    line("fold", timed(&texts, documents, &|text, _| fold(text).len()))?;
    line("automaton alone, every match", timed(&folded, documents, &|text, _| automaton.find_overlapping_iter(text).count()))?;
    let hits = |text: &str, candidate: &mut Candidate| {
        candidate.clear();
        candidate.documents.push(text, (Field::Titles, 0));
        matcher.hits(&candidate.documents).topics.documents
    };
    line("fold, find, count topics and traits", timed(&texts, documents, &hits))?;
    Ok(())
}
