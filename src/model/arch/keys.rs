//! Reads the metadata that the architectures have in common, and checks what an architecture made of it.

use crate::error::{Error, Result};
use crate::gguf::{Metadata, Value};
use crate::model::config::{
    Config, Design, Heads, NormKind, Pairs, Positions, Rotary, Scaling, Spectrum, Window, Yarn,
};

/// The metadata of a file, under the names of its architecture.
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    metadata: &'a Metadata,
    architecture: &'static str,
}

impl<'a> Keys<'a> {
    /// The metadata of a file of this architecture.
    pub fn new(metadata: &'a Metadata, architecture: &'static str) -> Keys<'a> {
        Keys { metadata, architecture }
    }

    /// The name of a key in the file.
    fn name(&self, key: &str) -> String {
        format!("{}.{key}", self.architecture)
    }

    /// The size under `key`, if there is one.
    pub fn size(&self, key: &str) -> Result<Option<usize>> {
        self.metadata.size(&self.name(key))
    }

    /// The size under `key`, which must be there, and from 1 to 2²¹.
    pub fn required(&self, key: &str) -> Result<usize> {
        self.checked(key, self.size(key)?)
    }

    /// The same for a size that a file may say for each of `layers` layers. It must be the same in all.
    fn required_alike(&self, key: &str, layers: usize) -> Result<usize> {
        let sizes = self.metadata.sizes(&self.name(key), layers)?;
        if sizes.iter().any(|&size| size != sizes[0]) {
            let what = format!("{} differs from layer to layer", self.name(key));
            return Err(Error::unsupported_architecture(what));
        }
        self.checked(key, sizes.first().copied())
    }

    /// Number of layers, at most 1024.
    fn layers(&self) -> Result<usize> {
        match self.required("block_count")? {
            n @ 1..=1024 => Ok(n),
            n => Err(self.impossible("block_count", n)),
        }
    }

    fn checked(&self, key: &str, size: Option<usize>) -> Result<usize> {
        match size {
            Some(n @ 1..=0x20_0000) => Ok(n),
            Some(n) => Err(self.impossible(key, n)),
            None => Err(self.missing(key)),
        }
    }

    /// The error of a file with this size under `key`.
    fn impossible(&self, key: &str, size: usize) -> Error {
        Error::corrupt(format!("{} is {size}", self.name(key)))
    }

    /// Heads of keys and values, divisors of `heads`: those of each layer, or one number for all.
    fn kv_heads(&self, heads: usize, layers: usize) -> Result<Vec<usize>> {
        let key = self.name("attention.head_count_kv");
        let mut kv_heads = self.metadata.sizes(&key, layers)?;
        if kv_heads.is_empty() {
            kv_heads.push(heads);
        }
        let has_list = matches!(self.metadata.get(&key), Some(Value::Integers(_)));
        for (layer, &kv) in kv_heads.iter().enumerate() {
            self.refuse(kv == 0 && has_list, "some of its layers have no attention")?;
            if kv == 0 || !heads.is_multiple_of(kv) {
                let what = format!("{key} is {kv} in layer {layer}, which does not divide {heads} heads");
                return Err(Error::corrupt(what));
            }
        }
        Ok(kv_heads)
    }

    /// The number under `key`, if there is one. It must be above 0 and finite, as a factor or a base must.
    pub fn positive(&self, key: &str) -> Result<Option<f64>> {
        match self.metadata.float(&self.name(key))? {
            Some(x) if !(x > 0.0 && x.is_finite()) => {
                Err(Error::corrupt(format!("{} is {x}", self.name(key))))
            }
            number => Ok(number),
        }
    }

    /// The same in 32 bits.
    pub fn scale(&self, key: &str) -> Result<Option<f32>> {
        let scale = self.positive(key)?.map(|x| x as f32);
        match scale.is_none_or(|scale| scale > 0.0 && scale.is_finite()) {
            true => Ok(scale),
            false => Err(Error::corrupt(format!("{} does not fit into 32 bits", self.name(key)))),
        }
    }

    /// Whether `key` says yes, if it is there.
    pub fn flag(&self, key: &str) -> Result<Option<bool>> {
        Ok(self.size(key)?.map(|number| number != 0))
    }

    /// The error of a file without `key`.
    pub fn missing(&self, key: &str) -> Error {
        Error::corrupt(format!("it has no {}", self.name(key)))
    }

    /// A network with these parts and the sizes of the file. Its heads are rotated if `pairs` are given; otherwise its
    /// positions are learned.
    pub fn config(&self, pairs: Option<Pairs>, design: Design) -> Result<Config> {
        let (embedding, layers) = (self.required("embedding_length")?, self.layers()?);
        let heads = self.required_alike("attention.head_count", layers)?;
        let kv_heads = self.kv_heads(heads, layers)?;
        let most = kv_heads.iter().copied().max().unwrap_or(heads);
        let head = self.size("attention.key_length")?.unwrap_or(embedding / heads);
        let epsilon = match design.norm {
            NormKind::Rms => "attention.layer_norm_rms_epsilon",
            NormKind::Layer => "attention.layer_norm_epsilon",
        };
        let config = Config {
            architecture: self.architecture.to_owned(),
            name: self.metadata.string("general.name").unwrap_or(self.architecture).to_owned(),
            layers,
            embedding,
            feed_forward: self.required_alike("feed_forward_length", layers)?,
            heads: Heads::new(heads, most, head),
            kv_heads: if kv_heads.iter().all(|&kv| kv == most) { Vec::new() } else { kv_heads },
            positions: match pairs {
                Some(pairs) => Positions::Rotary(self.rotary(head, pairs)?),
                None => Positions::Learned,
            },
            epsilon: self.metadata.float(&self.name(epsilon))?.ok_or_else(|| self.missing(epsilon))? as f32,
            context_length: self.required("context_length")?,
            design,
        };
        self.check(&config)?;
        Ok(config)
    }

    /// The rotation of heads of size `head`.
    fn rotary(&self, head: usize, pairs: Pairs) -> Result<Rotary> {
        let rotated = self.size("rope.dimension_count")?.unwrap_or(head);
        let mut spectrum = Spectrum::new(self.positive("rope.freq_base")?.unwrap_or(10_000.0));
        spectrum.scaling = self.scaling()?;
        spectrum.magnitude = self.positive("rope.scaling.attn_factor")?.unwrap_or(1.0);
        if let Scaling::Yarn(yarn) = spectrum.scaling {
            // The makers of files disagree about whether such a factor is YaRN's own or comes on top of it.
            self.refuse(spectrum.magnitude != 1.0, "YaRN scaling with a factor for attention")?;
            spectrum.magnitude = yarn.magnitude();
        }
        Ok(Rotary::new(rotated, pairs, spectrum))
    }

    /// How positions are scaled. As in llama.cpp, a factor without a type means linear scaling, older files call the
    /// factor `scale_linear`, and a factor of 0 means none.
    fn scaling(&self) -> Result<Scaling> {
        let factor = match self.metadata.float(&self.name("rope.scaling.factor"))? {
            None => self.metadata.float(&self.name("rope.scale_linear"))?,
            factor => factor,
        };
        let factor = factor.filter(|&factor| factor != 0.0).unwrap_or(1.0);
        if !(factor > 0.0 && factor.is_finite()) {
            return Err(Error::corrupt(format!("{} is {factor}", self.name("rope.scaling.factor"))));
        }
        match self.metadata.string(&self.name("rope.scaling.type")) {
            Some("none") => Ok(Scaling::None),
            None | Some("linear" | "yarn" | "longrope") if factor == 1.0 => Ok(Scaling::None),
            None | Some("linear") => Ok(Scaling::Linear(factor)),
            Some("yarn") => {
                let original = match self.positive("rope.scaling.original_context_length")? {
                    Some(length) => length,
                    None => self.required("context_length")? as f64,
                };
                let fast = self.positive("rope.scaling.yarn_beta_fast")?.unwrap_or(32.0);
                let slow = self.positive("rope.scaling.yarn_beta_slow")?.unwrap_or(1.0);
                if self.metadata.float(&self.name("rope.scaling.yarn_log_multiplier"))?.unwrap_or(0.0) != 0.0
                {
                    return Err(Error::unsupported_architecture(
                        "YaRN scaling with a factor of its logarithm",
                    ));
                }
                Ok(Scaling::Yarn(Yarn { factor, original, fast, slow }))
            }
            Some(other) => Err(Error::unsupported_architecture(format!("{other} scaling of positions"))),
        }
    }

    /// The layers that see the nearest positions only. Of `period` layers the last sees all, unless the file says
    /// another number, or says it for each layer.
    pub fn window(&self, size: usize, period: usize) -> Result<Window> {
        let (layers, pattern) = (self.layers()?, "attention.sliding_window_pattern");
        let is_local = match self.metadata.get(&self.name(pattern)) {
            Some(Value::Integers(list)) if list.len() == layers => {
                (0..layers).map(|layer| list.get(layer).is_some_and(|n| n != 0)).collect()
            }
            Some(Value::Integers(list)) => {
                let what = format!("{} has {} numbers for {layers} layers", self.name(pattern), list.len());
                return Err(Error::corrupt(what));
            }
            other => {
                let period = if other.is_some() { self.required(pattern)? } else { period };
                (0..layers).map(|layer| layer % period < period - 1).collect()
            }
        };
        Ok(Window { size, is_local })
    }

    /// Refuses a file if `is_refused`.
    pub fn refuse(&self, is_refused: bool, what: &str) -> Result<()> {
        if is_refused { Err(Error::unsupported_architecture(what)) } else { Ok(()) }
    }

    /// Refuses sizes that cannot be, and features that `forward.rs` does not compute.
    fn check(&self, c: &Config) -> Result<()> {
        let Heads { queries, size, .. } = c.heads;
        let consistent = (2..=1024).contains(&size)
            && queries <= 1024
            && c.rotated() <= size
            && c.rotated().is_multiple_of(2)
            && (c.epsilon >= 0.0 && c.epsilon.is_finite());
        if !consistent {
            return Err(Error::corrupt("its sizes do not fit together"));
        }
        let value = self.size("attention.value_length")?.unwrap_or(size);
        let experts = self.size("expert_count")?.unwrap_or(0);
        let unsupported = if value != size {
            "values of another size than keys".to_owned()
        } else if experts > 0 {
            format!("a mixture of {experts} experts")
        } else if self.flag("attention.causal")? == Some(false) {
            "attention to later tokens".to_owned()
        } else {
            return Ok(());
        };
        Err(Error::unsupported_architecture(unsupported))
    }
}
