//! A session joins model, tokenizer and caches. It is the only part of the engine with state.

use std::ops::Range;
use std::sync::Arc;

use crate::attention::Attention;
use crate::cache::{Cache, Key};
use crate::caches::Caches;
use crate::distribution::{Candidate, Distribution, Sampler};
use crate::error::{Error, Result};
use crate::kernels::Precision;
use crate::model::budget::rows_at_once;
use crate::model::{CHUNK, Model, Workspace};
use crate::prediction::{Expected, Prediction, Surprisal};
use crate::score::{Score, Scoring};
use crate::tokenizer::Tokenizer;

/// A loaded model and the tokens that it has run.
#[derive(Debug)]
pub struct Session {
    model: Arc<Model>,
    tokenizer: Arc<Tokenizer>,
    file: File,
    memory: u64,
    caches: Caches,
    workspace: Workspace,
    /// What the active cache should hold at the end. The key of the active cache is a prefix of it.
    key: Key,
    /// How many of the requested tokens did not need to run.
    cached: usize,
    mode: Mode,
}

/// The purpose for which the tokens of `key` run.
#[derive(Debug, Clone, Default)]
enum Mode {
    /// The distribution of the token after them.
    #[default]
    Prompt,
    /// Scores of continuations, which run after them.
    Scores(Scoring),
    /// The attention weights of the last one.
    Attention(Attention),
}

/// The file that a model was loaded from.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256 of all bytes, hexadecimal.
    pub sha256: String,
}

/// Facts about a loaded model.
#[derive(Debug, Clone, PartialEq)]
pub struct Info {
    /// `general.architecture`, such as `llama`.
    pub architecture: String,
    /// The name that the file gives the model.
    pub name: String,
    /// Number of weights.
    pub parameters: u64,
    /// Number of tokens in the vocabulary.
    pub vocabulary_size: usize,
    /// Most tokens that a prompt and the text generated after it can have together.
    pub context_length: usize,
    /// The quantization type that most of the weights have.
    pub quantization: String,
    /// The file.
    pub file: File,
    /// Bytes of memory that the weights take.
    pub memory: u64,
    /// Tokens that end a text.
    pub end_tokens: Vec<u32>,
    /// The token that the file names for beginnings.
    pub bos_token: Option<u32>,
    /// Whether every text begins with it.
    pub adds_bos: bool,
    /// The Jinja template that turns a conversation into a prompt.
    pub chat_template: Option<String>,
    /// How finely activations are rounded where the network leaves the choice.
    pub precision: Precision,
}

impl Session {
    /// A session that has run nothing. `memory` is the bytes that the weights of `model` take.
    pub fn new(model: Model, tokenizer: Tokenizer, file: File, memory: u64) -> Result<Session> {
        // Idle caches may take as much memory as the weights.
        let budget = usize::try_from(file.bytes).unwrap_or(usize::MAX);
        let caches = Caches::new(model.config().cache_shape(), budget);
        let workspace = Workspace::new(model.config())?;
        let (model, tokenizer) = (Arc::new(model), Arc::new(tokenizer));
        Ok(Session {
            model,
            tokenizer,
            file,
            memory,
            caches,
            workspace,
            key: Key::default(),
            cached: 0,
            mode: Mode::Prompt,
        })
    }

    /// A second session with the same model and the same caches. The two share the memory of both.
    pub fn fork(&self) -> Result<Session> {
        Ok(Session {
            model: self.model.clone(),
            tokenizer: self.tokenizer.clone(),
            file: self.file.clone(),
            memory: self.memory,
            caches: self.caches.clone(),
            workspace: Workspace::new(self.model.config())?,
            key: self.key.clone(),
            cached: self.cached,
            mode: self.mode.clone(),
        })
    }

    /// Facts about the model.
    pub fn info(&self) -> Info {
        let (config, weights) = (self.model.config(), self.model.weights());
        Info {
            architecture: config.architecture.clone(),
            name: config.name.clone(),
            parameters: weights.parameters,
            vocabulary_size: self.model.vocabulary_size(),
            context_length: config.context_length,
            quantization: weights.quantization.clone(),
            file: self.file.clone(),
            memory: self.memory,
            end_tokens: self.tokenizer.end_tokens().to_vec(),
            bos_token: self.tokenizer.bos(),
            adds_bos: self.tokenizer.adds_bos(),
            chat_template: self.tokenizer.chat_template().map(str::to_owned),
            precision: self.model.compute().precision,
        }
    }

    /// The tokenizer of the model.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// Begins a run of `ids`. Finds the cached tokens with which they begin, and returns the number of these, which
    /// need not run again. Nothing runs yet.
    pub fn begin(&mut self, ids: &[u32]) -> Result<usize> {
        self.check(ids)?;
        Ok(self.seek(Key::new(ids), ids.len()))
    }

