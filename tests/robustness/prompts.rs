//! Prompts that cannot be run, and questions that cannot be answered.

use shotglass::score::Score;
use shotglass::tokenizer::Encoding;
use shotglass::{Error, Loader, Session};

use super::{memory, sound};

fn session() -> Session {
    let bytes = sound().bytes();
    let mut loader = Loader::new(None);
    loader.push(&bytes).expect("the file is sound");
    loader.finish(None).expect("the file is whole")
}

#[test]
fn a_bad_prompt_is_refused_and_a_good_one_still_runs() {
    let mut session = session();
    let (context, size) = (session.info().context_length, session.info().vocabulary_size as u32);
    let good = [1, 2, 3];
    session.run(&good).expect("a good prompt runs");
    let expected = session.logits().expect("it was run");

    let refused: [(&[u32], &str); 6] = [
        (&[], "empty-prompt"),
        (&vec![1; context + 1], "prompt-too-long"),
        (&vec![1; 100 * context], "prompt-too-long"),
        (&[size], "invalid-option"),
        (&[1, 2, 3, u32::MAX], "invalid-option"),
        (&vec![u32::MAX; context], "invalid-option"),
    ];
    for (ids, code) in refused {
        assert_eq!(session.begin(ids).expect_err("begin refuses it").code(), code);
        assert_eq!(session.run(ids).expect_err("run refuses it").code(), code);
        assert_eq!(session.logits().expect("what was run stays"), expected, "after {code}");
        session.run(&good).expect("a good prompt runs");
        assert_eq!(session.logits().expect("it was run"), expected, "after {code}");
    }
    session.run(&vec![1; context]).expect("a prompt that fills the context runs");
    session.run(&good).expect("a good prompt runs");
    assert_eq!(session.logits().expect("it was run"), expected, "after a full context");
}

#[test]
fn nothing_is_said_of_what_was_not_run() {
    let mut session = session();
    assert_eq!(session.logits().expect_err("nothing was run").code(), "empty-prompt");
    assert_eq!(session.logprobs().expect_err("nothing was run").code(), "empty-prompt");
    assert_eq!(session.predict(5).expect_err("nothing was run").code(), "empty-prompt");
    assert_eq!(session.advance().expect("nothing is left to run"), 0);

    session.run(&[4, 5, 6]).expect("it runs");
    for range in [0..4, 3..4, 100..200, usize::MAX - 1..usize::MAX] {
        assert_eq!(
            session.surprisal(range.clone(), 1).expect_err("not run").code(),
            "invalid-option",
            "{range:?}"
        );
    }
    #[expect(clippy::reversed_empty_ranges, reason = "it is what is tried")]
    let reversed = 2..1;
    assert_eq!(session.surprisal(reversed, 1).expect_err("reversed").code(), "invalid-option");
    assert_eq!(session.logits_at(3).expect_err("not run").code(), "invalid-option");
    assert_eq!(session.logits_at(usize::MAX).expect_err("not run").code(), "invalid-option");
    assert!(session.surprisal(1..1, 1).expect("an empty range is fine").is_empty());
}

#[test]
fn any_number_of_candidates_may_be_asked_for() {
    let mut session = session();
    session.run(&[4, 5, 6]).expect("it runs");
    let size = session.info().vocabulary_size;
    for k in [0, 1, 2, size - 1, size, size + 1, usize::MAX] {
        let prediction = session.predict(k).expect("any number is fine");
        assert_eq!(prediction.candidates.len(), k.min(size));
        assert_eq!(prediction.rest.count, size - k.min(size));
        let shown: f64 = prediction.candidates.iter().map(|candidate| candidate.p).sum();
        assert!((shown + prediction.rest.p - 1.0).abs() < 1e-6, "rows and rest are everything");
    }
}

#[test]
fn unknown_ids_have_no_bytes() {
    let session = session();
    let size = session.info().vocabulary_size as u32;
    for id in [size, size + 1, u32::MAX] {
        assert!(session.tokenizer().bytes(id).is_empty());
        assert_eq!(session.tokenizer().decode(&[id]), "");
    }
}

#[test]
fn long_and_strange_texts_are_encoded() {
    let session = session();
    let texts = [
        "".to_owned(),
        "a".repeat(100_000),
        " ".repeat(100_000),
        "\u{10ffff}".repeat(10_000),
        "\0".repeat(1000),
    ];
    for text in texts {
        let ids = session.tokenizer().encode(&text).expect("any text has tokens");
        assert_eq!(session.tokenizer().decode(&ids), text);
    }
}

