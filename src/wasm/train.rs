//! Training, which JavaScript drives a part at a time.

use std::sync::Arc;

use serde::Serialize;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use super::Engine;
use super::adapter::JsAdapter;
use super::answers::{JsResult, throw, to_ts};
use crate::adapter::{Gain, Target};
use crate::train::{self, Evaluation, Example, Loss, Optimizer, Progress, Settings, Step, Trainer};

/// The settings of a run. New ones are the defaults.
#[wasm_bindgen(js_name = TrainSettings)]
#[derive(Debug, Clone, Copy)]
pub struct JsSettings {
    /// Number of steps.
    pub steps: usize,
    /// Examples in a step.
    pub batch: usize,
    /// The highest learning rate.
    #[wasm_bindgen(js_name = learningRate)]
    pub learning_rate: f64,
    /// Steps in which the rate rises to it.
    #[wasm_bindgen(js_name = warmUp)]
    pub warm_up: usize,
    /// Decoupled weight decay.
    #[wasm_bindgen(js_name = weightDecay)]
    pub weight_decay: f64,
    /// Most that the norm of all gradients together may be.
    pub clip: f64,
    /// How probable it is that an element of the input of A is dropped.
    pub dropout: f32,
    /// Factor of the unlikelihood of wrong answers.
    pub unlikelihood: f32,
    /// Factor of the length-normalized loss.
    #[wasm_bindgen(js_name = lengthNormalized)]
    pub length_normalized: f32,
    /// Temperature of the distributions of teacher and student.
    pub temperature: f32,
    /// Makes dropout and the order of examples.
    pub seed: f64,
}

#[wasm_bindgen(js_class = TrainSettings)]
impl JsSettings {
    /// The defaults.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default, reason = "it is JavaScript's constructor")]
    pub fn new() -> JsSettings {
        let Settings { steps, batch, loss, optimizer, dropout, seed } = Settings::default();
        JsSettings {
            steps,
            batch,
            learning_rate: optimizer.learning_rate,
            warm_up: optimizer.warm_up,
            weight_decay: optimizer.weight_decay,
            clip: optimizer.clip,
            dropout,
            unlikelihood: loss.unlikelihood,
            length_normalized: loss.length_normalized,
            temperature: loss.temperature,
            seed: seed as f64,
        }
    }
}

impl JsSettings {
    fn loss(self) -> Loss {
        let JsSettings { unlikelihood, length_normalized, temperature, .. } = self;
        Loss { unlikelihood, length_normalized, temperature }
    }

    fn settings(self) -> Settings {
        let JsSettings { steps, batch, learning_rate, warm_up, weight_decay, clip, dropout, seed, .. } = self;
        let optimizer = Optimizer { learning_rate, warm_up, weight_decay, clip, ..Optimizer::default() };
        Settings { steps, batch, loss: self.loss(), optimizer, dropout, seed: seed as u64 }
    }
}

/// Examples, gathered one by one.
#[wasm_bindgen(js_name = Examples)]
#[derive(Debug, Default)]
pub struct JsExamples(Vec<Example>);

#[wasm_bindgen(js_class = Examples)]
impl JsExamples {
    /// No examples.
    #[wasm_bindgen(constructor)]
    pub fn new() -> JsExamples {
        JsExamples::default()
    }

    /// Adds a text whose tokens from index `from` on are to become probable.
    pub fn text(&mut self, ids: Vec<u32>, from: usize) {
        self.0.push(Example::Text { ids, from });
    }

    /// Adds an answer that is to become probable after `context`, and more so than `others`, which are one after the
    /// other and have these `lengths`.
    pub fn choice(&mut self, context: Vec<u32>, answer: Vec<u32>, others: &[u32], lengths: &[u32]) {
        let mut rest = others;
        let other = |&length: &u32| {
            let (other, after) = rest.split_at((length as usize).min(rest.len()));
            rest = after;
            other.to_vec()
        };
        let others = lengths.iter().map(other).collect();
        self.0.push(Example::Choice { context, answer, others });
    }

