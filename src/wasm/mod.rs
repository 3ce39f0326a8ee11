//! Every `#[wasm_bindgen]` of the project. This module converts values and never computes.
//!
//! An error becomes an `Error` object with a `code`. Anything thrown without a code is a trap, after which the
//! instance must not be used.

mod adapter;
mod answers;
mod train;

use js_sys::Float32Array;
use tsify::Ts;
use wasm_bindgen::prelude::*;

use crate::distribution::Sampler;
use crate::edits::{Change, Edit, Edits};
use crate::kernels::{Compute, Pool, Precision};
use crate::loader::Loader;
use crate::score::Continued;
use crate::session::Session;
use crate::tokenizer::Encoding;
use answers::{
    AttentionOut, GeneratedOut, InfoOut, JsResult, PredictionOut, ReadingOut, ScoreOut, SurprisalOut,
    TokenOut, VocabularyOut, throw, to_ts,
};

#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// Makes the calling worker a thread of the engine that has this memory. It never returns.
#[cfg(feature = "threads")]
#[wasm_bindgen]
pub fn work() {
    crate::kernels::threads::work();
}

/// Tells the engine that this thread has trapped.
#[cfg(feature = "threads")]
#[wasm_bindgen]
pub fn fail() {
    crate::kernels::threads::fail();
}

/// Turns a stream of GGUF bytes into an engine.
#[wasm_bindgen(js_name = Loader)]
#[derive(Debug)]
pub struct JsLoader(Loader);

#[wasm_bindgen(js_class = Loader)]
impl JsLoader {
    /// A loader for a model in `shards` files, which are read one after the other. The engine computes with `threads`
    /// workers, this one and those that called `work`, and with activations of `activationBits` bits, 8 or 16. With
    /// `addBos`, every text begins with the token for beginnings if the file wants it.
    #[wasm_bindgen(constructor)]
    pub fn new(
        threads: usize,
        #[wasm_bindgen(js_name = activationBits)] activation_bits: u32,
        shards: usize,
        #[wasm_bindgen(js_name = addBos)] add_bos: bool,
    ) -> JsResult<JsLoader> {
        let precision = Precision::from_bits(activation_bits).map_err(throw)?;
        let compute = Compute { pool: Pool::new(threads), precision };
        Ok(JsLoader(Loader::new(None).with(compute).shards(shards).add_bos(add_bos)))
    }

    /// Begins a file of `bytesTotal` bytes, absent or 0 if that is not known. A file that was begun and not ended
    /// begins again.
    pub fn begin(&mut self, #[wasm_bindgen(js_name = bytesTotal)] bytes_total: Option<f64>) {
        self.0.begin(bytes_total.filter(|&total| total > 0.0).map(|total| total as u64));
    }

    /// Takes the next bytes of the file.
    pub fn push(&mut self, chunk: &[u8]) -> JsResult<()> {
        self.0.push(chunk).map_err(throw)
    }

    /// Ends the file, checks it, and returns its SHA-256.
    pub fn end(&mut self, sha256: Option<String>) -> JsResult<String> {
        self.0.end(sha256.as_deref()).map_err(throw)
    }

    /// Makes the engine after the last file has ended, and checks the hash.
    pub fn finish(self, sha256: Option<String>) -> JsResult<Engine> {
        self.0.finish(sha256.as_deref()).map(Engine).map_err(throw)
    }
}

/// How tokens are drawn.
#[wasm_bindgen(js_name = Sampler)]
#[derive(Debug)]
pub struct JsSampler(Sampler);

#[wasm_bindgen(js_class = Sampler)]
impl JsSampler {
    /// `temperature` 0 is greedy. `topK` 0, `topP` 1 and `minP` 0 keep all tokens.
    #[wasm_bindgen(constructor)]
    pub fn new(
        temperature: f64,
        #[wasm_bindgen(js_name = topK)] top_k: u32,
        #[wasm_bindgen(js_name = topP)] top_p: f64,
        #[wasm_bindgen(js_name = minP)] min_p: f64,
        seed: f64,
    ) -> JsResult<JsSampler> {
        Sampler::new(temperature, top_k as usize, top_p, min_p, seed as u64).map(JsSampler).map_err(throw)
    }

    /// The same with numbers that are added to the logits of the tokens `ids`. Consumes this one.
    #[wasm_bindgen(js_name = withBias)]
    pub fn with_bias(self, ids: &[u32], bias: &[f32]) -> JsSampler {
        JsSampler(self.0.with_bias(ids.iter().copied().zip(bias.iter().copied())))
    }
}

