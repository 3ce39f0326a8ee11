//! A pass of some examples through the network and, where an adapter is trained, back. It runs in small steps, so that a
//! caller can stop soon: each is a piece of a layer for some rows, or a few rows of the output layer.

use std::ops::Range;

use super::attention;
use super::batch::{Batch, most_rows, most_tokens};
use super::example::{Examples, Role, Sequence};
use super::layer::{Tape, copy, fit, part};
use super::linear::{Dropout, Maps};
use super::loss::{Counts, Goal, Loss, weigh};
use super::parts;
use super::products::each;
use crate::adapter::{Adapter, LayerAdapter};
use crate::error::{Result, try_vec};
use crate::kernels::float::add;
use crate::model::config::Block;
use crate::model::{Design, Model};

/// Rows of logits that are computed together.
pub(super) const PLACES: usize = 16;

/// What a pass works with. It is the same for all steps of a pass.
pub(super) struct Setting<'a> {
    pub model: &'a Model,
    pub adapter: &'a Adapter,
    pub loss: &'a Loss,
    /// Dropout of this step, if any.
    pub dropout: Option<Dropout>,
    /// Layers below this one have no adapter.
    pub start: usize,
}

/// A pass that is under way.
#[derive(Debug, Default)]
pub(super) struct Pass {
    /// The examples of the pass.
    groups: Vec<usize>,
    /// Those of them that are running.
    running: Range<usize>,
    counts: Counts,
    /// Rows of the pass before the batch.
    first: usize,
    /// The sequences that are running.
    members: Vec<usize>,
    batch: Batch,
    stage: Stage,
    /// What goes into each layer from `start` on, and what leaves the last, `(T, n_embd)` each. Layers below `start`, and
    /// all if no gradients are wanted, share the first.
    kept: Vec<Vec<f32>>,
    /// What goes into the second half of each of these layers, if gradients are wanted, `(T, n_embd)` each.
    middles: Vec<Vec<f32>>,
    /// The gradient of a row between the layers, `(T, n_embd)`.
    g: Vec<f32>,
    /// What the feed-forward branch adds to it where the branches are parallel.
    branch: Vec<f32>,
    tape: Tape,
    places: Vec<Place>,
    /// Rows that left the last layer, `(PLACES, n_embd)`, and the gradients of their logits, `(PLACES, vocabulary)`.
    rows: Vec<f32>,
    logits: Vec<f32>,
    /// The sum of the losses of the examples that have run.
    total: f64,
}

/// A row of the batch after which something is wanted.
#[derive(Debug, Clone)]
struct Place {
    row: usize,
    sequence: usize,
    /// Its index among the places of the sequence.
    index: usize,
    weight: f32,
    value: f64,
}

/// What comes next.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
enum Stage {
    /// The next examples.
    #[default]
    Begin,
    /// A piece of a layer, from a row or a query on.
    Forward(Piece, usize, usize),
    /// The log-probabilities of some places, from one on.
    Score(usize),
    /// The gradients of the logits of some places, and of their rows.
    Output(usize),
    BackOutput(usize),
    /// A piece of a layer once more, with everything that its gradient needs.
    Again(Piece, usize, usize),
    /// The gradients of a piece of a layer.
    Back(Piece, usize, usize),
}

/// The pieces of a layer, in their order. The way back has the reverse.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Piece {
    /// Queries, keys and values of some rows.
    Heads,
    /// Attention of some queries.
    Attend,
    /// What attention adds to some rows.
    Mixed,
    /// What the feed-forward network adds to some rows.
    FeedForward,
}

impl Pass {
    /// A pass of these examples.
    pub fn new(examples: &Examples, groups: Vec<usize>) -> Pass {
        let mut counts = Counts::default();
        for &group in &groups {
            counts.add(&examples.sequences[examples.groups[group].clone()]);
        }
        Pass { groups, counts, ..Pass::default() }
    }

    /// The loss, after the pass.
    pub fn loss(&self) -> f64 {
        self.total
    }

