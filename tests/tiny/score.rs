//! Scores: all continuations in one batch = each alone = the plain pass over its whole text, bit for bit.

use std::collections::BTreeSet;

use candle_core::quantized::GgmlDType;
use shotglass::Session;
use shotglass::cache::{Cache, PAGE};
use shotglass::score::{Continued, Score};

use super::support::gguf::Value;
use super::support::noise::Noise;
use super::support::tiny::{Shape, model, vocabulary};
use super::{bits, load, prompt};

/// `len` words; each begins with a space.
fn words(len: usize, noise: &mut Noise) -> String {
    let word = |noise: &mut Noise| {
        [" the", " in", " x", " re", " prement", " w7", " é😀", "\n\n", ", on"][noise.below(9)]
    };
    (0..len).map(|_| word(noise)).collect()
}

/// The slow twin: one plain pass over context and continuation, and the logprob and the rank of each token read off.
fn alone(loaded: &Session, context: &str, continuation: &str) -> Vec<(u32, u32, usize)> {
    let split =
        &loaded.tokenizer().split(context, &[continuation.to_owned()], usize::MAX).expect("they split")[0];
    let whole = [&split.context[..], &split.continuation].concat();
    let mut session = loaded.fork().expect("it forks");
    session.run(&whole).expect("the text runs");
    let scored = |position: usize| {
        let surprisal = &session.surprisal(position..position + 1, 0).expect("it was run")[0];
        let actual = surprisal.expected.as_ref().expect("something is before it").actual;
        (whole[position], actual.logprob.to_bits(), actual.rank)
    };
    (split.context.len()..whole.len()).map(scored).collect()
}

fn of(score: &Score) -> Vec<(u32, u32, usize)> {
    score.tokens.iter().map(|token| (token.id, token.logprob.to_bits(), token.rank)).collect()
}

/// A session whose pages are full of other prompts' numbers.
fn used(loaded: &Session, seed: u64) -> Session {
    let mut session = loaded.fork().expect("it forks");
    session.run(&prompt(200, seed)).expect("another prompt runs");
    let stale: Vec<String> = (0..9).map(|n| words(20 + n, &mut Noise::new(seed + n as u64))).collect();
    session.score(&words(40, &mut Noise::new(seed)), &stale, &[]).expect("others are scored");
    session
}

#[test]
fn a_batch_is_each_alone_is_the_plain_pass() {
    let mut noise = Noise::new(3);
    let (mut remainders, mut lengths, mut most) = (BTreeSet::new(), BTreeSet::new(), 0);
    for dtype in [GgmlDType::F32, GgmlDType::Q4_1, GgmlDType::Q4K] {
        let loaded = load(&model(&Shape::of(dtype, true)).bytes());
        for round in 0..12 {
            // Around the ends of groups (4), chunks (16) and pages (64), and the first tokens of all.
            let words_before = [1, 2, 3, 4, 14, 15, 16, 17, 38, 39, 40, 41][round];
            let context = words(words_before, &mut noise) + "a";
            let continuations: Vec<String> =
                (0..1 + noise.below(24)).map(|_| words(1 + noise.below(30), &mut noise)).collect();
            let mut session =
                if round % 2 == 0 { used(&loaded, 99) } else { loaded.fork().expect("it forks") };

            let tokens = session.begin_scores(&context, &continuations, &[]).expect("they can be scored");
            let (mut left, mut rows) = (tokens - session.cached(), 0);
            while left > 0 {
                let now = session.advance().expect("a chunk runs");
                assert!(now < left, "each chunk runs something");
                (rows, left) = (rows + left - now, now);
            }
            let scores = session.scores().expect("all was run");
            assert_eq!(scores.len(), continuations.len());
            let context_len = session.caches().active().len();
            assert_eq!(
                tokens,
                context_len + scores.iter().map(|score| score.tokens.len() - 1).sum::<usize>(),
                "the context is run once, and of a continuation all but the last token"
            );
            assert_eq!(rows, tokens - session.cached());

            for (continuation, score) in continuations.iter().zip(&scores) {
                let expected = alone(&loaded, &context, continuation);
                assert_eq!(of(score), expected, "{dtype:?}, {context:?}, {continuation:?} in a batch");
                let one = &session
                    .score(&context, std::slice::from_ref(continuation), &[])
                    .expect("it is scored")[0];
                assert_eq!(one, score, "{dtype:?}, {context:?}, {continuation:?} by itself");
                lengths.insert(score.tokens.len());
            }
            remainders.insert(context_len % 4);
            most = most.max(tokens - context_len);
        }
    }
    assert_eq!(remainders.len(), 4, "contexts end in every lane");
    assert!(lengths.contains(&1) && lengths.last() >= Some(&40), "short and long ones: {lengths:?}");
    assert!(most > 5 * PAGE, "so many rows that slots are used again: {most}");
}

