//! Scores against references: each form by brute force from the float32 truth, one plain forward pass for each token.

use candle_core::quantized::GgmlDType;
use shotglass::score::Forms;
use shotglass::{Error, Session};

use super::load;
use super::support::distribution::log_softmax;
use super::support::gguf::Value;
use super::support::tiny::{Shape, model};
use super::support::truth::Truth;

const CONTEXT: &str = "Q: the in\nA: on\n\nQ: x re\nA:";

fn list(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

/// The forms of `continuation` after `context`, for texts whose tokens do not run together.
fn forms(truth: &Truth, session: &Session, context: &str, continuation: &str) -> [f64; 4] {
    let encode = |text: &str| session.tokenizer().encode(text).expect("it has tokens");
    let (whole, before) = (encode(&format!("{context}{continuation}")), encode(context).len());
    assert_eq!(whole[..before], encode(context), "the two texts do not run together");
    let logprob = (before..whole.len()).map(|at| {
        let logits = truth.last_logits(&whole[..at]).expect("the truth runs");
        log_softmax(&logits)[whole[at] as usize]
    });
    let sum: f64 = logprob.sum();
    let characters = continuation.trim_start().chars().count();
    [sum, sum / (whole.len() - before) as f64, sum / characters as f64, sum / continuation.len() as f64]
}

fn array(forms: &Forms) -> [f64; 4] {
    [forms.logprob, forms.per_token, forms.per_character, forms.per_byte]
}

/// What is asked after a reference, and the contexts that are really run for it.
fn check(references: &[&str], contexts: &[&str]) {
    let bytes = model(&Shape::of(GgmlDType::F32, true)).bytes();
    let (truth, mut session) = (Truth::read(&bytes).expect("a model"), load(&bytes));
    let continuations = list(&[" the", " re prement", " é😀", "\nx", " on"]);
    let scores = session.score(CONTEXT, &continuations, &list(references)).expect("they are scored");
    for (continuation, score) in continuations.iter().zip(&scores) {
        let own = forms(&truth, &session, CONTEXT, continuation);
        let behind: Vec<[f64; 4]> =
            contexts.iter().map(|context| forms(&truth, &session, context, continuation)).collect();
        let reference = score.reference.as_ref().expect("there are references");
        let adjusted = score.adjusted().expect("there are references");
        for form in 0..4 {
            let average = behind.iter().map(|forms| forms[form].exp()).sum::<f64>() / contexts.len() as f64;
            let close = |a: f64, b: f64| (a - b).abs() < 1e-5;
            let (own, average) = (own[form], average.ln());
            assert!(close(array(&score.forms)[form], own), "{continuation:?}: form {form} is not {own}");
            assert!(
                close(array(reference)[form], average),
                "{continuation:?}: reference {form} is not {average}"
            );
            assert!(
                close(array(&adjusted)[form], own - average),
                "{continuation:?}: {form} is not the difference"
            );
        }
    }
    // With no reference it is the same without the comparison.
    let plain = session.score(CONTEXT, &continuations, &[]).expect("they are scored");
    for (plain, score) in plain.iter().zip(&scores) {
        assert_eq!((&plain.tokens, &plain.forms), (&score.tokens, &score.forms));
        assert_eq!((plain.reference, plain.adjusted()), (None, None));
    }
}

#[test]
fn a_text_as_reference() {
    check(&["A x:"], &["A x:"]);
}

#[test]
fn no_context_is_the_end_of_another_text() {
    check(&[""], &["<|endoftext|>"]);
}

#[test]
fn spaces_before_the_continuation_are_not_there_twice() {
    check(&["A x: "], &["A x:"]);
    check(&["  "], &["<|endoftext|>"]);
}

#[test]
fn probabilities_of_several_references_are_averaged() {
    let prompts = [
        "Q: the in\nA: on\n\nQ: N/A\nA:",
        "Q: the in\nA: on\n\nQ: \nA:",
        "Q: the in\nA: on\n\nQ: [MASK]\nA:",
    ];
    check(&prompts, &prompts);
    check(&["", "A x:"], &["<|endoftext|>", "A x:"]);
}

/// A reference that is the context says that the context adds nothing, to the bit.
#[test]
fn the_context_itself_as_reference_leaves_nothing() {
    let mut session = load(&model(&Shape::default()).bytes());
    let continuations = list(&[" the", " re prement"]);
    for score in session.score(CONTEXT, &continuations, &list(&[CONTEXT])).expect("they are scored") {
        assert_eq!(array(&score.adjusted().expect("there is a reference")), [0.0; 4]);
    }
}

#[test]
fn what_is_cached_is_counted_for_references_too() {
    let mut session = load(&model(&Shape::default()).bytes());
    let (continuations, references) = (list(&[" the", " re prement"]), list(&["Q: the in\nA:", "x"]));
    let mut run = || {
        let tokens = session.begin_scores(CONTEXT, &continuations, &references).expect("it can be scored");
        let (mut left, mut ran) = (tokens - session.cached(), 0);
        while left > 0 {
            let (before, now) = (session.cached(), session.advance().expect("a part runs"));
            ran += left - now - (session.cached() - before);
            left = now;
        }
        assert_eq!(ran, tokens - session.cached());
        (session.scores().expect("all was run"), ran)
    };
    let (first, all) = run();
    let (second, rest) = run();
    assert_eq!(first, second);
    // Each time the continuations alone: of `" re prement"` all but its last token, behind three contexts.
    assert!(rest < all / 2 && rest > 0, "{rest} of {all} tokens ran again");
}

#[test]
fn what_cannot_be_a_reference_is_said() {
    let mut file = model(&Shape::default());
    let mut session = load(&file.bytes());
    let limit = session.info().context_length;
    let mut error = |reference: String| {
        let error = session.score(CONTEXT, &list(&[" the", "x"]), &[reference]).expect_err("it is refused");
        (error.code(), error)
    };
    assert!(matches!(error("a ".repeat(limit + 1)), (_, Error::PromptTooLong { .. })));
    // A beginning is the file's own where there is no end of texts, and an error where there is neither.
    let without_end = |file: &mut super::support::gguf::Gguf| {
        let tokens = super::support::tiny::vocabulary();
        let renamed = tokens.iter().map(|token| token.replace("<|endoftext|>", "<|nothing|>"));
        file.set(
            "tokenizer.ggml.tokens",
            Value::strings(renamed.collect::<Vec<_>>().iter().map(String::as_str)),
        );
    };
    // Where each text begins with a token, no text is that token alone.
    let mut beginning = file.clone();
    beginning.set("tokenizer.ggml.add_bos_token", Value::Bool(true));
    let mut begun = load(&beginning.bytes());
    let scores =
        begun.score("", &list(&[" the end"]), &list(&["", "<|im_start|>"])).expect("they are scored");
    assert_eq!(scores[0].adjusted().expect("it has references").logprob, 0.0);

    without_end(&mut file);
    let with_beginning = load(&file.bytes());
    assert_eq!(with_beginning.tokenizer().empty_context().expect("it has one"), "<|im_start|>");
    file.remove("tokenizer.ggml.bos_token_id");
    let mut bare = load(&file.bytes());
    let error = bare.score(CONTEXT, &list(&[" the"]), &list(&[""])).expect_err("there is no token for it");
    assert_eq!(error.code(), "invalid-option");
}
