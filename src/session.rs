//! A session joins model, tokenizer and caches. It is the only part of the engine with state.

mod answers;
mod info;
mod resume;
mod tuning;

use std::sync::Arc;

use crate::adapter::Tuning;
use crate::attention::Attention;
use crate::cache::{Cache, Key};
use crate::caches::Caches;
use crate::edits::{Edit, Edits};
use crate::error::{Error, Result};
use crate::model::budget::rows_at_once;
use crate::model::{CHUNK, Config, Edited, Model, NoTap, Resume, Tap, Workspace};
use crate::score::{Continued, Scoring};
use crate::states::{Shallow, States};
use crate::tokenizer::Tokenizer;
pub use info::{File, Info};
use resume::Recorded;

/// A loaded model and the tokens that it has run.
#[derive(Debug)]
pub struct Session {
    model: Arc<Model>,
    tokenizer: Arc<Tokenizer>,
    file: File,
    memory: u64,
    caches: Caches,
    workspace: Workspace,
    /// The adapter with which later runs begin.
    tuning: Option<Tuning>,
    /// What the active cache should hold at the end. The key of the active cache is a prefix of it.
    key: Key,
    /// How many of the requested tokens did not need to run.
    cached: usize,
    mode: Mode,
    /// The states that were recorded last.
    recorded: Option<Recorded>,
    /// With which of them the current run begins.
    resume: Option<Resume>,
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
    /// The rows between the layers.
    States(States),
    /// The rows after one layer. Those above it do not run.
    Embedding(States),
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
            tuning: None,
            key: Key::default(),
            cached: 0,
            mode: Mode::Prompt,
            recorded: None,
            resume: None,
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
            tuning: self.tuning.clone(),
            key: self.key.clone(),
            cached: self.cached,
            mode: self.mode.clone(),
            recorded: self.recorded.clone(),
            resume: self.resume.clone(),
        })
    }

    /// The model, which never changes. A [`Trainer`](crate::train::Trainer) shares it.
    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// The tokenizer of the model.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// The description of the network.
    pub fn config(&self) -> &Config {
        self.model.config()
    }

    /// Begins a run of `ids`. Finds the cached tokens with which they begin, and returns the number of these, which
    /// need not run again. Nothing runs yet.
    pub fn begin(&mut self, ids: &[u32]) -> Result<usize> {
        self.begin_edited(ids, &Edits::default())
    }

    /// The same, with edits of the rows between the layers. They are a part of what identifies cached tokens: those
    /// before the first edit are cached if they ran without it. The tokens after them do not pass the layers below the
    /// edits if their states were the last that were recorded.
    pub fn begin_edited(&mut self, ids: &[u32], edits: &Edits) -> Result<usize> {
        self.check(ids)?;
        self.check_edits(edits, ids.len())?;
        let key = self.key_of(ids, edits);
        self.abandon();
        Ok(match self.begin_above(&key) {
            Some(cached) => {
                self.key = key;
                cached
            }
            None => self.seek(key, ids.len()),
        })
    }

    /// Begins a run for the rows between the layers, at all of `layers` and `positions` of `ids`, with edits. Layer 0 is
    /// the embedding as the first layer receives it; the last one is the number of layers. Returns how many of the
    /// tokens before the first of the positions are cached and need not run again. Tokens after the last one do not
    /// run. Nothing runs yet. After the run, [`Session::states`] gives the rows, edits included, and [`Session::lens`]
    /// reads them.
    pub fn begin_states(
        &mut self,
        ids: &[u32],
        layers: &[usize],
        positions: &[usize],
        edits: &Edits,
    ) -> Result<usize> {
        self.check_edits(edits, ids.len())?;
        let states = self.states_at(ids, layers, positions)?;
        let first = positions.iter().copied().min().unwrap_or(0);
        let last = positions.iter().copied().max().unwrap_or(0);
        let cached = self.seek(self.key_of(&ids[..=last], edits), first);
        self.mode = Mode::States(states);
        Ok(cached)
    }

    /// Begins a run for the rows after `layer` layers at all of `positions`. The layers above do not run, so the caches
    /// keep nothing of it, and only [`Session::states`] gives anything after it. Returns how many of the tokens before
    /// the first of the positions are cached and need not run.
    pub fn begin_embedding(&mut self, ids: &[u32], layer: usize, positions: &[usize]) -> Result<usize> {
        let states = self.states_at(ids, &[layer], positions)?;
        let first = positions.iter().copied().min().unwrap_or(0);
        let last = positions.iter().copied().max().unwrap_or(0);
        let cached = self.seek(self.key_of(&ids[..=last], &Edits::default()), first);
        self.mode = Mode::Embedding(states);
        Ok(cached)
    }

    /// Memory for the rows at `layers` and `positions` of `ids`, which must exist.
    fn states_at(&self, ids: &[u32], layers: &[usize], positions: &[usize]) -> Result<States> {
        self.check(ids)?;
        let last_layer = self.model.config().layers;
        for (name, list, end) in [("layers", layers, last_layer + 1), ("positions", positions, ids.len())] {
            if list.is_empty() || list.iter().any(|&n| n >= end) {
                let must = format!("a list of at least one number below {end}");
                return Err(Error::InvalidOption { name, must, got: format!("{list:?}") });
            }
        }
        States::new(layers, positions, self.model.config().embedding)
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
        let cached = self.seek(self.key_of(&ids[..=position], &Edits::default()), position);
        self.mode = Mode::Attention(attention);
        Ok(cached)
    }

    /// Refuses tokens that cannot run.
    #[inline(never)]
    fn check(&self, ids: &[u32]) -> Result<()> {
        let limit = self.model.config().context_length;
        if ids.is_empty() {
            return Err(Error::EmptyPrompt);
        }
        if ids.len() > limit {
            return Err(Error::PromptTooLong { tokens: ids.len(), is_all: true, limit });
        }
        self.check_ids(ids)
    }

    /// Refuses tokens that the vocabulary does not have.
    fn check_ids(&self, ids: &[u32]) -> Result<()> {
        let size = self.model.vocabulary_size();
        if let Some(id) = ids.iter().find(|&&id| id as usize >= size) {
            let must = format!("below the vocabulary's size, {size}");
            return Err(Error::InvalidOption { name: "ids", must, got: id.to_string() });
        }
        Ok(())
    }

    /// Refuses edits that have no place in a run of `tokens` tokens.
    #[inline(never)]
    fn check_edits(&self, edits: &Edits, tokens: usize) -> Result<()> {
        let (layers, size) = (self.model.config().layers, self.model.config().embedding);
        for Edit { layer, position, row, .. } in edits.list() {
            let is_row = row.len() == size && row.iter().all(|x| x.is_finite());
            if *layer > layers || *position >= tokens || !is_row {
                let must = format!(
                    "rows of {size} finite numbers at layers up to {layers} and positions below {tokens}"
                );
                let row = if is_row { "such a row" } else { "another row" };
                let got = format!("{row} at layer {layer} and position {position}");
                return Err(Error::InvalidOption { name: "edits", must, got });
            }
        }
        Ok(())
    }

    /// Abandons the current run for one of `key`. Of its positions, only the first `most` may come from a cache.
    #[inline(never)]
    fn seek(&mut self, key: Key, most: usize) -> usize {
        self.abandon();
        self.cached = self.caches.seek(&key.prefix(most));
        self.key = key;
        self.cached
    }

    /// Abandons the current run.
    fn abandon(&mut self) {
        // A chunk that was abandoned half-way under a change may have left numbers that are not finite.
        if self.workspace.restart() && self.key.is_changed() && !self.cache().is_finite_behind() {
            self.caches.discard(self.cache().len());
        }
        self.resume = None;
        match std::mem::take(&mut self.mode) {
            Mode::States(states) => self.keep(states),
            // What these tokens left in the cache ends at a layer.
            Mode::Embedding(_) => self.caches.active_mut().truncate(self.cached),
            Mode::Prompt | Mode::Scores(_) | Mode::Attention(_) => {}
        }
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
        self.begin_scores_edited(context, continuations, references, &Edits::default())
    }

    /// The same, with edits of the rows between the layers, at positions of the context. They hold after the context
    /// and not after the references.
    pub fn begin_scores_edited(
        &mut self,
        context: &str,
        continuations: &[String],
        references: &[String],
        edits: &Edits,
    ) -> Result<usize> {
        let limit = self.model.config().context_length;
        let scoring = Scoring::new(&self.tokenizer, context, continuations, references, limit)?;
        self.check_edits(edits, scoring.context())?;
        Ok(self.begin_scoring(scoring, edits))
    }

    fn begin_scoring(&mut self, scoring: Scoring, edits: &Edits) -> usize {
        let trunk = scoring.trunk();
        self.seek(self.key_of(trunk, edits), trunk.len());
        let tokens = scoring.tokens();
        self.mode = Mode::Scores(scoring);
        tokens
    }

    /// Begins a run for the scores of continuations after several contexts, at least one. What the contexts have in common
    /// at the beginning runs once, or is cached, and what is different runs together. Returns how many tokens are needed
    /// of each context and its continuations behind that beginning; [`Session::key_tokens`] are the tokens of it. Nothing
    /// runs yet. After the run, [`Session::scores`] gives the scores of all continuations.
    pub fn begin_scores_of_many(&mut self, all: &[Continued]) -> Result<Vec<usize>> {
        if all.is_empty() {
            let must = "a list of at least one".to_owned();
            return Err(Error::InvalidOption { name: "contexts", must, got: "an empty list".to_owned() });
        }
        let scoring = Scoring::of_many(&self.tokenizer, all, self.model.config().context_length)?;
        let rows = scoring.rows();
        self.begin_scoring(scoring, &Edits::default());
        Ok(rows)
    }

    /// How many tokens the active cache holds when the run is over.
    pub fn key_tokens(&self) -> usize {
        self.key.len()
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
        let edits = self.key.edits().clone();
        let result = self.step(&edits);
        if !self.key.is_changed() {
            return result;
        }
        // Edits and adapters can be so large that sums overflow. What was written then would spoil later runs.
        let is_sound = |position| self.cache().hidden(position).iter().all(|x| x.is_finite());
        match result {
            Ok(left) if (start..self.cache().len()).all(is_sound) => Ok(left),
            Ok(_) | Err(Error::Corrupt { .. }) => {
                self.caches.discard(start);
                (self.mode, self.resume) = (Mode::Prompt, None);
                let (name, what) = if edits.is_empty() { ("adapter", "numbers") } else { ("edits", "rows") };
                let must = format!("{what} with which the model gives numbers");
                Err(Error::InvalidOption { name, must, got: format!("{what} that are too large") })
            }
            error => error,
        }
    }

    /// Runs some layers of a chunk. Returns how many tokens are left.
    fn step(&mut self, edits: &Edits) -> Result<usize> {
        let start = self.cache().len();
        let end = self.key.len().min(start + rows_at_once(self.model.config(), start + CHUNK));
        if start < end {
            self.caches.reserve(end - start)?;
            let (cache, ids) = (self.caches.active_mut(), &self.key.tokens()[start..end]);
            let (mut no_tap, mut shallow, resume);
            (no_tap, resume) = (NoTap, self.resume.as_ref());
            let (ids, tap): (&[u32], &mut dyn Tap) = match &mut self.mode {
                // The token whose attention is recorded runs alone.
                Mode::Attention(attention) if start == attention.position => (&ids[..1], attention),
                Mode::Attention(Attention { position, .. }) => {
                    (&ids[..ids.len().min(*position - start)], &mut no_tap)
                }
                Mode::States(states) => (ids, states),
                Mode::Embedding(states) => {
                    shallow = Shallow(states);
                    (ids, &mut shallow)
                }
                Mode::Prompt | Mode::Scores(_) => (ids, &mut no_tap),
            };
            self.model.forward(cache, &mut self.workspace, ids, &mut Edited { edits, resume, tap })?;
        } else {
            // The mode is taken out, so that an error ends the scoring.
            self.mode = match std::mem::take(&mut self.mode) {
                Mode::Scores(mut scoring) => {
                    let tap = &mut Edited { edits, resume: None, tap: &mut NoTap };
                    if scoring.advance(&self.model, &mut self.caches, &mut self.workspace, tap)? {
                        self.key = Key::new(scoring.trunk()).tuned(self.key.tuning().cloned());
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
            Mode::Prompt | Mode::Attention(_) | Mode::States(_) | Mode::Embedding(_) => 0,
        };
        self.key.len() - self.cache().len() + behind
    }

    /// Runs all of `ids`. Returns how many came from a cache.
    pub fn run(&mut self, ids: &[u32]) -> Result<usize> {
        let cached = self.begin(ids)?;
        while self.advance()? > 0 {}
        Ok(cached)
    }

    /// The caches. The active one holds the last run.
    pub fn caches(&self) -> &Caches {
        &self.caches
    }

    fn cache(&self) -> &Cache {
        self.caches.active()
    }
}
