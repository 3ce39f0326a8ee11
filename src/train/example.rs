//! What a run learns from, and what is kept of it from step to step.

use std::ops::Range;

use crate::error::{Error, Result};
use crate::model::Model;

/// Something to learn from. Probabilities are those of the full vocabulary.
#[derive(Debug, Clone, PartialEq)]
pub enum Example {
    /// A text whose tokens from index `from` on are to become probable, each after all tokens before it: an answer after
    /// its prompt, or with 1 a whole text.
    Text {
        /// The tokens.
        ids: Vec<u32>,
        /// The index of the first that is learned, at least 1.
        from: usize,
    },
    /// An answer among others. It is to become probable after the context, and more so than they.
    Choice {
        /// The tokens of the prompt.
        context: Vec<u32>,
        /// The tokens of the right answer.
        answer: Vec<u32>,
        /// The tokens of each wrong answer.
        others: Vec<Vec<u32>>,
    },
    /// A text after whose tokens, from index `from` on, the distribution of the next one is to become a teacher's.
    Teacher {
        /// The tokens.
        ids: Vec<u32>,
        /// The index of the first token after which the teacher says something.
        from: usize,
        /// The teacher's log-probabilities, `(tokens from there on, vocabulary)`.
        logprobs: Vec<f32>,
    },
}

/// What the places of a sequence are for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Role {
    /// These tokens are to become probable.
    Answer(Vec<u32>),
    /// These tokens are a wrong answer.
    Other(Vec<u32>),
    /// These distributions are a teacher's.
    Teacher(Vec<f32>),
}

/// Tokens that run together, and what is to follow them.
#[derive(Debug, Clone)]
pub(super) struct Sequence {
    pub ids: Vec<u32>,
    /// The index of the first token after which something is predicted. All later ones follow.
    pub first: usize,
    pub role: Role,
}

impl Sequence {
    /// How many distributions count.
    pub fn places(&self) -> usize {
        self.ids.len() - self.first
    }
}

/// Examples, with their rows below the first layer that is trained.
#[derive(Debug, Clone)]
pub(super) struct Examples {
    pub sequences: Vec<Sequence>,
    /// The sequences of each example.
    pub groups: Vec<Range<usize>>,
    /// For each sequence the rows that go into the first layer that is trained, once they are known.
    pub frozen: Vec<Option<Vec<f32>>>,
}

impl Examples {
    /// Checks examples. Their wrong answers run if `has_others`.
    pub fn new(model: &Model, examples: &[Example], has_others: bool) -> Result<Examples> {
        let mut sequences = Vec::new();
        let mut groups = Vec::new();
        for (index, example) in examples.iter().enumerate() {
            let start = sequences.len();
            let must = |must: &str, got: String| Error::InvalidOption {
                name: "examples",
                must: format!("{must} in example {}", index + 1),
                got,
            };
            match example {
                Example::Text { ids, from } => {
                    if !(1..ids.len()).contains(from) {
                        let got = format!("token {from} of {}", ids.len());
                        return Err(must("learned from one of the tokens after the first", got));
                    }
                    let answer = Role::Answer(ids[*from..].to_vec());
                    sequences.push(Sequence { ids: before_last(ids), first: from - 1, role: answer });
                }
                Example::Choice { context, answer, others } => {
                    let mut push = |answer: &[u32], role: fn(Vec<u32>) -> Role| {
                        if context.is_empty() || answer.is_empty() {
                            return Err(must("tokens before and in each answer", "none".to_owned()));
                        }
                        let ids = before_last(&[context, answer].concat());
                        let role = role(answer.to_vec());
                        sequences.push(Sequence { ids, first: context.len() - 1, role });
                        Ok(())
                    };
                    push(answer, Role::Answer)?;
                    for other in others.iter().filter(|_| has_others) {
                        push(other, Role::Other)?;
                    }
                }
                Example::Teacher { ids, from, logprobs } => {
                    let size = ids.len().saturating_sub(*from) * model.vocabulary_size();
                    if size == 0 || logprobs.len() != size {
                        let got = format!("{} numbers after token {from} of {}", logprobs.len(), ids.len());
                        return Err(must("a distribution after each token from one on", got));
                    }
                    let role = Role::Teacher(logprobs.clone());
                    sequences.push(Sequence { ids: ids.clone(), first: *from, role });
                }
            }
            groups.push(start..sequences.len());
        }
        let (limit, size) = (model.config().context_length, model.vocabulary_size());
        for Sequence { ids, role, .. } in &sequences {
            if ids.len() > limit {
                return Err(Error::PromptTooLong { tokens: ids.len(), is_all: true, limit });
            }
            let wanted: &[u32] = match role {
                Role::Answer(wanted) | Role::Other(wanted) => wanted,
                Role::Teacher(_) => &[],
            };
            if let Some(id) = ids.iter().chain(wanted).find(|&&id| id as usize >= size) {
                let must = format!("below the vocabulary's size, {size}");
                return Err(Error::InvalidOption { name: "ids", must, got: id.to_string() });
            }
        }
        if groups.is_empty() {
            let must = "at least one example".to_owned();
            return Err(Error::InvalidOption { name: "examples", must, got: "none".to_owned() });
        }
        let frozen = vec![None; sequences.len()];
        Ok(Examples { sequences, groups, frozen })
    }
}

/// All tokens but the last, which does not run, because nothing is asked about what follows it.
fn before_last(ids: &[u32]) -> Vec<u32> {
    ids[..ids.len() - 1].to_vec()
}
