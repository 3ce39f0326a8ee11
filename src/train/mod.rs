//! Training of adapters beside the frozen, packed weights.
//!
//! A [`Trainer`] is a run: it takes examples and an adapter that changes nothing yet ([`low_rank`] or [`gains`]), and each
//! call of [`Trainer::advance`] does a bounded part of the work. [`Evaluation`] gives the loss of other examples with the
//! adapter as it is, such as held-out rows, or a neutral text whose teacher is the model itself.
//!
//! A step runs its examples through the network, keeps what goes into both halves of each layer, runs each layer once more
//! on the way back, and adds up the gradients of the adapter's numbers alone. Layers below the first that is trained run once for
//! each example. All numbers are the same in every build and on any number of threads.

mod attention;
mod backward;
mod batch;
#[cfg(test)]
mod checks;
mod example;
mod fresh;
mod layer;
mod linear;
mod loss;
mod noise;
mod optimizer;
mod parts;
mod pass;
mod products;

use std::sync::Arc;

use crate::adapter::{Adapter, LayerAdapter};
use crate::adapter_file;
use crate::error::{Error, Result};
use crate::model::Model;
pub use example::Example;
use example::Examples;
pub use fresh::{gains, low_rank};
use linear::Dropout;
pub use loss::Loss;
use noise::Noise;
pub use optimizer::Optimizer;
use optimizer::{Moments, norm, numbers};
use pass::{Pass, Setting};

/// The settings of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Number of steps.
    pub steps: usize,
    /// Examples in a step. If there are more, each step takes the next ones in an order that is drawn anew whenever all
    /// have been used.
    pub batch: usize,
    /// What is made small.
    pub loss: Loss,
    /// How gradients change the adapter.
    pub optimizer: Optimizer,
    /// How probable it is that an element of the input of A is dropped, from 0 up to, but not including, 1.
    pub dropout: f32,
    /// Makes dropout and the order of examples. Equal seeds give equal runs.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            steps: 40,
            batch: 16,
            loss: Loss::default(),
            optimizer: Optimizer::default(),
            dropout: 0.0,
            seed: 0,
        }
    }
}

/// How a run is going.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Progress {
    /// A step is under way.
    Working,
    /// A step has ended.
    Step(Step),
    /// There are no more steps.
    Finished,
}

/// A step that has ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Its number, from 1.
    pub step: usize,
    /// The loss of its examples with the adapter as it was before the step.
    pub loss: f64,
    /// The norm of all gradients together, before they were clipped.
    pub gradient_norm: f64,
    /// The learning rate.
    pub learning_rate: f64,
}

/// A run. It never changes the model.
#[derive(Debug)]
pub struct Trainer {
    model: Arc<Model>,
    settings: Settings,
    adapter: Adapter,
    /// The layers of the adapter for which the last finite loss was computed.
    good: Vec<LayerAdapter>,
    grads: Vec<LayerAdapter>,
    moments: Moments,
    examples: Examples,
    /// The first layer that is trained.
    start: usize,
    /// Steps that have ended.
    step: usize,
    /// The examples that are left of the current order, the next one last, and how many orders there were.
    left: Vec<usize>,
    orders: usize,
    pass: Option<Pass>,
    /// Whether a loss was not finite.
    has_diverged: bool,
}

impl Trainer {
    /// A run that has done nothing yet. It trains all numbers that `adapter` has.
    ///
    /// # Errors
    /// `invalid-option` if a setting or an example cannot be used, `wrong-adapter` if the adapter does not fit the model,
    /// `prompt-too-long` if an example has more tokens than the model has positions, and `out-of-memory`.
    pub fn new(
        model: Arc<Model>,
        adapter: Adapter,
        examples: &[Example],
        settings: Settings,
    ) -> Result<Trainer> {
        settings.check()?;
        adapter_file::check(&adapter, model.config())?;
        let start = first_layer(&adapter);
        if start == adapter.layers.len() {
            let must = "one that has numbers".to_owned();
            return Err(Error::InvalidOption { name: "adapter", must, got: "empty".to_owned() });
        }
        let examples = Examples::new(&model, examples, settings.loss.has_others())?;
        reserve(batch::bytes(&model, &examples, start))?;
        let moments = Moments { means: zeros(&adapter)?, squares: zeros(&adapter)?, steps: 0 };
        Ok(Trainer {
            good: duplicate(&adapter)?,
            grads: zeros(&adapter)?,
            model,
            settings,
            adapter,
            moments,
            examples,
            start,
            step: 0,
            left: Vec::new(),
            orders: 0,
            pass: None,
            has_diverged: false,
        })
    }

