//! The probability of given continuations of a context: token by token, in the usual normalized forms, and compared
//! with the same continuations after other contexts.
//!
//! A context runs once. All continuations run after it in one batch. Each of them sees the context and itself, and
//! none of them stays in the cache. Several contexts that begin alike are a trunk, their common beginning, and a stem
//! for the rest of each, and run together, too.

use crate::caches::Caches;
use crate::distribution::{Candidate, Distribution, each_distribution};
use crate::error::{Error, Result};
use crate::model::branches::{BranchRow, Branches, Stem};
use crate::model::budget::rows_at_once;
use crate::model::{CHUNK, Model, Row, Tap, Workspace};
use crate::tokenizer::{Split, Tokenizer};

/// A context and the texts to score after it.
#[derive(Debug, Clone, PartialEq)]
pub struct Continued {
    /// The text before all of the continuations.
    pub context: String,
    /// At least one text, none of which is empty.
    pub continuations: Vec<String>,
}

/// A token of a continuation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredToken {
    /// The token.
    pub id: u32,
    /// `ln p(y_j | x, y_<j)`, in nats.
    pub logprob: f32,
    /// 1 for the most probable token there.
    pub rank: usize,
}

impl ScoredToken {
    fn new(distribution: &Distribution, id: u32) -> ScoredToken {
        let Candidate { id, logprob, rank, .. } = distribution.candidate(id);
        ScoredToken { id, logprob, rank }
    }
}

/// The logprob of a continuation `y` after a context `x`, normalized in different ways for the comparison of
/// continuations of different lengths.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forms {
    /// `S = Σ_j ln p(y_j | x, y_<j)`, in nats.
    pub logprob: f64,
    /// `S` divided by the number of tokens, as for GPT-3 (Brown et al. 2020, §2.4).
    pub per_token: f64,
    /// `S` divided by the number of characters (Unicode code points), without the whitespace at the beginning of `y`.
    pub per_character: f64,
    /// `S` divided by the number of bytes in UTF-8, including that whitespace.
    pub per_byte: f64,
}

impl Forms {
    /// The forms of `Σ_j logprob_j`, for the continuation `text`.
    fn new(text: &str, tokens: &[ScoredToken]) -> Forms {
        let logprob = tokens.iter().map(|token| f64::from(token.logprob)).sum::<f64>();
        // A text that is only whitespace is counted whole.
        let bare = Some(text.trim_start()).filter(|bare| !bare.is_empty()).unwrap_or(text);
        Forms {
            logprob,
            per_token: logprob / tokens.len() as f64,
            per_character: logprob / bare.chars().count() as f64,
            per_byte: logprob / text.len() as f64,
        }
    }

    /// `ln (1/n · Σ_c e^(f_c))` for each form `f`: the logarithm of the average probability after `n` contexts.
    fn average(forms: &[Forms]) -> Forms {
        let average = |form: fn(&Forms) -> f64| {
            let most = forms.iter().map(form).fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = forms.iter().map(|forms| libm::exp(form(forms) - most)).sum();
            most + libm::log(sum / forms.len() as f64)
        };
        Forms {
            logprob: average(|forms| forms.logprob),
            per_token: average(|forms| forms.per_token),
            per_character: average(|forms| forms.per_character),
            per_byte: average(|forms| forms.per_byte),
        }
    }

    /// The difference of the two, form by form.
    fn minus(&self, other: &Forms) -> Forms {
        Forms {
            logprob: self.logprob - other.logprob,
            per_token: self.per_token - other.per_token,
            per_character: self.per_character - other.per_character,
            per_byte: self.per_byte - other.per_byte,
        }
    }
}

/// The score of a continuation after a context.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// The tokens of the continuation.
    pub tokens: Vec<ScoredToken>,
    /// Its logprob.
    pub forms: Forms,
    /// Its logprob after the reference contexts, if there are any, averaged as probabilities.
    pub reference: Option<Forms>,
}

impl Score {
    /// The difference between context and reference, form by form: `ln p(y | x) − ln p(y | reference)`. For `logprob`
    /// and one reference, this is pointwise mutual information (Holtzman et al. 2021, §3). If the references are the
    /// prompt with content-free inputs, it is contextual calibration (Zhao et al. 2021, §5).
    pub fn adjusted(&self) -> Option<Forms> {
        self.reference.as_ref().map(|reference| self.forms.minus(reference))
    }
}

/// The computation of the scores of some continuations after contexts, or after one context and its references.
#[derive(Debug, Clone)]
pub(crate) struct Scoring {
    /// The contexts, then the references.
    behind: Vec<Behind>,
    /// The scores after each context that is finished.
    done: Vec<Vec<Score>>,
}