/// A text that is encoded in parts.
#[wasm_bindgen(js_name = Encoding)]
#[derive(Debug)]
pub struct JsEncoding(Encoding<'static>);

#[wasm_bindgen(js_class = Encoding)]
impl JsEncoding {
    /// A text of which nothing has been encoded. It may have at most `limit` tokens, or any number without a limit.
    #[wasm_bindgen(constructor)]
    pub fn new(text: String, limit: Option<u32>) -> JsEncoding {
        JsEncoding(Encoding::new(text, limit.map_or(usize::MAX, |limit| limit as usize)))
    }

    /// The tokens of the part that has been encoded.
    pub fn ids(&self) -> Vec<u32> {
        self.0.ids()
    }

    /// For each of these, how many bytes at its beginning the text does not have.
    pub fn added(&self) -> Vec<u32> {
        self.0.added()
    }
}

/// A loaded model.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Engine(Session);

#[wasm_bindgen]
impl Engine {
    /// Facts about the model.
    pub fn info(&self) -> JsResult<Ts<InfoOut>> {
        to_ts(InfoOut::new(self.0.info()))
    }

    /// Encodes the next part of a text, and returns whether it was the last one.
    pub fn encode(&self, encoding: &mut JsEncoding) -> JsResult<bool> {
        self.0.tokenizer().encode_more(&mut encoding.0).map_err(throw)
    }

    /// The bytes and the text of some tokens.
    pub fn tokens(&self, ids: &[u32]) -> JsResult<Vec<Ts<TokenOut>>> {
        let tokenizer = self.0.tokenizer();
        ids.iter().map(|&id| to_ts(TokenOut::from(tokenizer.token(id)))).collect()
    }

    /// The bytes of all tokens.
    pub fn vocabulary(&self) -> JsResult<Ts<VocabularyOut>> {
        to_ts(VocabularyOut::from(self.0.tokenizer().vocabulary()))
    }

    /// Begins a run of `ids`. Returns how many of them are cached and need not run.
    ///
    /// Edits of the rows between the layers are four numbers each in `edits`: the layer, the position, and 1 or 0 for
    /// whether all later positions are changed too and whether the row is added. `rows` has their rows.
    pub fn begin(
        &mut self,
        ids: &[u32],
        edits: Option<Vec<usize>>,
        rows: Option<Vec<f32>>,
    ) -> JsResult<usize> {
        self.0.begin_edited(ids, &edits_of(edits, rows)).map_err(throw)
    }

    /// Begins a run for the scores of `continuations` after `context` and after `references`, with edits after the
    /// context. Returns how many tokens they need.
    #[wasm_bindgen(js_name = beginScores)]
    pub fn begin_scores(
        &mut self,
        context: &str,
        continuations: Vec<String>,
        references: Vec<String>,
        edits: Option<Vec<usize>>,
        rows: Option<Vec<f32>>,
    ) -> JsResult<usize> {
        let edits = edits_of(edits, rows);
        self.0.begin_scores_edited(context, &continuations, &references, &edits).map_err(throw)
    }

    /// Begins a run for the scores of continuations after several `contexts`: after each of them as many of
    /// `continuations` as `counts` says. Returns the number of tokens that all contexts have in common at the beginning,
    /// and then, for each of them, how many run behind these.
    #[wasm_bindgen(js_name = beginScoresOfMany)]
    pub fn begin_scores_of_many(
        &mut self,
        contexts: Vec<String>,
        counts: Vec<usize>,
        continuations: Vec<String>,
    ) -> JsResult<Vec<usize>> {
        let mut continuations = continuations.into_iter();
        let continued = |(context, count)| {
            let continuations = continuations.by_ref().take(count).collect();
            Continued { context, continuations }
        };
        let all: Vec<Continued> = contexts.into_iter().zip(counts).map(continued).collect();
        let mut tokens = self.0.begin_scores_of_many(&all).map_err(throw)?;
        tokens.insert(0, self.0.key_tokens());
        Ok(tokens)
    }

    /// Begins a run for the rows between the layers, at all of `layers` and `positions`, with edits. Returns how many
    /// of the tokens before the first position are cached and need not run.
    #[wasm_bindgen(js_name = beginStates)]
    pub fn begin_states(
        &mut self,
        ids: &[u32],
        layers: Vec<usize>,
        positions: Vec<usize>,
        edits: Option<Vec<usize>>,
        rows: Option<Vec<f32>>,
    ) -> JsResult<usize> {
        self.0.begin_states(ids, &layers, &positions, &edits_of(edits, rows)).map_err(throw)
    }

    /// Begins a run for the rows after `layer` layers at all of `positions`. The layers above do not run. Returns how
    /// many of the tokens before the first position are cached and need not run.
    #[wasm_bindgen(js_name = beginEmbedding)]
    pub fn begin_embedding(&mut self, ids: &[u32], layer: usize, positions: Vec<usize>) -> JsResult<usize> {
        self.0.begin_embedding(ids, layer, &positions).map_err(throw)
    }

    /// Begins a run for the attention weights of the token at `position`, by default the last one. Returns how many
    /// of the tokens before it are cached and need not run.
    #[wasm_bindgen(js_name = beginAttention)]
    pub fn begin_attention(&mut self, ids: &[u32], position: Option<usize>) -> JsResult<usize> {
        self.0.begin_attention(ids, position).map_err(throw)
    }

    /// How many tokens of the current run came from a cache, as far as known.
    #[wasm_bindgen(js_name = cachedTokens)]
    pub fn cached_tokens(&self) -> usize {
        self.0.cached()
    }

    /// Continues the run. Returns how many tokens are left.
    pub fn advance(&mut self) -> JsResult<usize> {
        self.0.advance().map_err(throw)
    }

    /// The most probable next tokens, and how often `sampler` draws each of them, if there is one.
    pub fn predict(
        &self,
        #[wasm_bindgen(js_name = topK)] top_k: usize,
        sampler: Option<JsSampler>,
    ) -> JsResult<Ts<PredictionOut>> {
        let prediction = match sampler {
            Some(JsSampler(sampler)) => self.0.predict_sampled(top_k, &sampler),
            None => self.0.predict(top_k),
        };
        let prediction = prediction.map_err(throw)?;
        to_ts(PredictionOut::new(self.0.tokenizer(), prediction))
    }

    /// Log-probabilities of all next tokens.
    pub fn logprobs(&self) -> JsResult<Float32Array> {
        let logprobs = self.0.logprobs().map_err(throw)?;
        Ok(Float32Array::from(logprobs.as_slice()))
    }

    /// How the model predicted the tokens `from..to` of those that have run.
    pub fn surprisal(
        &self,
        from: usize,
        to: usize,
        #[wasm_bindgen(js_name = topK)] top_k: usize,
    ) -> JsResult<Vec<Ts<SurprisalOut>>> {
        let tokens = self.0.surprisal(from..to, top_k).map_err(throw)?;
        tokens.into_iter().map(|surprisal| to_ts(SurprisalOut::new(self.0.tokenizer(), surprisal))).collect()
    }

    /// The scores, after the run has finished.
    pub fn scores(&self) -> JsResult<Vec<Ts<ScoreOut>>> {
        let scores = self.0.scores().map_err(throw)?;
        scores.into_iter().map(|score| to_ts(ScoreOut::new(self.0.tokenizer(), score))).collect()
    }

    /// The attention weights, after the run has finished.
    pub fn attention(&self) -> JsResult<Ts<AttentionOut>> {
        to_ts(AttentionOut::from(self.0.attention().map_err(throw)?))
    }

    /// The rows between the layers `(layers, positions, n_embd)`, after the run has finished.
    pub fn states(&self) -> JsResult<Float32Array> {
        let states = self.0.states().map_err(throw)?;
        Ok(Float32Array::from(states.rows.as_slice()))
    }

    /// The logit lens on these rows: on the layers `from..to` at one position, by their indices.
    pub fn lens(
        &self,
        position: usize,
        from: usize,
        to: usize,
        #[wasm_bindgen(js_name = topK)] top_k: usize,
        ids: &[u32],
    ) -> JsResult<Vec<Ts<ReadingOut>>> {
        let readings = self.0.lens(position, from..to, top_k, ids).map_err(throw)?;
        readings.into_iter().map(|reading| to_ts(ReadingOut::new(self.0.tokenizer(), reading))).collect()
    }

    /// Draws the next token, without running it. The `topK` most probable tokens and those of `ids` come with it.
    pub fn sample(
        &self,
        sampler: &mut JsSampler,
        #[wasm_bindgen(js_name = topK)] top_k: usize,
        ids: &[u32],
    ) -> JsResult<Ts<GeneratedOut>> {
        let drawn = self.0.sample(&mut sampler.0, top_k, ids).map_err(throw)?;
        to_ts(GeneratedOut::new(self.0.tokenizer(), drawn))
    }
}

/// Edits that came as numbers, four for each, and their rows.
#[inline(never)]
fn edits_of(edits: Option<Vec<usize>>, rows: Option<Vec<f32>>) -> Edits {
    let (numbers, rows) = (edits.unwrap_or_default(), rows.unwrap_or_default());
    let numbers = numbers.chunks_exact(4);
    let size = rows.len() / numbers.len().max(1);
    let edits = numbers.enumerate().map(|(index, numbers)| Edit {
        layer: numbers[0],
        position: numbers[1],
        goes_on: numbers[2] != 0,
        change: if numbers[3] != 0 { Change::Add } else { Change::Replace },
        row: rows[index * size..][..size].to_vec(),
    });
    Edits::new(edits.collect())
}