    /// Adds a text after whose tokens, from index `from` on, the distribution of the next one is to become a teacher's.
    pub fn teacher(&mut self, ids: Vec<u32>, from: usize, logprobs: Vec<f32>) {
        self.0.push(Example::Teacher { ids, from, logprobs });
    }
}

/// A step that has ended.
#[derive(Debug, Tsify, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepOut {
    step: usize,
    loss: f64,
    gradient_norm: f64,
    learning_rate: f64,
}

impl From<Step> for StepOut {
    fn from(Step { step, loss, gradient_norm, learning_rate }: Step) -> StepOut {
        StepOut { step, loss, gradient_norm, learning_rate }
    }
}

/// A run.
#[wasm_bindgen(js_name = Trainer)]
#[derive(Debug)]
pub struct JsTrainer(Trainer);

#[wasm_bindgen(js_class = Trainer)]
impl JsTrainer {
    /// Does a part of a step. Returns the step if it has ended, or else nothing.
    pub fn advance(&mut self) -> JsResult<Option<Ts<StepOut>>> {
        match self.0.advance().map_err(throw)? {
            Progress::Step(step) => to_ts(step.into()).map(Some),
            Progress::Working | Progress::Finished => Ok(None),
        }
    }

    /// The adapter as the last step left it.
    pub fn adapter(&self) -> JsAdapter {
        JsAdapter(Arc::new(self.0.adapter().clone()))
    }
}

/// The loss of some examples.
#[wasm_bindgen(js_name = Evaluation)]
#[derive(Debug)]
pub struct JsEvaluation(Evaluation);

#[wasm_bindgen(js_class = Evaluation)]
impl JsEvaluation {
    /// Does a part of the work for the adapter as a run has left it. Returns the loss when all is done, or else nothing.
    pub fn advance(&mut self, trainer: &JsTrainer) -> JsResult<Option<f64>> {
        self.0.advance(trainer.0.adapter()).map_err(throw)
    }
}

#[wasm_bindgen]
impl Engine {
    /// A LoRA adapter that changes nothing yet, beside `targets` (their indices among the seven matrices) of the layers
    /// `from..to`.
    #[wasm_bindgen(js_name = freshLora)]
    pub fn fresh_lora(
        &self,
        targets: &[u32],
        from: usize,
        to: usize,
        rank: usize,
        alpha: f32,
        seed: f64,
    ) -> JsResult<JsAdapter> {
        let targets: Vec<Target> =
            targets.iter().filter_map(|&target| Target::ALL.get(target as usize).copied()).collect();
        let adapter = train::low_rank(self.0.model(), &targets, from..to, rank, alpha, seed as u64);
        adapter.map(|adapter| JsAdapter(Arc::new(adapter))).map_err(throw)
    }

    /// An (IA)³ adapter for the layers `from..to` that changes nothing yet.
    #[wasm_bindgen(js_name = freshGains)]
    pub fn fresh_gains(&self, from: usize, to: usize) -> JsResult<JsAdapter> {
        let adapter = train::gains(self.0.model(), &Gain::ALL, from..to);
        adapter.map(|adapter| JsAdapter(Arc::new(adapter))).map_err(throw)
    }

    /// A run that trains an adapter.
    pub fn trainer(
        &self,
        adapter: &JsAdapter,
        examples: &JsExamples,
        settings: &JsSettings,
    ) -> JsResult<JsTrainer> {
        let adapter = (*adapter.0).clone();
        let trainer = Trainer::new(self.0.model().clone(), adapter, &examples.0, settings.settings());
        trainer.map(JsTrainer).map_err(throw)
    }

    /// The loss of examples with the adapter of a run.
    pub fn evaluation(&self, examples: &JsExamples, settings: &JsSettings) -> JsResult<JsEvaluation> {
        let evaluation = Evaluation::new(self.0.model().clone(), &examples.0, settings.loss());
        evaluation.map(JsEvaluation).map_err(throw)
    }
}