    /// Begins a run for the attention weights of the token at `position` of `ids`, by default the last one. Returns
    /// how many of the tokens before it are cached and need not run again. The token itself always runs. Nothing runs
    /// yet. After the run, [`Session::attention`] gives the weights.
    pub fn begin_attention(&mut self, ids: &[u32], position: Option<usize>) -> Result<usize> {
        self.check(ids)?;
        let position = position.unwrap_or(ids.len() - 1);
        if position >= ids.len() {
            let must = format!("below the number of tokens, {}", ids.len());
            return Err(Error::InvalidOption { name: "position", must, got: position.to_string() });
        }
        let attention = Attention::new(self.model.config(), position)?;
        let cached = self.seek(Key::new(&ids[..=position]), position);
        self.mode = Mode::Attention(attention);
        Ok(cached)
    }

    /// Refuses tokens that cannot run.
    fn check(&self, ids: &[u32]) -> Result<()> {
        let limit = self.model.config().context_length;
        if ids.is_empty() {
            return Err(Error::EmptyPrompt);
        }
        if ids.len() > limit {
            return Err(Error::PromptTooLong { tokens: ids.len(), is_all: true, limit });
        }
        let size = self.model.vocabulary_size();
        if let Some(id) = ids.iter().find(|&&id| id as usize >= size) {
            let must = format!("below the vocabulary's size, {size}");
            return Err(Error::InvalidOption { name: "ids", must, got: id.to_string() });
        }
        Ok(())
    }

    /// Abandons the current run for one of `key`. Of its positions, only the first `most` may come from a cache.
    fn seek(&mut self, key: Key, most: usize) -> usize {
        self.workspace.restart();
        self.mode = Mode::Prompt;
        self.cached = self.caches.seek(&key.prefix(most));
        self.key = key;
        self.cached
    }

    /// Begins a run for the scores of `continuations` after `context` and after each of `references`. An empty
    /// reference means [`Tokenizer::empty_context`]. Spaces at the end of the context belong to the continuations;
    /// see [`Tokenizer::split`]. Returns how many tokens are needed for all of it. Nothing runs yet. After the run,
    /// [`Session::scores`] gives the scores.
    pub fn begin_scores(
        &mut self,
        context: &str,
        continuations: &[String],
        references: &[String],
    ) -> Result<usize> {
        let limit = self.model.config().context_length;
        let scoring = Scoring::new(&self.tokenizer, context, continuations, references, limit)?;
        let trunk = scoring.trunk();
        self.seek(Key::new(trunk), trunk.len());
        let tokens = scoring.tokens();
        self.mode = Mode::Scores(scoring);
        Ok(tokens)
    }

    /// How many tokens of the current run came from a cache, as far as known. For references this is known only when
    /// their turn comes.
    pub fn cached(&self) -> usize {
        self.cached
    }

    /// Continues the run that [`Session::begin`] or a similar method began: runs some layers of a chunk, so that a
    /// caller can stop soon. Returns how many tokens are left.
    pub fn advance(&mut self) -> Result<usize> {
        let start = self.cache().len();
        let end = self.key.len().min(start + rows_at_once(self.model.config(), start + CHUNK));
        if start < end {
            self.caches.reserve(end - start)?;
            let (cache, ids) = (self.caches.active_mut(), &self.key.tokens()[start..end]);
            match &mut self.mode {
                // The token whose attention is recorded runs alone.
                Mode::Attention(attention) if start == attention.position => {
                    self.model.forward_tapped(cache, &mut self.workspace, &ids[..1], attention)?
                }
                Mode::Attention(Attention { position, .. }) => {
                    let before = ids.len().min(*position - start);
                    self.model.forward(cache, &mut self.workspace, &ids[..before])?
                }
                Mode::Prompt | Mode::Scores(_) => self.model.forward(cache, &mut self.workspace, ids)?,
            };
        } else {
            // The mode is taken out, so that an error ends the scoring.
            self.mode = match std::mem::take(&mut self.mode) {
                Mode::Scores(mut scoring) => {
                    if scoring.advance(&self.model, &mut self.caches, &mut self.workspace)? {
                        self.key = Key::new(scoring.trunk());
                        self.cached += self.caches.seek(&self.key);
                    }
                    Mode::Scores(scoring)
                }
                mode => mode,
            };
        }
        Ok(self.left())
    }

    /// How many tokens have not run yet.
    fn left(&self) -> usize {
        let behind = match &self.mode {
            Mode::Scores(scoring) => scoring.left(),
            Mode::Prompt | Mode::Attention(_) => 0,
        };
        self.key.len() - self.cache().len() + behind
    }

    /// Runs all of `ids`. Returns how many came from a cache.
    pub fn run(&mut self, ids: &[u32]) -> Result<usize> {
        let cached = self.begin(ids)?;
        while self.advance()? > 0 {}
        Ok(cached)
    }