/// Contexts that begin alike, and what is scored after each: some are the beginning itself, some are there twice.
fn contexts(beginning: &str, noise: &mut Noise) -> Vec<Continued> {
    let mut all: Vec<Continued> = Vec::new();
    for i in 0..1 + noise.below(14) {
        let rest = words([0, 1, 2, 3, 5, 9, 20][noise.below(7)], noise);
        let continuations = (0..1 + noise.below(4)).map(|_| words(1 + noise.below(6), noise)).collect();
        all.push(Continued { context: format!("{beginning}{rest}"), continuations });
        if i == 3 {
            all.push(all[0].clone());
        }
    }
    all
}

#[test]
fn many_contexts_are_each_alone() {
    let mut noise = Noise::new(17);
    let (mut stems, mut most) = (BTreeSet::new(), 0);
    for dtype in [GgmlDType::F32, GgmlDType::Q4K] {
        let loaded = load(&model(&Shape::of(dtype, true)).bytes());
        for round in 0..10 {
            let beginning = words([1, 2, 3, 4, 15, 16, 25, 26, 39, 40][round], &mut noise);
            let all = contexts(&beginning, &mut noise);
            let mut session =
                if round % 2 == 0 { used(&loaded, 99) } else { loaded.fork().expect("it forks") };
            let behind = session.begin_scores_of_many(&all).expect("they can be scored");
            let tokens = session.key_tokens() + behind.iter().sum::<usize>();
            let (mut left, mut rows) = (tokens - session.cached(), 0);
            while left > 0 {
                let now = session.advance().expect("a chunk runs");
                assert!(now < left, "each chunk runs something");
                (rows, left) = (rows + left - now, now);
            }
            assert_eq!(rows, tokens - session.cached());
            let trunk = session.caches().active().len();
            most = most.max(tokens - trunk);

            let scores = session.scores().expect("all was run");
            assert_eq!(scores.len(), all.iter().map(|one| one.continuations.len()).sum::<usize>());
            assert_eq!(behind.len(), all.len());
            let mut scores = scores.iter();
            for Continued { context, continuations } in &all {
                for (continuation, score) in continuations.iter().zip(scores.by_ref()) {
                    assert_eq!(
                        of(score),
                        alone(&loaded, context, continuation),
                        "{context:?} {continuation:?}"
                    );
                }
                stems.insert(loaded.tokenizer().encode(context).expect("it has tokens").len() - trunk);
            }
            let expected =
                loaded.fork().expect("it forks").score(&all[0].context, &all[0].continuations, &[]);
            let again = session.score(&all[0].context, &all[0].continuations, &[]);
            assert_eq!(
                again.expect("one is scored"),
                expected.expect("one is scored"),
                "nothing of it stays"
            );
        }
    }
    assert!(stems.contains(&0) && stems.last() >= Some(&30), "short and long ones: {stems:?}");
    assert!(most > 5 * PAGE, "so many rows that slots are used again: {most}");
}

#[test]
fn of_many_contexts_the_first_that_cannot_be_scored_is_told_before_anything_runs() {
    let mut session = load(&model(&Shape::default()).bytes());
    let before = session.caches().active().len();
    let one = |context: &str, continuations: &[&str]| Continued {
        context: context.to_owned(),
        continuations: continuations.iter().map(|&text| text.to_owned()).collect(),
    };
    for wrong in
        [one("", &[" a"]), one("the", &[]), one("the", &[""]), one(&words(2000, &mut Noise::new(1)), &[" a"])]
    {
        session.begin_scores_of_many(&[one("the", &[" a"]), wrong]).expect_err("it cannot be scored");
    }
    session.begin_scores_of_many(&[]).expect_err("there is nothing to score");
    assert_eq!(session.caches().active().len(), before);
}

#[test]
fn a_label_of_one_token_costs_nothing_and_is_the_entry_of_predict() {
    let mut session = load(&model(&Shape::default()).bytes());
    let context = "Q: the\nA:";
    let ids = session.tokenizer().encode(context).expect("it has tokens");
    session.run(&ids).expect("the context runs");
    let logprobs = session.logprobs().expect("it was run");

    let labels = [" the", " a", " in", "x", "\n\n"].map(str::to_owned);
    let tokens = session.begin_scores(context, &labels, &[]).expect("they can be scored");
    assert_eq!((tokens, session.cached()), (ids.len(), ids.len()));
    for (label, score) in labels.iter().zip(session.scores().expect("nothing is left to run")) {
        let [token] = score.tokens[..] else { panic!("{label:?} is one token") };
        assert_eq!(token.logprob.to_bits(), logprobs[token.id as usize].to_bits(), "{label:?}");
        assert_eq!(score.forms.logprob, f64::from(token.logprob));
    }
}

