//! Reads an adapter.

use super::{check, check_architecture, check_rank, size, targets, unknown, wrong_shape};
use crate::adapter::{Adapter, Gain, LayerAdapter, LowRank, Target};
use crate::error::{Error, Result, try_vec};
use crate::gguf::{Metadata, Reader, Sink, TensorInfo};
use crate::kernels;
use crate::model::Model;

/// Reads an adapter for a model from the bytes of a GGUF file.
pub fn read(bytes: &[u8], model: &Model) -> Result<Adapter> {
    let config = model.config();
    let mut layers = Vec::new();
    layers.resize_with(config.layers, LayerAdapter::default);
    let architecture = config.architecture.clone();
    let adapter = Adapter { name: String::new(), architecture, alpha: 0.0, layers };
    let mut parts = Parts { model, adapter, current: String::new(), row: 0 };
    let mut reader = Reader::new(Some(bytes.len() as u64));
    reader.push(bytes, &mut parts)?;
    reader.finish()?;
    check(&parts.adapter, config)?;
    Ok(parts.adapter)
}

/// An adapter that arrives.
struct Parts<'a> {
    model: &'a Model,
    adapter: Adapter,
    /// The tensor that arrives, and its next row.
    current: String,
    row: usize,
}

/// A tensor of an adapter's file.
struct Place {
    kind: Kind,
    layer: usize,
    /// The matrices beside which it is. Joined ones are several.
    targets: &'static [Target],
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    A,
    B,
    Gain,
}

impl Parts<'_> {
    /// What a tensor is.
    #[inline(never)]
    fn find(&self, name: &str) -> Result<Place> {
        let place = || {
            let (layer, rest) = name.strip_prefix("blk.")?.split_once('.')?;
            let (part, end) = rest.split_once(".weight.")?;
            let kind = match end {
                "lora_a" => Kind::A,
                "lora_b" => Kind::B,
                "ia3" => Kind::Gain,
                _ => return None,
            };
            let layer = layer.parse().ok().filter(|&layer| layer < self.adapter.layers.len())?;
            Some(Place { kind, layer, targets: targets(self.model, part) })
        };
        place().filter(|place| !place.targets.is_empty()).ok_or_else(|| unknown(name))
    }

    /// Checks LoRA's A, and makes room for both parts of it.
    fn expect_low_rank(&mut self, info: &TensorInfo, place: &Place) -> Result<()> {
        for &target in place.targets {
            let rank = info.rows;
            let (rows, columns) = check_rank(place.layer, target, rank, self.model.config())?;
            if info.columns != columns {
                return Err(wrong_shape(place.layer, target));
            }
            let a = try_vec(0.0, rank * columns, "the adapter")?;
            let b = try_vec(0.0, rank * rows, "the adapter")?;
            let map = &mut self.adapter.layers[place.layer].low_rank[target as usize];
            if map.is_some() {
                let what = format!("it has {:?} twice, alone and joined with others", info.name);
                return Err(Error::wrong_adapter(what));
            }
            *map = Some(LowRank { rank, a, b });
        }
        Ok(())
    }

    /// Checks LoRA's B, for which there must be A.
    fn check_output(&self, info: &TensorInfo, place: &Place) -> Result<()> {
        let mut rows = 0;
        for &target in place.targets {
            let Some(map) = self.adapter.layers[place.layer].low_rank(target) else {
                return Err(Error::wrong_adapter(format!("it has {:?} without lora_a", info.name)));
            };
            rows += map.output();
            if info.columns != map.rank {
                return Err(wrong_shape(place.layer, target));
            }
        }
        match info.rows == rows {
            true => Ok(()),
            false => Err(wrong_shape(place.layer, place.targets[0])),
        }
    }

    /// Checks (IA)³'s factors, and makes room for them.
    fn expect_gain(&mut self, info: &TensorInfo, place: &Place) -> Result<()> {
        for gain in Gain::ALL {
            if *place.targets == [gain.target()] {
                if info.rows != 1 || info.columns != size(self.model.config(), place.layer, gain) {
                    return Err(wrong_shape(place.layer, gain.target()));
                }
                let factors = try_vec(1.0, info.columns, "the adapter")?;
                self.adapter.layers[place.layer].gains[gain as usize] = Some(factors);
                return Ok(());
            }
        }
        Err(unknown(&info.name))
    }

    /// Takes a row of a tensor.
    fn row(&mut self, place: &Place, mut row: usize, numbers: &[f32]) {
        let layer = &mut self.adapter.layers[place.layer];
        for &target in place.targets {
            match (place.kind, &mut layer.low_rank[target as usize]) {
                (Kind::Gain, _) => {
                    for gain in Gain::ALL {
                        if gain.target() == target
                            && let Some(factors) = &mut layer.gains[gain as usize]
                        {
                            factors.copy_from_slice(numbers);
                        }
                    }
                }
                (Kind::A, Some(map)) => {
                    map.a[row * numbers.len()..][..numbers.len()].copy_from_slice(numbers);
                }
                (Kind::B, Some(map)) => {
                    let rows = map.output();
                    if row < rows {
                        for (rank, x) in numbers.iter().enumerate() {
                            map.b[rank * rows + row] = *x;
                        }
                        return;
                    }
                    row -= rows;
                }
                (_, None) => {}
            }
        }
    }
}