    /// The scores of a run that [`Session::begin_scores`] began and [`Session::advance`] has finished.
    pub fn scores(&self) -> Result<Vec<Score>> {
        let left = self.left();
        match &self.mode {
            Mode::Scores(scoring) if left == 0 => scoring.scores(&self.model, &self.caches),
            mode => Err(not_run("scores", matches!(mode, Mode::Scores(_)), left)),
        }
    }

    /// The scores of `continuations` after `context`, compared with `references`. It begins the run and finishes it.
    pub fn score(
        &mut self,
        context: &str,
        continuations: &[String],
        references: &[String],
    ) -> Result<Vec<Score>> {
        self.begin_scores(context, continuations, references)?;
        while self.advance()? > 0 {}
        self.scores()
    }

    /// The attention weights of a run that [`Session::begin_attention`] began and [`Session::advance`] has finished.
    pub fn attention(&self) -> Result<&Attention> {
        let left = self.left();
        match &self.mode {
            Mode::Attention(attention) if left == 0 => attention.check(),
            mode => Err(not_run("attention", matches!(mode, Mode::Attention(_)), left)),
        }
    }

    /// The caches. The active one holds the last run.
    pub fn caches(&self) -> &Caches {
        &self.caches
    }

    fn cache(&self) -> &Cache {
        self.caches.active()
    }

    /// The logits `(vocabulary)` of the token after `position`, which must have run.
    pub fn logits_at(&self, position: usize) -> Result<Vec<f32>> {
        if position >= self.cache().len() {
            let must = format!("below the number of tokens that were run, {}", self.cache().len());
            return Err(Error::InvalidOption { name: "position", must, got: position.to_string() });
        }
        self.model.logits(self.cache().hidden(position))
    }

    /// The logits `(vocabulary)` of the token after the last one that has run.
    pub fn logits(&self) -> Result<Vec<f32>> {
        let last = self.cache().len().checked_sub(1).ok_or(Error::EmptyPrompt)?;
        self.logits_at(last)
    }

    /// The distribution of the token after the last one that has run.
    pub fn distribution(&self) -> Result<Distribution> {
        Distribution::from_logits(self.logits()?)
    }

    /// The log-probabilities `(vocabulary)`, in nats, of the token after the last one that has run.
    pub fn logprobs(&self) -> Result<Vec<f32>> {
        Ok(self.distribution()?.into_logprobs())
    }

    /// The `top_k` most probable next tokens.
    pub fn predict(&self, top_k: usize) -> Result<Prediction> {
        Ok(Prediction::new(&self.distribution()?, top_k))
    }

    /// The `top_k` most probable next tokens, and how often `sampler` draws each of them.
    pub fn predict_sampled(&self, top_k: usize, sampler: &Sampler) -> Result<Prediction> {
        let distribution = self.distribution()?;
        let prediction = Prediction::new(&distribution, top_k);
        let ids: Vec<u32> = prediction.candidates.iter().map(|candidate| candidate.id).collect();
        Ok(Prediction { sampled: Some(sampler.sampled(&distribution, &ids)), ..prediction })
    }

    /// How the model predicted the tokens in `range`, each with its `top_k` most probable candidates.
    pub fn surprisal(&self, range: Range<usize>, top_k: usize) -> Result<Vec<Surprisal>> {
        let ids = self.cache().tokens();
        if range.start > range.end || range.end > ids.len() {
            let must = format!("within the {} tokens that were run", ids.len());
            return Err(Error::InvalidOption { name: "range", must, got: format!("{range:?}") });
        }
        let surprisal = |position: usize| {
            let id = ids[position];
            let Some(before) = position.checked_sub(1) else {
                return Ok(Surprisal { id, expected: None });
            };
            let distribution = Distribution::from_logits(self.logits_at(before)?)?;
            let prediction = Prediction::new(&distribution, top_k);
            Ok(Surprisal { id, expected: Some(Expected { actual: distribution.candidate(id), prediction }) })
        };
        range.map(surprisal).collect()
    }

    /// Draws the token after the last one that has run. Returns it with its probability and rank, and the entropy of
    /// the whole distribution. The token does not run; the caller does that with [`Session::begin`].
    pub fn sample(&self, sampler: &mut Sampler) -> Result<(Candidate, f64)> {
        let distribution = self.distribution()?;
        let id = sampler.sample(&distribution);
        Ok((distribution.candidate(id), distribution.entropy()))
    }
}

/// The error of a caller that asks for a result before the run is finished.
fn not_run(name: &'static str, is_begun: bool, left: usize) -> Error {
    let must = "begun and run to the end before the answer is asked for".to_owned();
    let got = if is_begun { format!("{left} tokens are left") } else { "nothing".to_owned() };
    Error::InvalidOption { name, must, got }
}