#[test]
fn nothing_of_the_continuations_stays() {
    let mut session = load(&model(&Shape::default()).bytes());
    let context = words(30, &mut Noise::new(8));
    let ids = session.tokenizer().encode(&context).expect("it has tokens");
    session.run(&ids).expect("the context runs");
    let before = bits(&session);
    let continuations: Vec<String> = (0..20).map(|seed| words(12, &mut Noise::new(seed))).collect();
    let expected = session.score(&context, &continuations, &[]).expect("they are scored");
    assert_eq!(session.caches().active().tokens(), ids);
    assert_eq!(bits(&session), before, "the distribution after the context is there again");

    let mut longer = ids.clone();
    longer.extend(prompt(70, 4));
    let mut fresh = session.fork().expect("it forks");
    assert_eq!(session.run(&longer).expect("it goes on"), ids.len());
    fresh.run(&[1]).expect("another prompt runs");
    fresh.run(&longer).expect("the same, from the fork");
    assert_eq!(bits(&session), bits(&fresh));
    assert_eq!(session.score(&context, &continuations, &[]).expect("they are scored again"), expected);
}

#[test]
fn scores_that_are_left_half_way_leave_no_trace() {
    let loaded = load(&model(&Shape::default()).bytes());
    let context = words(25, &mut Noise::new(2));
    let continuations: Vec<String> = (0..24).map(|seed| words(15, &mut Noise::new(seed))).collect();
    let expected =
        loaded.fork().expect("it forks").score(&context, &continuations, &[]).expect("they are scored");
    for chunks in 0..9 {
        let mut session = loaded.fork().expect("it forks");
        session.begin_scores(&context, &continuations, &[]).expect("they can be scored");
        for _ in 0..chunks {
            assert_ne!(session.advance().expect("a chunk runs"), 0, "it is left before the end");
            assert_eq!(session.scores().expect_err("it is not over").code(), "invalid-option");
        }
        let mut other = session.tokenizer().encode(&context).expect("it has tokens");
        other.extend(prompt(3, 6));
        session.begin(&other).expect("another prompt is fine");
        assert_eq!(session.scores().expect_err("they were given up").code(), "invalid-option");
        while session.advance().expect("it runs") > 0 {}
        let mut fresh = loaded.fork().expect("it forks");
        fresh.run(&other).expect("the same runs");
        assert_eq!(bits(&session), bits(&fresh), "after {chunks} chunks");
        let pages = |of: &Session, beside: &Session| {
            Cache::bytes_beside(beside.caches().active(), std::slice::from_ref(of.caches().active()))
        };
        assert_eq!(pages(&session, &fresh), pages(&fresh, &session), "no page of theirs is kept");
        assert_eq!(session.score(&context, &continuations, &[]).expect("they are scored"), expected);
    }
}

#[test]
fn long_continuations_and_short_ones_do_not_write_over_each_other() {
    let loaded = load(&model(&Shape { context: 1024, ..Shape::default() }).bytes());
    let mut noise = Noise::new(12);
    let lengths = [3, 160, 2, 5, 200, 1, 30, 180, 4, 4, 4, 90, 90, 90];
    let continuations: Vec<String> = lengths.iter().map(|&len| words(len, &mut noise)).collect();
    for context in ["A", "A: x", " the Q", " in the w7"] {
        let scores = used(&loaded, 5).score(context, &continuations, &[]).expect("they are scored");
        for (continuation, score) in continuations.iter().zip(&scores) {
            assert_eq!(of(score), alone(&loaded, context, continuation), "{context:?}, {continuation:?}");
        }
    }
}

#[test]
fn the_forms_are_those_of_the_conventions() {
    let mut session = load(&model(&Shape::default()).bytes());
    // A delimiter, a letter of two bytes, one of four; and whitespace alone.
    let scores = session.score("A:", &[" é😀".to_owned(), "\n\n".to_owned()], &[]).expect("they are scored");
    let sum = |score: &Score| score.tokens.iter().map(|token| f64::from(token.logprob)).sum::<f64>();
    for (score, characters, bytes) in [(&scores[0], 2.0, 7.0), (&scores[1], 2.0, 2.0)] {
        assert_eq!(score.forms.logprob, sum(score));
        assert_eq!(score.forms.per_token, score.forms.logprob / score.tokens.len() as f64);
        assert_eq!(score.forms.per_character, score.forms.logprob / characters);
        assert_eq!(score.forms.per_byte, score.forms.logprob / bytes);
    }
    assert_eq!(scores[0].tokens.len(), 7, "a token for each byte");
}

