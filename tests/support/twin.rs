//! The ground truth for every architecture: a float32 forward pass over the dequantized weights, equation by equation.
//!
//! It shares no line with the engine: candle reads the file and computes, without cache or batches. `truth.rs` is the
//! same for llama alone, and has been held against llama.cpp on a real model. Symbols: T positions, D width, H query
//! heads, G key heads, C width of a head, V vocabulary.

use std::collections::HashMap;
use std::io::Cursor;

use candle_core::quantized::gguf_file::{Content, Value};
use candle_core::{D, Device, Result, Tensor};

pub struct Twin {
    tensors: HashMap<String, Tensor>,
    metadata: HashMap<String, Value>,
    architecture: String,
}

impl Twin {
    /// Reads and dequantizes a whole file.
    pub fn read(bytes: &[u8]) -> Result<Twin> {
        let mut file = Cursor::new(bytes);
        let content = Content::read(&mut file)?;
        let dequantize = |name: &String| {
            let tensor = content.tensor(&mut Cursor::new(bytes), name, &Device::Cpu)?;
            Ok((name.clone(), tensor.dequantize(&Device::Cpu)?))
        };
        let tensors = content.tensor_infos.keys().map(dequantize).collect::<Result<_>>()?;
        let architecture = content.metadata["general.architecture"].to_string()?.clone();
        Ok(Twin { tensors, metadata: content.metadata, architecture })
    }

    fn is(&self, architecture: &str) -> bool {
        self.architecture == architecture
    }

    fn number(&self, key: &str) -> Option<f64> {
        let value = self.metadata.get(&format!("{}.{key}", self.architecture))?;
        value.to_f32().map(f64::from).or_else(|_| value.to_u32().map(f64::from)).ok()
    }

    fn size(&self, key: &str) -> Option<usize> {
        self.number(key).map(|n| n as usize)
    }

    /// The size of one layer, where layers may differ.
    fn size_in(&self, layer: usize, key: &str) -> Option<usize> {
        match self.metadata.get(&format!("{}.{key}", self.architecture)) {
            Some(Value::Array(sizes)) => sizes.get(layer)?.to_u32().ok().map(|n| n as usize),
            _ => self.size(key),
        }
    }

    fn flag(&self, key: &str) -> bool {
        self.metadata
            .get(&format!("{}.{key}", self.architecture))
            .is_some_and(|v| v.to_bool().unwrap_or(false))
    }

    fn tensor(&self, name: &str) -> Option<&Tensor> {
        self.tensors.get(name)
    }

    /// The logits at every position. `see` is shown the attention weights (H, T, T) of each layer.
    pub fn logits(&self, ids: &[u32], see: impl FnMut(Tensor)) -> Result<Vec<Vec<f32>>> {
        self.output(&self.run(ids, see, |_| ())?)?.to_vec2()
    }

    /// The logits (T, V), through which candle finds gradients.
    pub fn logits_tensor(&self, ids: &[u32]) -> Result<Tensor> {
        self.output(&self.run(ids, |_| (), |_| ())?)
    }

    /// The weights by their names in the file. A test may put tensors in their place that are made of variables.
    pub fn tensors(&mut self) -> &mut HashMap<String, Tensor> {
        &mut self.tensors
    }

    /// The logits at the last position.
    pub fn last_logits(&self, ids: &[u32]) -> Result<Vec<f32>> {
        let last = self.run(ids, |_| (), |_| ())?.narrow(0, ids.len() - 1, 1)?; // (1, D)
        self.output(&last)?.squeeze(0)?.to_vec1()
    }

    /// What goes into the first layer and what each layer leaves: rows (T, D), one more than there are layers.
    pub fn states(&self, ids: &[u32]) -> Result<Vec<Vec<Vec<f32>>>> {
        let mut states = Vec::new();
        self.run(ids, |_| (), |x| states.push(x.to_vec2().expect("two dimensions")))?;
        Ok(states)
    }

    /// The logits of rows as if they left the last layer.
    pub fn lens(&self, rows: &[Vec<f32>]) -> Result<Vec<Vec<f32>>> {
        let x = Tensor::from_vec(rows.concat(), (rows.len(), rows[0].len()), &Device::Cpu)?;
        self.output(&x)?.to_vec2()
    }