    /// The adapter as the last step left it. If the loss was not finite, it is the last one with which it was.
    pub fn adapter(&self) -> &Adapter {
        &self.adapter
    }

    /// The gradients of the last step that has ended, before they were clipped, in the places of the adapter's numbers.
    pub fn gradients(&self) -> &[LayerAdapter] {
        &self.grads
    }

    /// The number of steps that have ended.
    pub fn steps(&self) -> usize {
        self.step
    }

    /// Does a part of a step, so that a caller can stop soon. To stop is to not call it again: the adapter is always one
    /// that a whole step has left.
    ///
    /// # Errors
    /// `diverged` if the loss or a gradient is not finite. The run has then ended.
    pub fn advance(&mut self) -> Result<Progress> {
        if self.step == self.settings.steps || self.has_diverged {
            return Ok(Progress::Finished);
        }
        let mut pass = match self.pass.take() {
            Some(pass) => pass,
            None => {
                for (grads, _) in numbers(&mut self.grads) {
                    grads.fill(0.0);
                }
                let groups = self.next_examples();
                Pass::new(&self.examples, groups)
            }
        };
        let rate = self.settings.dropout;
        let noise = Noise::new(self.settings.seed).part(1).part(self.step);
        let setting = Setting {
            model: &self.model,
            adapter: &self.adapter,
            loss: &self.settings.loss,
            dropout: (rate > 0.0).then_some(Dropout { rate, noise }),
            start: self.start,
        };
        if !pass.advance(&setting, &mut self.examples, Some(&mut self.grads))? {
            self.pass = Some(pass);
            return Ok(Progress::Working);
        }
        self.end_step(pass.loss()).map(Progress::Step)
    }

    /// Changes the adapter by the gradients.
    fn end_step(&mut self, loss: f64) -> Result<Step> {
        let gradient_norm = norm(&mut self.grads);
        if !loss.is_finite() || !gradient_norm.is_finite() {
            self.has_diverged = true;
            self.adapter.layers.clone_from(&self.good);
            return Err(Error::Diverged { step: self.step + 1 });
        }
        let optimizer = &self.settings.optimizer;
        let learning_rate = optimizer.rate(self.step, self.settings.steps);
        let factor = if gradient_norm > optimizer.clip { optimizer.clip / gradient_norm } else { 1.0 };
        let layers = &mut self.adapter.layers;
        for ((good, _), (now, _)) in numbers(&mut self.good).into_iter().zip(numbers(layers)) {
            good.copy_from_slice(now);
        }
        let pool = &self.model.compute().pool;
        self.moments.step(optimizer, learning_rate, factor, layers, &mut self.grads, pool);
        self.step += 1;
        Ok(Step { step: self.step, loss, gradient_norm, learning_rate })
    }

    /// The examples of the next step.
    fn next_examples(&mut self) -> Vec<usize> {
        let (count, batch) = (self.examples.groups.len(), self.settings.batch);
        if count <= batch {
            return (0..count).collect();
        }
        if self.left.is_empty() {
            self.left = Noise::new(self.settings.seed).part(0).part(self.orders).order(count);
            self.orders += 1;
        }
        let rest = self.left.len().saturating_sub(batch);
        self.left.split_off(rest)
    }
}

