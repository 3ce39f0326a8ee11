//! Memory is refused while prompts run: what rests goes, and then there is an error and no more.

use candle_core::quantized::GgmlDType;
use shotglass::cache::Cache;
use shotglass::{Loader, Session};

use super::memory::within;
use super::support::tiny::{Shape, model};

/// A prompt of two pages, of its own from the first token on.
fn prompt(id: u32) -> Vec<u32> {
    vec![id; 100]
}

fn logits(session: &Session) -> Vec<f32> {
    session.logits().expect("something was run")
}

fn session() -> Session {
    // Floats make a large file, so that several prompts may rest.
    let bytes = model(&Shape::of(GgmlDType::F32, true)).bytes();
    let mut loader = Loader::new(None);
    loader.push(&bytes).expect("the file is sound");
    let mut session = loader.finish(None).expect("the file is whole");
    // The buffers that are kept from call to call have grown to their size.
    session.run(&prompt(1)).expect("it runs");
    session
}

#[test]
fn what_rests_makes_room_for_what_runs() {
    let mut session = session();
    session.run(&prompt(2)).expect("it runs");
    session.run(&prompt(3)).expect("it runs");
    let expected = logits(&session);
    session.run(&prompt(1)).expect("it runs");
    assert_eq!(session.caches().idle().len(), 2);

    // Room for logits and the scores of a longer prompt, and for less than a page.
    let spare = 4 * session.info().vocabulary_size + 20_000;
    let ran = within(spare, || [session.run(&prompt(4)), session.run(&prompt(3))]);
    assert_eq!(ran, [Ok(0), Ok(0)], "what rests makes room, also for one more");
    let idle: Vec<_> = session.caches().idle().iter().map(Cache::tokens).collect();
    assert_eq!(idle, [prompt(4)], "1, 2 and the old 3 went at once");
    assert_eq!(logits(&session), expected);

    let longer = [prompt(3), prompt(5), vec![6; 50]].concat();
    let ran = within(spare, || session.run(&longer));
    assert_eq!(ran, Ok(100), "what is active does not go");
}

#[test]
fn where_nothing_rests_memory_that_is_refused_is_an_error_and_no_more() {
    let mut session = session();
    session.run(&prompt(2)).expect("it runs");
    let expected = logits(&session);
    let mut alone = self::session();
    let longer = [prompt(1), prompt(2)].concat();
    let error = within(100, || alone.run(&longer)).expect_err("there is no memory");
    assert_eq!(error.code(), "out-of-memory");
    let kept = alone.caches().active().len();
    assert!(kept >= 100 && alone.caches().active().tokens() == &longer[..kept], "what was run stays");

    // And as soon as there is memory again, all goes on as if nothing had been.
    assert_eq!(alone.run(&longer).expect("there is memory"), kept);
    let mut other = session.fork().expect("it forks");
    other.run(&longer).expect("it runs");
    assert_eq!(logits(&alone), logits(&other));
    alone.run(&prompt(2)).expect("it runs");
    assert_eq!(logits(&alone), expected);
}

#[test]
fn memory_refused_among_continuations_ends_the_scoring_alone() {
    let session = session();
    let continuations: Vec<String> = (0..30).map(|n| "abcdefghij".repeat(1 + n % 3)).collect();
    let expected =
        session.fork().expect("it forks").score("Q: the", &continuations, &[]).expect("there is memory");
    let mut alone = self::session();
    alone.run(&[1]).expect("it runs");
    alone.begin_scores("Q: the", &continuations, &[]).expect("it is begun");
    let mut run = || {
        while alone.advance()? > 0 {}
        Ok::<_, shotglass::Error>(())
    };
    assert_eq!(within(100, &mut run).expect_err("there is no memory").code(), "out-of-memory");
    assert_eq!(alone.scores().expect_err("it is over").code(), "invalid-option");
    assert_eq!(alone.score("Q: the", &continuations, &[]).expect("there is memory"), expected);
}