impl Sink for Parts<'_> {
    fn metadata(&mut self, metadata: &Metadata, _tensors: usize) -> Result<()> {
        let architecture = metadata.string("general.architecture").unwrap_or("none");
        let (kind, of) = (metadata.string("general.type"), metadata.string("adapter.type").unwrap_or("none"));
        if architecture == "controlvector" {
            return Err(Error::wrong_adapter("it is a control vector, which is given as an edit"));
        }
        if kind != Some("adapter") {
            return Err(Error::wrong_adapter(format!("it is a {}", kind.unwrap_or("model"))));
        }
        check_architecture(architecture, self.model.config())?;
        if of != "lora" && of != "ia3" {
            return Err(Error::wrong_adapter(format!("it is an adapter of the type {of:?}")));
        }
        self.adapter.name = metadata.string("general.name").unwrap_or_default().to_owned();
        self.adapter.alpha = metadata.float("adapter.lora.alpha")?.unwrap_or(0.0) as f32;
        Ok(())
    }

    fn directory(&mut self, tensors: &[TensorInfo]) -> Result<()> {
        // Each B is beside an A, and names come once, so that equal numbers mean pairs.
        let mut unpaired = 0;
        for info in tensors {
            let place = self.find(&info.name)?;
            match place.kind {
                Kind::A => self.expect_low_rank(info, &place)?,
                Kind::Gain => self.expect_gain(info, &place)?,
                Kind::B => unpaired -= 2,
            }
            unpaired += i32::from(place.kind != Kind::Gain);
        }
        for info in tensors {
            let place = self.find(&info.name)?;
            if place.kind == Kind::B {
                self.check_output(info, &place)?;
            }
        }
        match (tensors.is_empty(), unpaired) {
            (true, _) => Err(Error::wrong_adapter("it has no tensors")),
            (false, 0) => Ok(()),
            (false, _) => Err(Error::wrong_adapter("it has lora_a without lora_b")),
        }
    }

    fn rows(&mut self, info: &TensorInfo, bytes: &[u8]) -> Result<()> {
        if self.current != info.name {
            (self.current, self.row) = (info.name.clone(), 0);
        }
        let place = self.find(&info.name)?;
        let count = bytes.len() / (info.bytes / info.rows);
        let mut matrix = kernels::matrix(info.dtype, count, info.columns, true)?;
        matrix.push(bytes)?;
        let mut numbers = try_vec(0.0, info.columns, "the adapter")?;
        for index in 0..count {
            matrix.row(index, &mut numbers);
            self.row(&place, self.row, &numbers);
            self.row += 1;
        }
        Ok(())
    }
}