impl Scoring {
    /// Checks and splits the texts without running anything. `limit` is the most tokens that the model reads.
    pub fn new(
        tokenizer: &Tokenizer,
        context: &str,
        continuations: &[String],
        references: &[String],
        limit: usize,
    ) -> Result<Scoring> {
        let splits = split(tokenizer, "context", context, continuations, limit)?;
        // All contexts are followed by the same texts, which bring their own leading whitespace.
        let texts: Vec<String> = splits.iter().map(|split| split.text.clone()).collect();
        let is_spaced = texts.iter().any(|text| text.starts_with(' '));
        let mut behind = vec![Behind::new(vec![splits])];
        for reference in references {
            let reference = if is_spaced { reference.trim_end_matches(' ') } else { reference };
            let reference = if reference.is_empty() { tokenizer.empty_context()? } else { reference };
            behind.push(Behind::new(vec![split(tokenizer, "reference", reference, &texts, limit)?]));
        }
        Ok(Scoring { behind, done: Vec::new() })
    }

    /// The same for several contexts, at least one, each with continuations of its own.
    pub fn of_many(tokenizer: &Tokenizer, all: &[Continued], limit: usize) -> Result<Scoring> {
        let split = |one: &Continued| split(tokenizer, "context", &one.context, &one.continuations, limit);
        let behind = Behind::new(all.iter().map(split).collect::<Result<_>>()?);
        Ok(Scoring { behind: vec![behind], done: Vec::new() })
    }

    /// How many tokens are needed in total.
    pub fn tokens(&self) -> usize {
        self.behind.iter().map(|behind| behind.trunk + behind.left()).sum()
    }

    /// The tokens to run before the branches of the current context.
    pub fn trunk(&self) -> &[u32] {
        self.behind[self.done.len()].trunk()
    }

    /// For each of the first contexts, how many tokens run behind what they have in common.
    pub fn rows(&self) -> Vec<usize> {
        self.behind[0].branches.rows()
    }

    /// How many tokens every continuation has before it in the first context.
    pub fn context(&self) -> usize {
        self.behind[0].splits.iter().flatten().map(|split| split.context.len()).min().unwrap_or(0)
    }

    /// How many tokens are left to run after that trunk, and for later contexts.
    pub fn left(&self) -> usize {
        let later = &self.behind[self.done.len() + 1..];
        let later: usize = later.iter().map(|behind| behind.trunk + behind.left()).sum();
        self.behind[self.done.len()].left() + later
    }

    /// Runs some layers of a chunk of the branches if any are left; the trunk must have run. Otherwise goes on to the
    /// next context and returns true; the caller then runs the trunk of that context. After an error the computation is over.
    pub fn advance(
        &mut self,
        model: &Model,
        caches: &mut Caches,
        workspace: &mut Workspace,
        tap: &mut dyn Tap,
    ) -> Result<bool> {
        let behind = &mut self.behind[self.done.len()];
        if behind.left() > 0 {
            behind.advance(model, caches, workspace, tap)?;
            return Ok(false);
        }
        let is_over = self.done.len() + 1 == self.behind.len();
        if !is_over {
            let scores = self.behind[self.done.len()].scores(model, caches)?;
            self.done.push(scores);
        }
        Ok(!is_over)
    }

    /// The scores of the continuations of each context, one after the other, after everything has run.
    pub fn scores(&self, model: &Model, caches: &Caches) -> Result<Vec<Score>> {
        let last = self.behind[self.done.len()].scores(model, caches)?;
        let mut all = self.done.iter().chain([&last]);
        let mut scores = all.next().cloned().unwrap_or_default();
        let references: Vec<_> = all.collect();
        if !references.is_empty() {
            for (i, score) in scores.iter_mut().enumerate() {
                let forms: Vec<Forms> = references.iter().map(|reference| reference[i].forms).collect();
                score.reference = Some(Forms::average(&forms));
            }
        }
        Ok(scores)
    }
}

/// Checks a context and its continuations, and splits them into tokens. `name` is the caller's name for the context, and
/// `limit` the most tokens that the model reads.
fn split(
    tokenizer: &Tokenizer,
    name: &'static str,
    context: &str,
    continuations: &[String],
    limit: usize,
) -> Result<Vec<Split>> {
    let invalid = |must: &str, got: &str| Error::InvalidOption {
        name: "continuations",
        must: must.to_owned(),
        got: got.to_owned(),
    };
    if continuations.is_empty() {
        return Err(invalid("a list of at least one text", "an empty list"));
    }
    if continuations.iter().any(String::is_empty) {
        return Err(invalid("texts that are not empty", "a list with an empty text"));
    }
    let splits = tokenizer.split(context, continuations, limit.saturating_add(1))?;
    if splits.iter().any(|split| split.context.is_empty()) {
        return Err(match context {
            "" => Error::EmptyPrompt,
            // The context was only whitespace, which joined the continuations.
            _ => Error::InvalidOption {
                name,
                must: "more than white space that becomes a part of the continuations".to_owned(),
                got: format!("{context:?}"),
            },
        });
    }
    // The last token of a continuation does not run.
    let read = |split: &Split| split.context.len() + split.continuation.len() - 1;
    if let Some(tokens) = splits.iter().map(read).find(|&tokens| tokens > limit) {
        return Err(Error::PromptTooLong { tokens, is_all: true, limit });
    }
    Ok(splits)
}

