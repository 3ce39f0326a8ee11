//! The answers to what has been run.

use std::ops::Range;

use super::{Mode, Session};
use crate::attention::Attention;
use crate::distribution::{Distribution, Sampler, each_distribution};
use crate::error::{Error, Result};
use crate::prediction::{Drawn, Expected, Prediction, Surprisal};
use crate::score::Score;
use crate::states::{self, Reading, States};

impl Session {
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

    /// The rows of a run that [`Session::begin_states`] or [`Session::begin_embedding`] began and [`Session::advance`]
    /// has finished.
    pub fn states(&self) -> Result<&States> {
        let left = self.left();
        match &self.mode {
            Mode::States(states) | Mode::Embedding(states) if left == 0 => states.check(),
            mode => Err(not_run("states", matches!(mode, Mode::States(_) | Mode::Embedding(_)), left)),
        }
    }

    /// The logit lens on rows of [`Session::states`]: those of some of its layers at one of its positions, by their
    /// indices in its lists. Each reading has the `top_k` most probable tokens, and the tokens `ids`.
    pub fn lens(
        &self,
        position: usize,
        layers: Range<usize>,
        top_k: usize,
        ids: &[u32],
    ) -> Result<Vec<Reading>> {
        let states = self.states()?;
        self.check_whole()?;
        if position >= states.positions.len() || layers.start > layers.end || layers.end > states.layers.len()
        {
            let must = "at states that were recorded".to_owned();
            return Err(Error::InvalidOption { name: "lens", must, got: format!("{position}, {layers:?}") });
        }
        self.check_ids(ids)?;
        let rows: Vec<&[f32]> = layers.map(|layer| states.row(layer, position)).collect();
        let hidden = self.cache().hidden(states.positions[position]);
        states::read(&self.model, &rows.concat(), hidden, top_k, ids)
    }

    /// The logits `(vocabulary)` of the token after `position`, which must have run.
    pub fn logits_at(&self, position: usize) -> Result<Vec<f32>> {
        if position >= self.cache().len() {
            let must = format!("below the number of tokens that were run, {}", self.cache().len());
            return Err(Error::InvalidOption { name: "position", must, got: position.to_string() });
        }
        self.check_whole()?;
        self.model.logits(self.cache().hidden(position))
    }

    /// Refuses what would need the layers above those that an embedding has passed.
    fn check_whole(&self) -> Result<()> {
        match &self.mode {
            Mode::Embedding(_) => Err(not_run("logits", false, 0)),
            _ => Ok(()),
        }
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
        self.check_whole()?;
        let mut all = Vec::new();
        if range.start == 0 && !range.is_empty() {
            all.push(Surprisal { id: ids[0], expected: None });
        }
        // Each token is predicted at the position before it.
        let first = range.start.max(1);
        let hidden: Vec<&[f32]> =
            (first..range.end).map(|position| self.cache().hidden(position - 1)).collect();
        each_distribution(&self.model, &hidden, |i, distribution| {
            let id = ids[first + i];
            let prediction = Prediction::new(&distribution, top_k);
            let actual = distribution.candidate(id);
            all.push(Surprisal { id, expected: Some(Expected { actual, prediction }) });
        })?;
        Ok(all)
    }

    /// Draws the token after the last one that has run. Returns it with its probability and rank, the `top_k` most
    /// probable tokens there, and those of `ids`. The token does not run; the caller does that with
    /// [`Session::begin`].
    pub fn sample(&self, sampler: &mut Sampler, top_k: usize, ids: &[u32]) -> Result<Drawn> {
        self.check_ids(ids)?;
        let distribution = self.distribution()?;
        let candidates = if top_k == 0 { Vec::new() } else { distribution.top(top_k).0 };
        Ok(Drawn {
            token: distribution.candidate(sampler.sample(&distribution)),
            entropy: distribution.entropy(),
            candidates,
            asked: ids.iter().map(|&id| distribution.candidate(id)).collect(),
        })
    }
}

/// The error of a caller that asks for a result before the run is finished.
fn not_run(name: &'static str, is_begun: bool, left: usize) -> Error {
    let must = "begun and run to the end before the answer is asked for".to_owned();
    let got = if is_begun { format!("{left} tokens are left") } else { "nothing".to_owned() };
    Error::InvalidOption { name, must, got }
}