/// A text is encoded in parts, so that it can be given up. A special token ends what can merge, so that the whole must be
/// what the pieces between them are; an odd length lets the parts end at every place of a piece.
#[test]
fn a_text_that_is_encoded_in_parts_has_the_tokens_of_the_whole() {
    let session = session();
    let tokenizer = session.tokenizer();
    let unit = "It is the 1st of 23 days.\n\n   \u{e9}\u{1f600}'ll  \t x<|im_end|>";
    let (once, times) = (tokenizer.encode(unit).expect("it has tokens"), 5000);
    let mut encoding = Encoding::new(unit.repeat(times), usize::MAX);
    let mut parts = 1;
    while !tokenizer.encode_more(&mut encoding).expect("any text has tokens") {
        parts += 1;
    }
    assert!(parts > 3, "{parts} parts");
    assert!(encoding.ids() == once.repeat(times));
}

/// A text of megabytes was encoded to its end before it was refused, and took gigabytes in a page.
#[test]
fn a_text_far_beyond_the_context_is_refused_before_it_is_encoded() {
    let session = session();
    let context = session.info().context_length;
    for text in ["a".repeat(20_000_000), "a b ".repeat(5_000_000), "<|im_end|>".repeat(2_000_000)] {
        let (error, peak) = memory::peak(|| {
            let mut encoding = Encoding::new(text.as_str(), context);
            loop {
                match session.tokenizer().encode_more(&mut encoding) {
                    Ok(is_whole) => assert!(!is_whole, "it is too long"),
                    Err(error) => return error,
                }
            }
        });
        match error {
            Error::PromptTooLong { tokens, is_all: false, limit } => {
                assert!(tokens > limit && tokens <= text.len() && limit == context, "{tokens} tokens");
            }
            other => panic!("{other}"),
        }
        let sentence = error.to_string();
        assert!(sentence.starts_with("The prompt has at least "), "{sentence}");
        assert!(peak < 200 << 20, "it took {peak} bytes");
    }
    // Where all are counted, so it says.
    let mut encoding = Encoding::new("<|im_end|>".repeat(context + 1), context);
    let error = session.tokenizer().encode_more(&mut encoding).expect_err("it has a token too many");
    assert!(matches!(error, Error::PromptTooLong { is_all: true, .. }), "{error}");
}

#[test]
fn bad_continuations_are_refused_with_a_sentence() {
    let mut session = session();
    let context = session.info().context_length;
    let list = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    session.run(&[1, 2, 3]).expect("it runs");
    let expected = session.logits().expect("it was run");
    let long = "x".repeat(context);
    for (text, continuations, code) in [
        ("a", list(&[]), "invalid-option"),
        ("a", list(&[""]), "invalid-option"),
        ("a", list(&["b", ""]), "invalid-option"),
        ("", list(&["b"]), "empty-prompt"),
        // These are not empty: their white space goes to the continuations, and nothing is left.
        ("  ", list(&["b"]), "invalid-option"),
        ("\n", list(&["\n\n b", " c"]), "invalid-option"),
        (&long, list(&["bc"]), "prompt-too-long"),
        ("a", list(&["b", &"c".repeat(context + 1)]), "prompt-too-long"),
        (&"x".repeat(9 * context), list(&["b"]), "prompt-too-long"),
    ] {
        let error = session.begin_scores(text, &continuations, &[]).expect_err("it is refused");
        assert_eq!(error.code(), code, "{error}");
        assert_eq!(session.scores().expect_err("nothing was begun").code(), "invalid-option");
        assert_eq!(session.logits().expect("what was run stays"), expected, "after {code}");
    }
    // The last token is not read, so it may stand behind the last position.
    let scores = session.score(&long, &list(&["b", "c"]), &[]).expect("they just fit");
    assert_eq!(scores.len(), 2);
    let scores = session.score("a", &list(&["b", &"c".repeat(context)]), &[]).expect("this one too");
    assert_eq!(scores[1].tokens.len(), context);
}

#[test]
fn any_texts_are_scored_or_refused() {
    let mut session = session();
    let pieces = [
        "a",
        " ",
        "  ",
        "\n",
        "\n\n",
        "\u{a0}",
        "\u{3000}",
        "é",
        "😀",
        "\0",
        "\r\n",
        "7",
        " the",
        "<|im_end|>",
        "\t",
    ];
    for context in pieces.iter().flat_map(|a| pieces.iter().map(move |b| format!("{a}{b}"))) {
        for continuations in pieces.windows(3) {
            let continuations: Vec<_> = continuations.iter().map(|&text| text.to_owned()).collect();
            match session.score(&context, &continuations, &[]) {
                Ok(scores) => {
                    let finite = |score: &Score| {
                        score.forms.logprob.is_finite() && score.forms.per_character.is_finite()
                    };
                    assert!(scores.iter().all(finite), "{context:?}, {continuations:?}");
                }
                Err(error) => {
                    let is_white = !context.is_empty() && context.trim().is_empty();
                    let known = match error.code() {
                        "merged-continuation" => true,
                        "empty-prompt" => !is_white,
                        code => is_white && code == "invalid-option",
                    };
                    assert!(known, "{context:?}, {continuations:?}: {error}");
                }
            }
        }
    }
}