/// The continuations of contexts that begin alike.
#[derive(Debug, Clone)]
struct Behind {
    /// For each context, its continuations, at least one.
    splits: Vec<Vec<Split>>,
    /// How many tokens all contexts have in common. Even those of one context may differ, because a continuation can
    /// change the tokens of the whitespace at the end of it.
    trunk: usize,
    branches: Branches,
    /// The rows that are running: they have passed some layers.
    batch: Vec<BranchRow>,
    /// For each continuation, the tokens scored so far, without one directly after the trunk.
    scored: Vec<Vec<Vec<ScoredToken>>>,
}

impl Behind {
    /// Nothing runs yet.
    fn new(splits: Vec<Vec<Split>>) -> Behind {
        let trunk = in_common(splits.iter().flatten());
        let stem = |splits: &Vec<Split>| {
            let end = in_common(splits.iter());
            let branch = |split: &Split| [&split.context[end..], &split.continuation].concat();
            let tokens = splits[0].context[trunk..end].to_vec();
            Stem { tokens, branches: splits.iter().map(branch).collect() }
        };
        let branches = Branches::new(trunk, splits.iter().map(stem).collect());
        let scored = splits.iter().map(|splits| vec![Vec::new(); splits.len()]).collect();
        Behind { splits, trunk, branches, batch: Vec::new(), scored }
    }

    /// The tokens to run before the branches.
    fn trunk(&self) -> &[u32] {
        &self.splits[0][0].context[..self.trunk]
    }

    /// How many rows are left to run after the trunk.
    fn left(&self) -> usize {
        self.branches.left() + self.batch.len()
    }

    /// Runs some layers of a chunk of the branches; the trunk must have run. After an error the computation is over.
    fn advance(
        &mut self,
        model: &Model,
        caches: &mut Caches,
        workspace: &mut Workspace,
        tap: &mut dyn Tap,
    ) -> Result<()> {
        if self.batch.is_empty() {
            self.batch = self.branches.next(rows_at_once(model.config(), self.trunk + CHUNK));
        }
        let rows: Vec<Row> = self.batch.iter().map(|row| row.row).collect();
        let slots = rows.iter().map(|row| row.slot + 1).max().unwrap_or(0);
        caches.reserve(slots.saturating_sub(self.trunk))?;
        if !model.branch(caches.active_mut(), workspace, &rows, tap)? {
            return Ok(());
        }
        let batch = std::mem::take(&mut self.batch);
        let asked: Vec<_> =
            batch.iter().map(|row| (row, self.asked(row))).filter(|(_, asked)| !asked.is_empty()).collect();
        let hidden: Vec<&[f32]> = asked.iter().map(|(row, _)| caches.active().hidden(row.row.slot)).collect();
        each_distribution(model, &hidden, |i, distribution| {
            let (row, asked) = &asked[i];
            for &(continuation, id) in asked {
                self.scored[row.stem][continuation].push(ScoredToken::new(&distribution, id));
            }
        })?;
        Ok(())
    }

    /// What a row predicts: tokens of continuations of its context. Of the tokens of a context only the last one does.
    /// It may be one of a branch, where contexts differ.
    fn asked(&self, row: &BranchRow) -> Vec<(usize, u32)> {
        let splits = &self.splits[row.stem];
        let behind = row.branch.map_or(0..splits.len(), |branch| branch..branch + 1);
        let next = |continuation: usize| {
            let Split { context, continuation: ids, .. } = &splits[continuation];
            Some((continuation, ids[(row.row.position() + 1).checked_sub(context.len())?]))
        };
        behind.filter_map(next).collect()
    }

    /// The scores, after trunk and branches have run.
    fn scores(&self, model: &Model, caches: &Caches) -> Result<Vec<Score>> {
        let behind_trunk = match self.trunk.checked_sub(1) {
            Some(last) => Some(Distribution::from_logits(model.logits(caches.active().hidden(last))?)?),
            None => None,
        };
        let all = self.splits.iter().flatten().zip(self.scored.iter().flatten());
        let scores = all.map(|(split, scored)| {
            let id = split.continuation[0];
            let first = behind_trunk.iter().filter(|_| split.context.len() == self.trunk);
            let first = first.map(|distribution| ScoredToken::new(distribution, id));
            let tokens: Vec<_> = first.chain(scored.iter().copied()).collect();
            Score { forms: Forms::new(&split.text, &tokens), tokens, reference: None }
        });
        Ok(scores.collect())
    }
}

/// How many tokens the contexts of these splits, at least one, have in common at the beginning.
fn in_common<'a>(splits: impl Iterator<Item = &'a Split> + Clone) -> usize {
    let first = splits.clone().next().map(|split| split.context.as_slice()).unwrap_or_default();
    let common = |split: &Split| first.iter().zip(&split.context).take_while(|(a, b)| a == b).count();
    splits.map(common).min().unwrap_or(0)
}