    /// What the last layer leaves (T, D). `see` is shown the attention weights of each layer, and `pass` what goes from
    /// layer to layer.
    fn run(&self, ids: &[u32], mut see: impl FnMut(Tensor), mut pass: impl FnMut(&Tensor)) -> Result<Tensor> {
        let (t, d) = (ids.len(), self.size("embedding_length").expect("a width"));
        let ids = Tensor::new(ids, &Device::Cpu)?;
        let embedding = &self.tensors["token_embd.weight"];
        let mut x = embedding.index_select(&ids, 0)?; // (T, D)
        if self.architecture.starts_with("gemma") {
            x = (x * (d as f64).sqrt())?;
        }
        x = (x * self.number("embedding_scale").unwrap_or(1.0))?;
        if let Some(positions) = self.tensor("position_embd.weight") {
            x = (x + positions.narrow(0, 0, t)?)?; // wte + wpe
        }
        pass(&x);

        for layer in 0..self.size("block_count").expect("layers") {
            let name = |part: &str| format!("blk.{layer}.{part}");
            let before = |x: &Tensor, part: &str| match self.norm(x, &name(part))? {
                Some(normal) => Ok::<_, candle_core::Error>(normal),
                None => Ok(x.clone()),
            };
            let residual = self.number("residual_scale").unwrap_or(1.0);

            // Attention of norm(x), then a norm if there is one.
            let (mixed, weights) = self.attention(layer, &before(&x, "attn_norm")?)?;
            see(weights);
            let mixed = self.linear(&mixed, &name("attn_output"))?;
            let mixed = (before(&mixed, "post_attention_norm")? * residual)?;

            let with_attention = (&x + &mixed)?;
            let is_parallel = self.flag("use_parallel_residual");
            // The MLP reads the same x where both run side by side, otherwise what attention has left.
            let source = if is_parallel { &x } else { &with_attention };
            let inner = self.feed_forward(layer, &before(source, "ffn_norm")?)?;
            let inner = (before(&inner, "post_ffw_norm")? * residual)?;
            x = (with_attention + inner)?;
            pass(&x);
        }
        Ok(x)
    }

    /// The logits (T, V) of what the last layer leaves.
    fn output(&self, x: &Tensor) -> Result<Tensor> {
        let x = self.norm(x, "output_norm")?.expect("an output norm");
        let output = self.tensor("output.weight").unwrap_or(&self.tensors["token_embd.weight"]);
        let mut logits = x.matmul(&output.t()?)?; // (T, V)
        if let Some(scale) = self.number("logit_scale") {
            logits = (logits / scale)?;
        }
        if let Some(cap) = self.number("final_logit_softcapping") {
            logits = ((logits / cap)?.tanh()? * cap)?;
        }
        Ok(logits)
    }

    /// RMSNorm, x / √(mean(x²) + ε) · g, or LayerNorm, (x − mean) / √(var + ε) · g + b, if there is a bias.
    fn norm(&self, x: &Tensor, name: &str) -> Result<Option<Tensor>> {
        let Some(gain) = self.tensor(&format!("{name}.weight")) else { return Ok(None) };
        let Some(bias) = self.tensor(&format!("{name}.bias")) else {
            let epsilon = self.number("attention.layer_norm_rms_epsilon").expect("an epsilon");
            let root = (x.sqr()?.mean_keepdim(D::Minus1)? + epsilon)?.sqrt()?;
            return x.broadcast_div(&root)?.broadcast_mul(gain).map(Some);
        };
        let epsilon = self.number("attention.layer_norm_epsilon").expect("an epsilon");
        let centred = x.broadcast_sub(&x.mean_keepdim(D::Minus1)?)?;
        let root = (centred.sqr()?.mean_keepdim(D::Minus1)? + epsilon)?.sqrt()?;
        centred.broadcast_div(&root)?.broadcast_mul(gain)?.broadcast_add(bias).map(Some)
    }

    /// x·Wᵀ + b.
    fn linear(&self, x: &Tensor, name: &str) -> Result<Tensor> {
        let y = x.matmul(&self.tensors[&format!("{name}.weight")].t()?)?;
        match self.tensor(&format!("{name}.bias")) {
            Some(bias) => y.broadcast_add(bias),
            None => Ok(y),
        }
    }

