//! Measures a step of training beside a prefill of the same tokens, on a model's file:
//! `cargo run --release --example train -- model.gguf [threads]`.
//!
//! Eight examples of *past tense* are learned in one batch, as `tests/bench` measures everything else: the best of some
//! repetitions counts.

use std::error::Error;
use std::time::{Duration, Instant};

use shotglass::adapter::{Adapter, Gain, Target};
use shotglass::kernels::{Compute, Pool, Precision};
use shotglass::train::{Example, Optimizer, Progress, Settings, Trainer, gains, low_rank};
use shotglass::{Loader, Session};

const VERBS: [(&str, &str); 8] = [
    ("walk", "walked"),
    ("go", "went"),
    ("sing", "sang"),
    ("bring", "brought"),
    ("carry", "carried"),
    ("eat", "ate"),
    ("teach", "taught"),
    ("plan", "planned"),
];
const STEPS: usize = 4;
/// Tokens of a long example.
const LONG: usize = 1_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("the path of a model is missing")?;
    let threads = arguments.next().map_or(Ok(1), |threads| threads.parse())?;
    let bytes = std::fs::read(path)?;
    let compute = Compute { pool: Pool::new(threads), precision: Precision::Eight };
    let mut loader = Loader::new(Some(bytes.len() as u64)).with(compute);
    loader.push(&bytes)?;
    let session = loader.finish(None)?;
    println!("{} MB, {threads} threads", bytes.len() / 1_000_000);
    drop(bytes);

    let mut examples = Vec::new();
    for (verb, past) in VERBS {
        let context =
            session.tokenizer().encode(&format!("The past tense of a verb.\n\nVerb: {verb}\nPast tense:"))?;
        let ids = [context.clone(), session.tokenizer().encode(&format!(" {past}\n"))?].concat();
        examples.push(Example::Text { ids, from: context.len() });
    }
    let tokens: usize = examples.iter().map(|example| texts(example).len() - 1).sum();
    let prefill = (0..STEPS).map(|_| prefill(&session, &examples)).collect::<Result<Vec<_>, _>>()?;
    let prefill = prefill.into_iter().min().unwrap_or_default();
    println!("prefill of {tokens} tokens: {prefill:.0?}, peak {} MB", peak());

    let (model, layers) = (session.model(), session.model().config().layers);
    let last = layers.saturating_sub(8);
    let runs = [
        ("LoRA r 8, all layers", low_rank(model, &Target::ALL, 0..layers, 8, 16.0, 1)?),
        ("LoRA r 8, last 8 layers", low_rank(model, &Target::ALL, last..layers, 8, 16.0, 1)?),
        ("(IA)³, all layers", gains(model, &Gain::ALL, 0..layers)?),
    ];
    for (name, adapter) in runs {
        let (step, longest, losses) = train(&session, adapter, &examples)?;
        let ratio = step.as_secs_f64() / prefill.as_secs_f64();
        println!(
            "{name}: {step:.0?} a step, {ratio:.2} prefills, longest call {longest:.0?}, losses {losses:.3?}, peak {} MB",
            peak()
        );
    }
    // A caller waits as long as the longest call takes before it can stop.
    let words = session.tokenizer().encode(&"the past of a verb is another word ".repeat(LONG / 8))?;
    let long = Example::Text { ids: words[..LONG].to_vec(), from: LONG - 4 };
    let adapter = low_rank(model, &Target::ALL, last..layers, 8, 16.0, 1)?;
    let (step, longest, _) = train(&session, adapter, &[long])?;
    println!(
        "a text of {LONG} tokens, last 8 layers: {step:.0?} a step, longest call {longest:.0?}, peak {} MB",
        peak()
    );
    Ok(())
}

fn texts(example: &Example) -> &[u32] {
    match example {
        Example::Text { ids, .. } => ids,
        _ => &[],
    }
}

/// The time of a run of all examples as one prompt, so that no token is cached.
fn prefill(session: &Session, examples: &[Example]) -> Result<Duration, Box<dyn Error>> {
    let ids: Vec<u32> = examples.iter().map(texts).flat_map(|ids| &ids[..ids.len() - 1]).copied().collect();
    let mut session = session.fork()?;
    let start = Instant::now();
    session.run(&ids)?;
    Ok(start.elapsed())
}

/// The shortest step, the longest call, and the losses.
fn train(
    session: &Session,
    adapter: Adapter,
    examples: &[Example],
) -> Result<(Duration, Duration, Vec<f64>), Box<dyn Error>> {
    let optimizer = Optimizer { learning_rate: 1e-3, ..Optimizer::default() };
    let settings = Settings { steps: STEPS, optimizer, ..Settings::default() };
    let mut trainer = Trainer::new(session.model().clone(), adapter, examples, settings)?;
    let (mut steps, mut longest, mut losses) = (Vec::new(), Duration::ZERO, Vec::new());
    let mut began = Instant::now();
    loop {
        let start = Instant::now();
        let progress = trainer.advance()?;
        longest = longest.max(start.elapsed());
        match progress {
            Progress::Working => {}
            Progress::Step(step) => {
                losses.push(step.loss);
                steps.push(began.elapsed());
                began = Instant::now();
            }
            Progress::Finished => break,
        }
    }
    Ok((steps.into_iter().min().unwrap_or_default(), longest, losses))
}

/// The most memory that this process has had, in MB, where the system tells it.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1000
}
