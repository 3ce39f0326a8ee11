//! How probable given continuations of a context are, token by token and in the normalised forms of
//! the field.
//!
//! The context is run once. All continuations run behind it in one batch, in which each sees the
//! context and itself, and nothing of them stays in the cache.

use crate::caches::Caches;
use crate::distribution::Distribution;
use crate::error::{Error, Result};
use crate::model::branches::Branches;
use crate::model::{Model, Row, Workspace};
use crate::tokenizer::{Split, Tokenizer};

/// Rows of continuations that are run together: fewer than of a prompt, since each wants its logits.
const BATCH: usize = 16;

/// A token of a continuation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredToken {
    /// The token.
    pub id: u32,
    /// `ln p(y_j | x, y_<j)`, in nats.
    pub logprob: f32,
}

/// The logprob of a continuation `y` after a context `x`, and its normalised forms.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// The tokens of `y`.
    pub tokens: Vec<ScoredToken>,
    /// `S = Σ_j ln p(y_j | x, y_<j)`, in nats.
    pub logprob: f64,
    /// `S` by the number of tokens: GPT-3's rule (Brown et al. 2020, §2.4).
    pub per_token: f64,
    /// `S` by the number of characters, which are Unicode code points, without the whitespace that
    /// `y` begins with.
    pub per_character: f64,
    /// `S` by the length in UTF-8, with that whitespace.
    pub per_byte: f64,
}

impl Score {
    /// The forms of `Σ_j logprob_j`, for the continuation `text`.
    fn new(text: &str, tokens: Vec<ScoredToken>) -> Score {
        let logprob = tokens.iter().map(|token| f64::from(token.logprob)).sum::<f64>();
        // Whitespace alone is not a delimiter before something.
        let bare = Some(text.trim_start()).filter(|bare| !bare.is_empty()).unwrap_or(text);
        Score {
            per_token: logprob / tokens.len() as f64,
            per_character: logprob / bare.chars().count() as f64,
            per_byte: logprob / text.len() as f64,
            logprob,
            tokens,
        }
    }
}

/// The scores of some continuations, on their way.
#[derive(Debug, Clone)]
pub(crate) struct Scoring {
    splits: Vec<Split>,
    /// How many tokens all contexts begin with. Nearly always they are the same: a continuation can
    /// change how the last whitespace of a context is cut.
    trunk: usize,
    branches: Branches,
    /// For each continuation, the logprobs known so far, but for that of a token behind the trunk.
    logprobs: Vec<Vec<f32>>,
}

impl Scoring {
    /// Checks and splits; runs nothing. `limit` is the most tokens that the model reads.
    pub fn new(
        tokenizer: &Tokenizer,
        context: &str,
        continuations: &[String],
        limit: usize,
    ) -> Result<Scoring> {
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
        let splits = tokenizer.split(context, continuations)?;
        if splits.iter().any(|split| split.context.is_empty()) {
            return Err(Error::EmptyPrompt);
        }
        // A continuation's last token is not read.
        let read = |split: &Split| split.context.len() + split.continuation.len() - 1;
        if let Some(tokens) = splits.iter().map(read).find(|&tokens| tokens > limit) {
            return Err(Error::PromptTooLong { tokens, limit });
        }

        let first = &splits[0].context;
        let common = |split: &Split| first.iter().zip(&split.context).take_while(|(a, b)| a == b).count();
        let trunk = splits.iter().map(common).min().unwrap_or(0);
        let branch = |split: &Split| [&split.context[trunk..], &split.continuation].concat();
        let branches = Branches::new(trunk, splits.iter().map(branch).collect());
        let logprobs = vec![Vec::new(); splits.len()];
        Ok(Scoring { splits, trunk, branches, logprobs })
    }

    /// The tokens to run before the branches.
    pub fn trunk(&self) -> &[u32] {
        &self.splits[0].context[..self.trunk]
    }

    /// Rows that are still to run behind the trunk.
    pub fn left(&self) -> usize {
        self.branches.left()
    }

    /// Runs one chunk of the branches. The trunk has been run. After an error it is over.
    pub fn advance(&mut self, model: &Model, caches: &mut Caches, workspace: &mut Workspace) -> Result<()> {
        let batch = self.branches.next(BATCH);
        let rows: Vec<Row> = batch.iter().map(|row| row.row).collect();
        let slots = rows.iter().map(|row| row.slot + 1).max().unwrap_or(0);
        caches.reserve(slots.saturating_sub(self.trunk))?;
        model.branch(caches.active_mut(), workspace, &rows)?;

        // Of the context's last tokens, which are in a branch where contexts differ, only the last
        // row says something of a continuation.
        let asked = batch.iter().filter_map(|row| {
            let Split { context, continuation, .. } = &self.splits[row.branch];
            let next = (self.trunk + row.token + 1).checked_sub(context.len())?;
            Some((row, continuation[next]))
        });
        let asked: Vec<_> = asked.collect();
        let hidden: Vec<&[f32]> = asked.iter().map(|(row, _)| caches.active().hidden(row.row.slot)).collect();
        let logits = model.logits(&hidden.concat())?;
        for ((row, id), logits) in asked.iter().zip(logits.chunks_exact(model.vocabulary_size())) {
            let distribution = Distribution::from_logits(logits.to_vec())?;
            self.logprobs[row.branch].push(distribution.logprobs()[*id as usize]);
        }
        Ok(())
    }

    /// The scores. Trunk and branches have been run.
    pub fn scores(&self, model: &Model, caches: &Caches) -> Result<Vec<Score>> {
        let behind_trunk = match self.trunk.checked_sub(1) {
            Some(last) => Some(Distribution::from_logits(model.logits(caches.active().hidden(last))?)?),
            None => None,
        };
        let scores = self.splits.iter().zip(&self.logprobs).map(|(split, logprobs)| {
            let id = split.continuation[0] as usize;
            let first = behind_trunk.iter().filter(|_| split.context.len() == self.trunk);
            let first = first.map(|distribution| distribution.logprobs()[id]);
            let logprobs = first.chain(logprobs.iter().copied());
            let tokens = split.continuation.iter().zip(logprobs);
            Score::new(&split.text, tokens.map(|(&id, logprob)| ScoredToken { id, logprob }).collect())
        });
        Ok(scores.collect())
    }
}