    /// Does a part of the pass. Gradients are added to `grads`, if they are wanted. Returns whether it was the last part.
    pub fn advance(
        &mut self,
        setting: &Setting,
        examples: &mut Examples,
        mut grads: Option<&mut [LayerAdapter]>,
    ) -> Result<bool> {
        let Setting { model, start, .. } = *setting;
        let layers = model.config().layers;
        let has_grads = grads.is_some();
        self.stage = match self.stage {
            Stage::Begin => {
                if self.running.end == self.groups.len() {
                    return Ok(true);
                }
                let layer = self.begin(setting, examples, has_grads)?;
                self.forward_from(layer, layers, setting.loss)
            }
            Stage::Forward(piece, layer, at) => {
                let (span, end) = self.span(model, piece, layer, at);
                let next = span.end;
                self.forward(setting, piece, layer, span, has_grads)?;
                match piece {
                    _ if next < end => Stage::Forward(piece, layer, next),
                    Piece::Heads => Stage::Forward(Piece::Attend, layer, 0),
                    Piece::Attend => Stage::Forward(Piece::Mixed, layer, 0),
                    Piece::Mixed => Stage::Forward(Piece::FeedForward, layer, 0),
                    Piece::FeedForward => {
                        if layer + 1 == start {
                            self.keep_frozen(examples, model.config().embedding)?;
                        }
                        self.forward_from(layer + 1, layers, setting.loss)
                    }
                }
            }
            Stage::Score(at) => {
                self.output(setting, examples, at)?;
                if at + PLACES < self.places.len() {
                    Stage::Score(at + PLACES)
                } else {
                    self.weigh(setting.loss, examples);
                    if has_grads { Stage::Output(0) } else { self.end() }
                }
            }
            Stage::Output(at) => {
                self.output(setting, examples, at)?;
                Stage::BackOutput(at)
            }
            Stage::BackOutput(at) => {
                self.back_output(model, at)?;
                if at + PLACES < self.places.len() {
                    Stage::Output(at + PLACES)
                } else {
                    if !setting.loss.has_others() {
                        self.weigh(setting.loss, examples);
                    }
                    // Its tape is still that of the last layer.
                    Stage::Back(Piece::FeedForward, layers - 1, 0)
                }
            }
            Stage::Again(piece, layer, at) => {
                let (span, end) = self.span(model, piece, layer, at);
                let next = span.end;
                self.again(setting, piece, layer, span)?;
                match piece {
                    _ if next < end => Stage::Again(piece, layer, next),
                    Piece::Heads => Stage::Again(Piece::Attend, layer, 0),
                    Piece::Attend => Stage::Again(Piece::Mixed, layer, 0),
                    Piece::Mixed => Stage::Again(Piece::FeedForward, layer, 0),
                    Piece::FeedForward => Stage::Back(Piece::FeedForward, layer, 0),
                }
            }
            Stage::Back(piece, layer, at) => {
                let (span, end) = self.span(model, piece, layer, at);
                let next = span.end;
                if let Some(grads) = &mut grads {
                    self.back(setting, piece, layer, span, &mut grads[layer])?;
                }
                match piece {
                    _ if next < end => Stage::Back(piece, layer, next),
                    Piece::FeedForward => Stage::Back(Piece::Mixed, layer, 0),
                    Piece::Mixed => Stage::Back(Piece::Attend, layer, 0),
                    Piece::Attend => Stage::Back(Piece::Heads, layer, 0),
                    Piece::Heads if layer > start => Stage::Again(Piece::Heads, layer - 1, 0),
                    Piece::Heads => self.end(),
                }
            }
        };
        Ok(false)
    }

    /// The rows, or the queries, of one call from `at` on, and how many there are in all.
    fn span(&self, model: &Model, piece: Piece, layer: usize, at: usize) -> (Range<usize>, usize) {
        let lengths = &self.batch.lengths;
        if piece == Piece::Attend {
            let heads = model.config().heads(layer);
            return (attention::at_once(heads, lengths, at), attention::count(heads, lengths));
        }
        let t = self.batch.ids.len();
        (at..t.min(at + most_rows(model.config())), t)
    }

    /// The index of what goes into a layer among what is kept.
    fn place(setting: &Setting, has_grads: bool, layer: usize) -> usize {
        if has_grads { layer.saturating_sub(setting.start) } else { 0 }
    }

