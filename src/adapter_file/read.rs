//! Reads an adapter.

use super::{
    A, B, GAIN, Place, check, check_architecture, check_rank, places, size, tensors, unknown, wrong_shape,
};
use crate::adapter::{Adapter, Gain, LayerAdapter, LowRank};
use crate::error::{Error, Result, try_vec};
use crate::gguf::{Metadata, Reader, Sink, TensorInfo};
use crate::kernels;
use crate::model::arch::Tensor;
use crate::model::{Config, Model};

/// Reads an adapter for a model from the bytes of a GGUF file.
pub fn read(bytes: &[u8], model: &Model) -> Result<Adapter> {
    let (config, matrices) = (model.config(), tensors(model)?);
    let adapter = Adapter {
        name: String::new(),
        architecture: config.architecture.clone(),
        alpha: 0.0,
        layers: vec![LayerAdapter::default(); config.layers],
    };
    let mut parts = Parts { config, matrices, adapter, current: String::new(), row: 0 };
    let mut reader = Reader::new(Some(bytes.len() as u64));
    reader.push(bytes, &mut parts)?;
    reader.finish()?;
    check(&parts.adapter, config)?;
    Ok(parts.adapter)
}

/// An adapter that arrives.
struct Parts<'a> {
    config: &'a Config,
    /// The tensors that the model's own file may have.
    matrices: Vec<Tensor>,
    adapter: Adapter,
    /// The tensor that arrives, and its next row.
    current: String,
    row: usize,
}

/// What a tensor of an adapter's file is.
enum Part {
    A,
    B,
    Gain,
}

impl Parts<'_> {
    /// What a tensor is, the matrix beside which it is, and the matrices that are joined in that, each with its rows.
    fn find<'n>(&self, name: &'n str) -> Result<(Part, &'n str, Vec<Place>)> {
        let ends = [(A, Part::A), (B, Part::B), (GAIN, Part::Gain)];
        let found = ends.into_iter().find_map(|(end, part)| Some((part, name.strip_suffix(end)?)));
        let (part, base) = found.ok_or_else(|| unknown(name))?;
        let tensor = self.matrices.iter().find(|tensor| tensor.name == base);
        let places = tensor.and_then(places);
        Ok((part, base, places.ok_or_else(|| unknown(base))?))
    }

    /// Checks a tensor of the directory, and makes room for it.
    fn expect(&mut self, info: &TensorInfo, directory: &[TensorInfo]) -> Result<()> {
        let (part, base, places) = self.find(&info.name)?;
        if let Part::Gain = part {
            let [Place { layer, target, .. }] = places[..] else { return Err(unknown(base)) };
            let gain = Gain::ALL.into_iter().find(|gain| gain.target() == target);
            let gain = gain.ok_or_else(|| unknown(base))?;
            if info.rows != 1 || Some(info.columns) != size(self.config, layer, gain) {
                return Err(wrong_shape(base));
            }
            self.adapter.layers[layer].gains[gain as usize] =
                Some(try_vec(1.0, info.columns, "the adapter")?);
            return Ok(());
        }

        let (rank, other, other_rank): (_, _, fn(&TensorInfo) -> usize) = match part {
            Part::A => (info.rows, B, |other| other.columns),
            _ => (info.columns, A, |other| other.rows),
        };
        let other = format!("{base}{other}");
        let Some(other) = directory.iter().find(|tensor| tensor.name == other) else {
            return Err(Error::wrong_adapter(format!("it has {:?} and not {other:?}", info.name)));
        };
        if other_rank(other) != rank {
            return Err(wrong_shape(base));
        }
        let output: usize = places.iter().map(|place| place.rows).sum();
        for Place { layer, target, rows } in places {
            let matrix = self.config.matrix(layer, target);
            let input = matrix.map_or(0, |(_, columns)| columns);
            check_rank(base, rank, matrix)?;
            match part {
                Part::A if info.columns != input => return Err(wrong_shape(base)),
                Part::B if info.rows != output => return Err(wrong_shape(base)),
                _ => {}
            }
            if let Part::A = part {
                let a = try_vec(0.0, rank * input, "the adapter")?;
                let b = try_vec(0.0, rank * rows, "the adapter")?;
                let place = &mut self.adapter.layers[layer].low_rank[target as usize];
                if place.replace(LowRank { rank, a, b }).is_some() {
                    return Err(Error::wrong_adapter(format!(
                        "it changes {base:?} twice, alone and joined with others"
                    )));
                }
            }
        }
        Ok(())
    }
}

impl Sink for Parts<'_> {
    fn metadata(&mut self, metadata: &Metadata, _tensors: usize) -> Result<()> {
        let architecture = metadata.string("general.architecture").unwrap_or("none");
        if architecture == "controlvector" {
            return Err(Error::wrong_adapter("it is a control vector, which is given as an edit"));
        }
        match metadata.string("general.type") {
            Some("adapter") => {}
            None | Some("model") => return Err(Error::wrong_adapter("it is a model")),
            Some(other) => return Err(Error::wrong_adapter(format!("its type is {other:?}"))),
        }
        check_architecture(architecture, self.config)?;
        let kind = metadata.string("adapter.type").unwrap_or("none");
        if !matches!(kind, "lora" | "ia3") {
            return Err(Error::wrong_adapter(format!("it is an adapter of the type {kind:?}")));
        }
        self.adapter.name = metadata.string("general.name").unwrap_or_default().to_owned();
        self.adapter.alpha = metadata.float("adapter.lora.alpha")?.unwrap_or(0.0) as f32;
        Ok(())
    }

    fn directory(&mut self, tensors: &[TensorInfo]) -> Result<()> {
        if tensors.is_empty() {
            return Err(Error::wrong_adapter("it has no tensors"));
        }
        tensors.iter().try_for_each(|info| self.expect(info, tensors))
    }

    fn rows(&mut self, info: &TensorInfo, bytes: &[u8]) -> Result<()> {
        if self.current != info.name {
            (self.current, self.row) = (info.name.clone(), 0);
        }
        let count = bytes.len() / (info.bytes / info.rows);
        let mut matrix = kernels::matrix(info.dtype, count, info.columns, true)?;
        matrix.push(bytes)?;
        let (part, _, places) = self.find(&info.name)?;
        let mut numbers = try_vec(0.0, info.columns, "the adapter")?;
        for index in 0..count {
            matrix.row(index, &mut numbers);
            let mut row = self.row + index;
            for &Place { layer, target, rows } in &places {
                let layer = &mut self.adapter.layers[layer];
                match (&part, &mut layer.low_rank[target as usize]) {
                    (Part::A, Some(map)) => {
                        map.a[row * numbers.len()..][..numbers.len()].copy_from_slice(&numbers);
                    }
                    (Part::B, Some(map)) if row < rows => {
                        map.b.iter_mut().skip(row).step_by(rows).zip(&numbers).for_each(|(b, x)| *b = *x);
                        break;
                    }
                    (Part::B, _) => row -= rows,
                    _ => {
                        let gains = Gain::ALL.into_iter().zip(&mut layer.gains);
                        for (_, factors) in gains.filter(|(gain, _)| gain.target() == target) {
                            *factors = Some(numbers.clone());
                        }
                    }
                }
            }
        }
        self.row += count;
        Ok(())
    }
}