    /// W_down(act(W_gate x) ⊙ W_up x), or W_down(act(W_up x)).
    fn feed_forward(&self, layer: usize, x: &Tensor) -> Result<Tensor> {
        let name = |part: &str| format!("blk.{layer}.{part}");
        let up = self.linear(x, &name("ffn_up"))?;
        let inner = if self.is("gpt2") {
            up.gelu()? // the tanh form
        } else if self.is("gptneox") {
            up.gelu_erf()?
        } else {
            let (gate, up) = if self.is("phi3") {
                let half = up.dim(1)? / 2;
                (up.narrow(1, 0, half)?, up.narrow(1, half, half)?)
            } else {
                (self.linear(x, &name("ffn_gate"))?, up)
            };
            let gate = if self.architecture.starts_with("gemma") { gate.gelu()? } else { gate.silu()? };
            (gate * up)?
        };
        self.linear(&inner, &name("ffn_down"))
    }

    /// The positions that a layer sees, if not all; Gemma 2: every other layer is local, Gemma 3: five of six, OLMo 3:
    /// three of four.
    fn window(&self, layer: usize) -> Option<usize> {
        let size = self.size("attention.sliding_window")?;
        let is_global = match self.architecture.as_str() {
            "gemma2" => layer % 2 == 1,
            "gemma3" => layer % 6 == 5,
            "olmo2" => layer % 4 == 3,
            _ => true,
        };
        (!is_global).then_some(size)
    }

    /// softmax(cap(q·kᵀ · s) + mask)·v for every query head, and what v is multiplied by.
    fn attention(&self, layer: usize, x: &Tensor) -> Result<(Tensor, Tensor)> {
        let name = |part: &str| format!("blk.{layer}.{part}");
        let (t, d) = x.dims2()?;
        let heads = self.size("attention.head_count").expect("heads");
        let groups = self.size_in(layer, "attention.head_count_kv").expect("key heads");
        let c = self.size("attention.key_length").unwrap_or(d / heads);
        let (q, k, v) = if self.tensor(&name("attn_qkv.weight")).is_some() {
            let all = self.linear(x, &name("attn_qkv"))?;
            let part = |first: usize, heads: usize| all.narrow(1, first * c, heads * c);
            (part(0, heads)?, part(heads, groups)?, part(heads + groups, groups)?)
        } else {
            (
                self.linear(x, &name("attn_q"))?,
                self.linear(x, &name("attn_k"))?,
                self.linear(x, &name("attn_v"))?,
            )
        };
        let prepare = |x: Tensor, heads: usize, norm: &str| {
            let norm = name(norm);
            // One norm of the whole row or of each head: what is last in the shape is normalized.
            let is_row = self.is("olmo2");
            let x = if is_row { x } else { x.reshape((t, heads, c))? };
            let x = self.norm(&x, &norm)?.unwrap_or(x);
            self.rotate(layer, &x.reshape((t, heads, c))?)
        };
        let q = prepare(q.contiguous()?, heads, "attn_q_norm")?;
        let k = prepare(k.contiguous()?, groups, "attn_k_norm")?;
        let v = v.contiguous()?.reshape((t, groups, c))?;

        let window = self.window(layer).unwrap_or(usize::MAX);
        let is_seen = |row: usize, column: usize| column <= row && row - column < window;
        let mask: Vec<f32> =
            (0..t * t).map(|at| if is_seen(at / t, at % t) { 0.0 } else { f32::NEG_INFINITY }).collect();
        let mask = Tensor::from_vec(mask, (t, t), &Device::Cpu)?;
        let scale = self.number("attention.scale").unwrap_or(1.0 / (c as f64).sqrt());

        let (mut outputs, mut all_weights) = (Vec::new(), Vec::new());
        for head in 0..heads {
            let one = |x: &Tensor, head: usize| x.narrow(1, head, 1)?.squeeze(1)?.contiguous(); // (T, C)
            let shared = head / (heads / groups);
            let mut scores = (one(&q, head)?.matmul(&one(&k, shared)?.t()?)? * scale)?; // (T, T)
            if let Some(cap) = self.number("attn_logit_softcapping") {
                scores = ((scores / cap)?.tanh()? * cap)?;
            }
            let scores = (scores + &mask)?;
            let weights = scores.broadcast_sub(&scores.max_keepdim(D::Minus1)?)?.exp()?;
            let weights = weights.broadcast_div(&weights.sum_keepdim(D::Minus1)?)?;
            outputs.push(weights.matmul(&one(&v, shared)?)?); // (T, C)
            all_weights.push(weights);
        }
        Ok((Tensor::cat(&outputs, 1)?, Tensor::stack(&all_weights, 0)?))
    }