impl Settings {
    fn check(&self) -> Result<()> {
        let check = |fine: bool, name: &'static str, must: &str, got: f64| match fine {
            true => Ok(()),
            false => Err(Error::InvalidOption { name, must: must.to_owned(), got: got.to_string() }),
        };
        let from_0 = |x: f64| x.is_finite() && x >= 0.0;
        let Optimizer { learning_rate, warm_up, betas, epsilon, weight_decay, clip } = self.optimizer;
        let Loss { unlikelihood, length_normalized, temperature } = self.loss;
        let dropout = self.dropout;
        check(self.steps > 0, "steps", "at least 1", self.steps as f64)?;
        check(self.batch > 0, "batch", "at least 1", self.batch as f64)?;
        check(warm_up < self.steps, "warmUp", "below the number of steps", warm_up as f64)?;
        check(from_0(learning_rate), "learningRate", "a number from 0", learning_rate)?;
        check(from_0(weight_decay), "weightDecay", "a number from 0", weight_decay)?;
        check(epsilon > 0.0 && epsilon.is_finite(), "epsilon", "a number above 0", epsilon)?;
        check(clip > 0.0, "clip", "above 0", clip)?;
        check((0.0..1.0).contains(&dropout), "dropout", "from 0 to below 1", dropout.into())?;
        for beta in betas {
            check((0.0..1.0).contains(&beta), "betas", "from 0 to below 1", beta)?;
        }
        check(from_0(unlikelihood.into()), "unlikelihood", "a number from 0", unlikelihood.into())?;
        check(
            from_0(length_normalized.into()),
            "lengthNormalized",
            "a number from 0",
            length_normalized.into(),
        )?;
        let is_warm = temperature > 0.0 && temperature.is_finite();
        check(is_warm, "temperature", "a number above 0", temperature.into())
    }
}

/// The loss of some examples, for any adapter.
#[derive(Debug)]
pub struct Evaluation {
    model: Arc<Model>,
    loss: Loss,
    examples: Examples,
    /// The first layer that had an adapter, for which rows were kept.
    start: usize,
    pass: Option<Pass>,
}

impl Evaluation {
    /// An evaluation that has done nothing yet.
    ///
    /// # Errors
    /// Those of [`Trainer::new`] for its loss and its examples.
    pub fn new(model: Arc<Model>, examples: &[Example], loss: Loss) -> Result<Evaluation> {
        Settings { loss, ..Settings::default() }.check()?;
        let examples = Examples::new(&model, examples, loss.has_others())?;
        Ok(Evaluation { model, loss, examples, start: 0, pass: None })
    }

    /// Does a part of the work, without dropout. Returns the loss when all is done; the call after that begins anew.
    /// The adapter must fit the model, and must not change in between.
    pub fn advance(&mut self, adapter: &Adapter) -> Result<Option<f64>> {
        if self.pass.is_none() {
            adapter_file::check(adapter, self.model.config())?;
        }
        let start = first_layer(adapter);
        if start != self.start {
            self.start = start;
            self.examples.frozen.fill(None);
        }
        let groups = (0..self.examples.groups.len()).collect();
        let mut pass = self.pass.take().unwrap_or_else(|| Pass::new(&self.examples, groups));
        let setting = Setting { model: &self.model, adapter, loss: &self.loss, dropout: None, start };
        if pass.advance(&setting, &mut self.examples, None)? {
            return Ok(Some(pass.loss()));
        }
        self.pass = Some(pass);
        Ok(None)
    }
}

/// The first layer for which an adapter has numbers.
fn first_layer(adapter: &Adapter) -> usize {
    let is_there = |layer: &LayerAdapter| *layer != LayerAdapter::default();
    adapter.layers.iter().position(is_there).unwrap_or(adapter.layers.len())
}

/// The layers of an adapter once more.
fn duplicate(adapter: &Adapter) -> Result<Vec<LayerAdapter>> {
    // `clone` would abort if the memory were refused.
    reserve((adapter.parameters() * size_of::<f32>()) as u64)?;
    Ok(adapter.layers.clone())
}

/// Allocates as much memory and gives it back, so that a run for which there is too little does not begin.
fn reserve(bytes: u64) -> Result<()> {
    let refused = || Error::OutOfMemory { what: "training", bytes };
    let mut memory: Vec<u8> = Vec::new();
    memory.try_reserve_exact(usize::try_from(bytes).map_err(|_| refused())?).map_err(|_| refused())?;
    // Without this, the compiler would remove an allocation that nothing uses.
    std::hint::black_box(&memory);
    Ok(())
}

/// Zeros in the place of the numbers of an adapter.
fn zeros(adapter: &Adapter) -> Result<Vec<LayerAdapter>> {
    let mut layers = duplicate(adapter)?;
    for (numbers, _) in numbers(&mut layers) {
        numbers.fill(0.0);
    }
    Ok(layers)
}
