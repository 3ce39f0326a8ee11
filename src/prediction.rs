//! What a model says of the next token, and of a token that is there.

use crate::distribution::{Candidate, Distribution, Rest, Sampled};

/// The distribution of the next token, summarized.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// The most probable tokens, most probable first.
    pub candidates: Vec<Candidate>,
    /// All others.
    pub rest: Rest,
    /// Entropy of the whole distribution, in nats.
    pub entropy: f64,
    /// What sampling draws in place of the candidates, if that was asked for.
    pub sampled: Option<Sampled>,
}

/// A token that was drawn, and what else the distribution says there.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// The token, with its probability and rank.
    pub token: Candidate,
    /// Entropy of the whole distribution, in nats.
    pub entropy: f64,
    /// The most probable tokens, most probable first, as many as were asked for.
    pub candidates: Vec<Candidate>,
    /// The tokens that were asked for by id.
    pub asked: Vec<Candidate>,
}

/// How the model predicted one token of a text from those before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Surprisal {
    /// The token of the text.
    pub id: u32,
    /// The prediction for its place; `None` for the first token, which nothing precedes.
    pub expected: Option<Expected>,
}

/// The place of a token in the distribution that was predicted for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// The token of the text, with its probability and rank.
    pub actual: Candidate,
    /// The whole distribution.
    pub prediction: Prediction,
}

impl Prediction {
    /// The `top_k` most probable tokens, and the rest.
    pub(crate) fn new(distribution: &Distribution, top_k: usize) -> Prediction {
        let (candidates, rest) = distribution.top(top_k);
        Prediction { candidates, rest, entropy: distribution.entropy(), sampled: None }
    }
}