    /// Rotary positions (Su et al. 2021): dimensions of a pair are turned by the angle t · θ_i.
    fn rotate(&self, layer: usize, x: &Tensor) -> Result<Tensor> {
        let (t, heads, c) = x.dims3()?;
        let no_rotation = self.is("gpt2") || self.is("smollm3") && layer % 4 == 3;
        if no_rotation {
            return Ok(x.clone());
        }
        let rotated = self.size("rope.dimension_count").unwrap_or(c);
        let pairs = rotated / 2;
        let (frequencies, magnitude) = self.frequencies(layer, rotated);
        let table = |function: fn(f64) -> f64| {
            let values = (0..t * pairs).map(|at| (at / pairs, at % pairs));
            let values =
                values.map(|(t, i)| (magnitude * function(t as f64 * frequencies[i])) as f32).collect();
            Tensor::from_vec(values, (t, 1, pairs), &Device::Cpu)
        };
        let (cos, sin) = (table(f64::cos)?, table(f64::sin)?);
        let turn = |a: &Tensor, b: &Tensor| {
            Ok::<_, candle_core::Error>((
                (a.broadcast_mul(&cos)? - b.broadcast_mul(&sin)?)?,
                (a.broadcast_mul(&sin)? + b.broadcast_mul(&cos)?)?,
            ))
        };

        let turned = if ["llama", "smollm3", "granite"].contains(&self.architecture.as_str()) {
            let x = x.narrow(2, 0, rotated)?.contiguous()?.reshape((t, heads, pairs, 2))?;
            let (a, b) = turn(&x.narrow(3, 0, 1)?.squeeze(3)?, &x.narrow(3, 1, 1)?.squeeze(3)?)?;
            Tensor::stack(&[a, b], 3)?.reshape((t, heads, rotated))?
        } else {
            let (a, b) = turn(&x.narrow(2, 0, pairs)?, &x.narrow(2, pairs, pairs)?)?;
            Tensor::cat(&[a, b], 2)?
        };
        match c - rotated {
            0 => Ok(turned),
            rest => Tensor::cat(&[turned, x.narrow(2, rotated, rest)?], 2),
        }
    }

    /// θ_i = base^(−2i/d), changed as the file says, and the factor of what is rotated.
    fn frequencies(&self, layer: usize, d: usize) -> (Vec<f64>, f64) {
        let is_local = self.window(layer).is_some();
        let mut base = self.number("rope.freq_base").unwrap_or(10_000.0);
        if is_local && self.is("gemma3") {
            base = self.number("rope.freq_base_swa").unwrap_or(10_000.0);
        }
        let mut thetas: Vec<f64> = (0..d / 2).map(|i| base.powf(-2.0 * i as f64 / d as f64)).collect();
        let factors = self.tensor("rope_freqs.weight").or(self.tensor("rope_factors_short.weight"));
        if let Some(factors) = factors {
            let factors: Vec<f32> = factors.to_vec1().expect("a vector");
            thetas.iter_mut().zip(factors).for_each(|(theta, factor)| *theta /= f64::from(factor));
        }
        let mut magnitude = self.number("rope.scaling.attn_factor").unwrap_or(1.0);
        let kind = self.metadata.get(&format!("{}.rope.scaling.type", self.architecture));
        let kind = kind.map_or("none", |kind| kind.to_string().expect("a name"));
        let s = self.number("rope.scaling.factor").unwrap_or(1.0);
        // Only layers that see everything are stretched, in Gemma 3 and in OLMo 3.
        if is_local && (self.is("gemma3") || self.is("olmo2")) {
            return (thetas, 1.0);
        }
        match kind {
            "linear" => thetas.iter_mut().for_each(|theta| *theta /= s),
            "yarn" => {
                // Peng et al. 2023: γ(r) of r = L/λ turns with λ = 2π/θ; here with the authors' code's ramp over i
                // between the places where r is β = 32 and α = 1, to whole numbers.
                let length = self.number("rope.scaling.original_context_length").expect("a length");
                let place = |turns: f64| {
                    d as f64 * (length / (turns * 2.0 * std::f64::consts::PI)).ln() / (2.0 * base.ln())
                };
                let low = place(32.0).floor().max(0.0);
                let high = place(1.0).ceil().min(d as f64 - 1.0);
                for (i, theta) in thetas.iter_mut().enumerate() {
                    let gamma = 1.0 - ((i as f64 - low) / (high - low).max(0.001)).clamp(0.0, 1.0);
                    *theta = (1.0 - gamma) * *theta / s + gamma * *theta;
                }
                magnitude *= 0.1 * s.ln() + 1.0;
            }
            _ => {}
        }
        (thetas, magnitude)
    }
}