#[test]
fn trailing_spaces_of_the_context_belong_to_the_continuation() {
    let mut session = load(&model(&Shape::default()).bytes());
    let expected =
        session.score("Q: a\nA:", &[" the".to_owned(), " on".to_owned()], &[]).expect("they are scored");
    let spaced =
        session.score("Q: a\nA: ", &["the".to_owned(), "on".to_owned()], &[]).expect("they are scored");
    assert_eq!(spaced, expected);
    let mut newline =
        |context: &str, a: &str, b: &str| session.score(context, &[a.to_owned(), b.to_owned()], &[]);
    assert_eq!(newline("Q: a\n", "the", "\n"), newline("Q: a", "\nthe", "\n\n"), "so may a newline");
}

#[test]
fn context_and_continuation_are_split_where_they_meet() {
    let session = load(&model(&Shape::default()).bytes());
    let tokenizer = session.tokenizer();
    let split = |context: &str, continuations: &[&str]| {
        let continuations: Vec<String> = continuations.iter().map(|&text| text.to_owned()).collect();
        let splits = tokenizer.split(context, &continuations, usize::MAX)?;
        Ok(splits
            .iter()
            .map(|split| (tokenizer.decode(&split.context), tokenizer.decode(&split.continuation)))
            .collect())
    };
    let pairs = |pairs: &[(&str, &str)]| -> Result<Vec<(String, String)>, shotglass::Error> {
        Ok(pairs.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect())
    };
    assert_eq!(split("A:", &[" the", "\nthe"]), pairs(&[("A:", " the"), ("A:", "\nthe")]));
    assert_eq!(split("A:  ", &["the"]), pairs(&[("A:", "  the")]));
    assert_eq!(split("A:\n", &["the"]), pairs(&[("A:\n", "the")]), "a newline is not a space");
    assert_eq!(split("é😀", &["😀é"]), pairs(&[("é😀", "😀é")]));
    assert_eq!(split("a<|im_end|>", &["<|im_start|>b"]), pairs(&[("a<|im_end|>", "<|im_start|>b")]));
    // Two newlines are one token here, so the first goes with the second, and with all others.
    assert_eq!(split("A:\n", &["the", "\n"]), pairs(&[("A:", "\nthe"), ("A:", "\n\n")]));
    assert_eq!(split("in", &[" b", "g"]).expect_err("`ing` is a token").code(), "merged-continuation");
    let error = split(" th", &["e"]).expect_err("` the` is a token").to_string();
    assert!(error.contains("\"e\"") && error.contains("\" the\""), "{error}");
    assert_eq!(split("", &["the"]), pairs(&[("", "the")]), "nothing is a context too, of no tokens");
}

#[test]
fn what_is_split_has_the_tokens_of_the_whole_text_for_every_pre_tokenizer() {
    let pieces = [
        "a",
        "be",
        " the",
        " in",
        " ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        "é",
        "😀",
        "7",
        "12",
        "'s",
        "'S",
        "'",
        ":",
        "://",
        "_",
        "<|im_end|>",
        "<a b>",
        "\u{a0}",
        "\u{3000}",
        "don't",
        "x y z",
    ];
    for pre in ["smollm", "gpt-2", "llama-bpe", "qwen2"] {
        for special in ["<|im_start|>", "<a b>"] {
            let mut file = model(&Shape::default());
            file.set("tokenizer.ggml.pre", Value::string(pre));
            let mut vocabulary = vocabulary();
            vocabulary[1] = special.to_owned();
            file.set("tokenizer.ggml.tokens", Value::strings(vocabulary.iter().map(String::as_str)));
            let session = load(&file.bytes());
            let tokenizer = session.tokenizer();
            let mut noise = Noise::new(21);
            let mut text = |most: usize| -> String {
                (0..1 + noise.below(most)).map(|_| pieces[noise.below(pieces.len())]).collect()
            };
            let mut splits = 0;
            for _ in 0..2000 {
                let (context, continuations) = (text(9), [text(4), text(4)]);
                let Ok(parts) = tokenizer.split(&context, &continuations, usize::MAX) else { continue };
                for (continuation, part) in continuations.iter().zip(&parts) {
                    let whole = tokenizer.encode(&format!("{context}{continuation}")).expect("it has tokens");
                    let ids = [&part.context[..], &part.continuation].concat();
                    assert_eq!(ids, whole, "{pre}: {context:?} + {continuation:?}");
                    assert_eq!(tokenizer.decode(&part.continuation), part.text);
                    assert!(part.text.ends_with(continuation.as_str()));
                    splits += 1;
                }
            }
            assert!(splits > 1000, "{pre}: only {splits} were split");
        }
    }
}