    /// The maps of a layer, for rows from `first` of the batch on.
    fn maps<'a>(&self, setting: &Setting<'a>, layer: usize, first: usize) -> Maps<'a> {
        Maps {
            adapter: setting.adapter,
            layer,
            first: self.first + first,
            dropout: setting.dropout,
            pool: &setting.model.compute().pool,
        }
    }

    /// Runs a piece of a layer for some rows or queries.
    fn forward(
        &mut self,
        setting: &Setting,
        piece: Piece,
        layer: usize,
        span: Range<usize>,
        has_grads: bool,
    ) -> Result<()> {
        let (model, size, t) = (setting.model, setting.model.config().embedding, self.batch.ids.len());
        let maps = self.maps(setting, layer, span.start);
        let place = |layer| Self::place(setting, has_grads, layer);
        let [from, to] = [place(layer), place(layer + 1)];
        let Pass { tape, batch, kept, middles, .. } = self;
        if piece == Piece::Attend {
            return tape.attend(model, &maps, batch, span);
        }
        let x = &kept[from][span.start * size..span.end * size];
        match piece {
            Piece::Heads => tape.heads(model, &maps, batch, span, x),
            Piece::Mixed => {
                tape.mixed(model, &maps, batch, span.clone(), x, None)?;
                if has_grads && layer >= setting.start {
                    let middle = part(&mut tape.middle, t, &span, size)?;
                    part(&mut middles[from], t, &span, size)?.copy_from_slice(middle);
                }
                Ok(())
            }
            _ => {
                // Where both are the same, parallel branches read what is written.
                let x = copy(x)?;
                let out = part(&mut kept[to], t, &span, size)?;
                tape.feed_forward(model, &maps, t, span, &x, Some(out))
            }
        }
    }

    /// Runs a piece of a layer whose results are known once more, for what its gradient needs.
    fn again(&mut self, setting: &Setting, piece: Piece, layer: usize, span: Range<usize>) -> Result<()> {
        let (model, size, t) = (setting.model, setting.model.config().embedding, self.batch.ids.len());
        let maps = self.maps(setting, layer, span.start);
        let place = Self::place(setting, true, layer);
        let Pass { tape, batch, kept, middles, .. } = self;
        if piece == Piece::Attend {
            return tape.attend(model, &maps, batch, span);
        }
        let ours = span.start * size..span.end * size;
        let x = &kept[place][ours.clone()];
        match piece {
            Piece::Heads => tape.heads(model, &maps, batch, span, x),
            Piece::Mixed => tape.mixed(model, &maps, batch, span, x, Some(&middles[place][ours])),
            _ => tape.feed_forward(model, &maps, t, span, x, None),
        }
    }

    /// Adds the gradients of a piece of a layer.
    fn back(
        &mut self,
        setting: &Setting,
        piece: Piece,
        layer: usize,
        span: Range<usize>,
        grads: &mut LayerAdapter,
    ) -> Result<()> {
        let (model, size, t) = (setting.model, setting.model.config().embedding, self.batch.ids.len());
        let maps = self.maps(setting, layer, span.start);
        let place = Self::place(setting, true, layer);
        let Pass { tape, batch, kept, g, branch, .. } = self;
        if piece == Piece::Attend {
            return tape.attend_back(model, &maps, batch, span);
        }
        let x = &kept[place][span.start * size..span.end * size];
        let g = part(g, t, &span, size)?;
        match piece {
            Piece::Mixed => return tape.mixed_back(model, &maps, batch, span, g, grads),
            Piece::Heads => {
                let ours = tape.heads_back(model, &maps, batch, span.clone(), x, grads)?;
                if !branch.is_empty() {
                    add(g, part(branch, t, &span, size)?);
                }
                add(g, &ours);
            }
            _ => {
                let ours = tape.feed_forward_back(model, &maps, t, span.clone(), [x, g], grads)?;
                if model.config().design.block == Block::Parallel {
                    part(branch, t, &span, size)?.copy_from_slice(&ours);
                } else {
                    add(g, &ours);
                }
            }
        }
        Ok(())
    }

    /// Takes the next examples, as many as may run together, and the rows that go into their first layer. Returns this
    /// layer: the first that is trained if their rows are known, otherwise 0.
    fn begin(&mut self, setting: &Setting, examples: &Examples, has_grads: bool) -> Result<usize> {
        let Setting { model, start, .. } = *setting;
        let c = model.config();
        let most = most_tokens(c);
        self.members.clear();
        let mut tokens = 0;
        self.running.start = self.running.end;
        while let Some(&group) = self.groups.get(self.running.end) {
            let group = examples.groups[group].clone();
            let more: usize =
                examples.sequences[group.clone()].iter().map(|sequence| sequence.ids.len()).sum();
            if tokens > 0 && tokens + more > most {
                break;
            }
            tokens += more;
            self.members.extend(group);
            self.running.end += 1;
        }
        let sequences = || self.members.iter().map(|&member| &examples.sequences[member]);
        self.batch = Batch::new(model, sequences().map(|sequence| &sequence.ids[..]));
        self.places.clear();
        let mut first = 0;
        for &member in &self.members {
            let sequence = &examples.sequences[member];
            let weight = 1.0 / self.counts.places as f32;
            self.places.extend((0..sequence.places()).map(|index| Place {
                row: first + sequence.first + index,
                sequence: member,
                index,
                weight,
                value: 0.0,
            }));
            first += sequence.ids.len();
        }

        let layers = if has_grads { c.layers - start } else { 0 };
        self.kept.resize(layers + 1, Vec::new());
        self.middles.resize(layers, Vec::new());
        let x = fit(&mut self.kept[0], tokens * c.embedding)?;
        if start > 0 && self.members.iter().all(|&member| examples.frozen[member].is_some()) {
            let frozen = self.members.iter().filter_map(|&member| examples.frozen[member].as_ref());
            x.iter_mut().zip(frozen.flatten()).for_each(|(x, frozen)| *x = *frozen);
            return Ok(start);
        }
        self.batch.embed(model, x);
        Ok(0)
    }

    /// What follows when the rows that go into `layer` are there.
    fn forward_from(&self, layer: usize, layers: usize, loss: &Loss) -> Stage {
        if layer < layers {
            Stage::Forward(Piece::Heads, layer, 0)
        } else if loss.has_others() || self.kept.len() == 1 {
            Stage::Score(0)
        } else {
            Stage::Output(0)
        }
    }

    /// Keeps the rows that go into the first layer that is trained, for later passes.
    fn keep_frozen(&mut self, examples: &mut Examples, size: usize) -> Result<()> {
        let mut rows = &self.kept[0][..];
        for (&member, length) in self.members.iter().zip(&self.batch.lengths) {
            let (ours, rest) = rows.split_at(length * size);
            examples.frozen[member] = Some(copy(ours)?);
            rows = rest;
        }
        Ok(())
    }

    /// Runs the output layer for some places, from index `at` on. It leaves the value of each, and the gradients of the
    /// logits.
    fn output(&mut self, setting: &Setting, examples: &Examples, at: usize) -> Result<()> {
        let Setting { model, loss, .. } = *setting;
        let (size, vocabulary) = (model.config().embedding, model.vocabulary_size());
        let count = self.places[at..].len().min(PLACES);
        let x = &self.kept[self.kept.len() - 1];
        let rows = fit(&mut self.rows, count * size)?;
        for (place, row) in self.places[at..].iter().zip(rows.chunks_exact_mut(size)) {
            row.copy_from_slice(&x[place.row * size..][..size]);
        }
        self.logits = model.lens(rows)?;

        let Design { logit_scale, logit_cap, .. } = model.config().design;
        let places = self.places[at..].iter_mut();
        let mut tasks: Vec<_> = places.zip(self.logits.chunks_exact_mut(vocabulary)).collect();
        each(&model.compute().pool, &mut tasks, &|(place, logits)| {
            let capped = logit_cap.map(|cap| (cap, logits.to_vec()));
            let goal = goal(&examples.sequences[place.sequence], place.index);
            place.value = goal.replace(logits, loss.temperature, place.weight);
            if let Some((cap, capped)) = capped {
                parts::soft_cap(&capped, cap, logits);
            }
            logits.iter_mut().for_each(|g| *g *= logit_scale);
        });
        Ok(())
    }

    /// Adds the gradients of the rows of the same places to `g` `(T, n_embd)`, which it makes for the first of them.
    fn back_output(&mut self, model: &Model, at: usize) -> Result<()> {
        let (size, weights) = (model.config().embedding, model.weights());
        let g = fit(&mut self.g, self.batch.ids.len() * size)?;
        if at == 0 {
            g.fill(0.0);
        }
        let mut to_rows = try_vec(0.0, self.rows.len(), "training")?;
        weights.output.matrix.add_transposed(&self.logits, &mut to_rows, &model.compute().pool);
        parts::norm(&weights.output_norm, &self.rows, &mut to_rows, &model.compute().pool);
        for (place, to_row) in self.places[at..].iter().zip(to_rows.chunks_exact(size)) {
            add(&mut g[place.row * size..][..size], to_row);
        }
        Ok(())
    }

    /// Weighs the places of each example by their values, and adds up the loss.
    fn weigh(&mut self, loss: &Loss, examples: &Examples) {
        let mut places = &mut self.places[..];
        for &group in &self.groups[self.running.clone()] {
            let sequences = &examples.sequences[examples.groups[group].clone()];
            let count = sequences.iter().map(Sequence::places).sum();
            let (ours, rest) = std::mem::take(&mut places).split_at_mut(count);
            let values: Vec<f64> = ours.iter().map(|place| place.value).collect();
            let mut weights = vec![0.0; count];
            self.total += weigh(loss, self.counts, sequences, &values, &mut weights);
            ours.iter_mut().zip(weights).for_each(|(place, weight)| place.weight = weight);
            places = rest;
        }
    }

    /// Ends the examples that ran.
    fn end(&mut self) -> Stage {
        self.first += self.batch.ids.len();
        Stage::Begin
    }
}

/// What is wanted at a place of a sequence.
fn goal(sequence: &Sequence, index: usize) -> Goal<'_> {
    match &sequence.role {
        Role::Answer(ids) | Role::Other(ids) => Goal::Token(ids[index]),
        Role::Teacher(logprobs) => {
            let size = logprobs.len() / sequence.places();
            Goal::Teacher(&logprobs[index * size..][..size])
        }
    }
}
