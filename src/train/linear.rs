//! Linear maps whose weights are frozen, with LoRA beside them: `y = W x + b + s · B A x̃`, where x̃ is x after dropout.

use std::borrow::Cow;

use super::noise::Noise;
use super::products::{add_rows, each};
use crate::adapter::{Adapter, LayerAdapter, LowRank, Target, project};
use crate::error::{Result, try_vec};
use crate::kernels::float::add;
use crate::kernels::{Pool, Rows};
use crate::model::Linear;

/// Dropout of the input of A (Srivastava et al. 2014), as it is in one step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dropout {
    /// How probable it is that an element is dropped, from 0 to 1.
    pub rate: f32,
    /// The numbers of this step.
    pub noise: Noise,
}

impl Dropout {
    /// Drops elements of the rows `x` `(T, size)` of a map, and divides the others by the share that is kept.
    fn apply(self, maps: &Maps, target: Target, size: usize, x: &mut [f32]) {
        let noise = self.noise.part(maps.layer).part(target as usize);
        let factor = 1.0 / (1.0 - self.rate);
        let starts = (maps.first * size..).step_by(TOKENS * size);
        let mut tasks: Vec<_> = starts.zip(x.chunks_mut(TOKENS * size)).collect();
        each(maps.pool, &mut tasks, &|(start, x)| {
            for (index, x) in (*start..).zip(x.iter_mut()) {
                *x *= if noise.is_drawn(index, self.rate) { 0.0 } else { factor };
            }
        });
    }
}

/// The maps of one layer, for rows of which `first` is the index of the first among all rows of the step.
#[derive(Clone, Copy)]
pub(super) struct Maps<'a> {
    pub adapter: &'a Adapter,
    pub layer: usize,
    pub first: usize,
    pub dropout: Option<Dropout>,
    pub pool: &'a Pool,
}

impl Maps<'_> {
    /// What the adapter does to this layer.
    pub fn adapted(&self) -> &LayerAdapter {
        &self.adapter.layers[self.layer]
    }

    /// `y (T, output)` of the rows `x (T, input)`.
    pub fn forward(&self, target: Target, linear: &Linear, x: &Rows, y: &mut [f32]) {
        linear.apply(x, y, self.pool);
        if let Some(map) = self.adapted().low_rank(target) {
            let x = self.dropped(target, map, &x.values);
            let inner = inner_rows(map.rank, &map.a, self.adapter.factor(map.rank), &x, self.pool);
            add_outer_rows(map.rank, &map.b, &inner, y, self.pool);
        }
    }

    /// From `g = ∂L/∂y` of the rows `x`, adds `∂L/∂x (T, input)` to `dx` and the gradients of A and B to `grads`:
    /// `∂x = Wᵀ g + s · Aᵀ(Bᵀ g)`, `∂A = s · (Bᵀ g) x̃ᵀ`, `∂B = s · g (A x̃)ᵀ`.
    pub fn backward(
        &self,
        target: Target,
        linear: &Linear,
        x: &[f32],
        g: &[f32],
        dx: &mut [f32],
        grads: &mut LayerAdapter,
    ) -> Result<()> {
        linear.matrix.add_transposed(g, dx, self.pool);
        let (Some(map), Some(grads)) =
            (self.adapted().low_rank(target), &mut grads.low_rank[target as usize])
        else {
            return Ok(());
        };
        let (x, factor) = (self.dropped(target, map, x), self.adapter.factor(map.rank));
        let Some(dropout) = self.dropout else {
            low_rank(map, factor, &x, g, dx, grads, self.pool);
            return Ok(());
        };
        let mut to_x = try_vec(0.0, dx.len(), "training")?;
        low_rank(map, factor, &x, g, &mut to_x, grads, self.pool);
        dropout.apply(self, target, map.input(), &mut to_x);
        add(dx, &to_x);
        Ok(())
    }

    /// x̃.
    fn dropped<'x>(&self, target: Target, map: &LowRank, x: &'x [f32]) -> Cow<'x, [f32]> {
        let Some(dropout) = self.dropout else { return Cow::Borrowed(x) };
        let mut x = x.to_vec();
        dropout.apply(self, target, map.input(), &mut x);
        Cow::Owned(x)
    }
}

/// Tokens in one task of a thread.
const TOKENS: usize = 16;

/// `factor · M x` of rows x, with a matrix M `(rank, size)`: `(T, rank)`.
fn inner_rows(rank: usize, matrix: &[f32], factor: f32, x: &[f32], pool: &Pool) -> Vec<f32> {
    let size = matrix.len() / rank;
    let mut inner = vec![0.0; x.len() / size * rank];
    let mut tasks: Vec<_> = inner.chunks_mut(TOKENS * rank).zip(x.chunks(TOKENS * size)).collect();
    each(pool, &mut tasks, &|(inner, x)| {
        for (inner, x) in inner.chunks_exact_mut(rank).zip(x.chunks_exact(size)) {
            project(matrix, x, inner);
            inner.iter_mut().for_each(|x| *x *= factor);
        }
    });
    inner
}

/// `y += Mᵀ inner` of rows y, with a matrix M `(rank, size)`. It has the order of an adapter that answers.
fn add_outer_rows(rank: usize, matrix: &[f32], inner: &[f32], y: &mut [f32], pool: &Pool) {
    let size = matrix.len() / rank;
    let mut tasks: Vec<_> = y.chunks_mut(TOKENS * size).zip(inner.chunks(TOKENS * rank)).collect();
    each(pool, &mut tasks, &|(y, inner)| {
        for (y, inner) in y.chunks_exact_mut(size).zip(inner.chunks_exact(rank)) {
            add_rows(y, matrix, inner);
        }
    });
}

/// The gradients of `y = s · B A x`, from `g = ∂L/∂y`: adds `∂L/∂x` to `dx`, and those of A and B to `grads`.
fn low_rank(
    map: &LowRank,
    factor: f32,
    x: &[f32],
    g: &[f32],
    dx: &mut [f32],
    grads: &mut LowRank,
    pool: &Pool,
) {
    let rank = map.rank;
    let inner = inner_rows(rank, &map.a, factor, x, pool); // s · A x
    let back = inner_rows(rank, &map.b, factor, g, pool); // s · Bᵀ g

    // The gradient of a row of A or of B is a sum of rows of x or of g.
    let column =
        |weights: &[f32], j: usize| weights.iter().skip(j).step_by(rank).copied().collect::<Vec<_>>();
    let to_a = grads.a.chunks_exact_mut(map.input()).enumerate().map(|(j, row)| (row, x, column(&back, j)));
    let to_b = grads.b.chunks_exact_mut(map.output()).enumerate().map(|(j, row)| (row, g, column(&inner, j)));
    let mut tasks: Vec<_> = to_a.chain(to_b).collect();
    each(pool, &mut tasks, &|(row, rows, weights)| add_rows(row, rows, weights));

    add_outer_rows(rank, &map.a, &back, dx, pool);
}

#[cfg(test)]
mod tests {
    use super::super::checks::{assert_near, numbers, slopes, weighted, wide};
    use super::*;
    use crate::gguf::TensorType;
    use crate::kernels::{Precision, matrix};

    const TOKENS: usize = 5;
    const INPUT: usize = 12;
    const OUTPUT: usize = 10;
    const RANK: usize = 3;

    /// `∂x`, `∂A` and `∂B` with half of the input of A dropped, and without.
    #[test]
    fn linear_maps_have_the_slopes_of_their_definition() {
        let weights = numbers(OUTPUT * INPUT, 50);
        let mut packed = matrix(TensorType::F32, OUTPUT, INPUT, true).expect("there is memory");
        packed.push(&weights.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>()).expect("they fit");
        let linear = Linear { matrix: packed.into(), bias: Some(numbers(OUTPUT, 51)) };
        let map = LowRank { rank: RANK, a: numbers(RANK * INPUT, 52), b: numbers(RANK * OUTPUT, 53) };
        let mut zero = LayerAdapter::default();
        zero.low_rank[Target::Up as usize] =
            Some(LowRank { rank: RANK, a: vec![0.0; map.a.len()], b: vec![0.0; map.b.len()] });
        let mut layer = zero.clone();
        layer.low_rank[Target::Up as usize] = Some(map.clone());
        let adapter =
            Adapter { name: String::new(), architecture: String::new(), alpha: 6.0, layers: vec![layer] };
        let (x, g) = (numbers(TOKENS * INPUT, 54), numbers(TOKENS * OUTPUT, 55));
        let pool = Pool::new(1);

        for rate in [0.0, 0.5] {
            let noise = Noise::new(56);
            let dropout = (rate > 0.0).then_some(Dropout { rate, noise });
            let maps = Maps { adapter: &adapter, layer: 0, first: 7, dropout, pool: &pool };
            let kept = |index: usize| {
                let noise = noise.part(0).part(Target::Up as usize);
                if noise.is_drawn(7 * INPUT + index, rate) { 0.0 } else { 1.0 / (1.0 - f64::from(rate)) }
            };
            let dropped = (0..x.len()).filter(|&index| kept(index) == 0.0).count();
            assert!(
                rate == 0.0 || (x.len() / 4..x.len() * 3 / 4).contains(&dropped),
                "{dropped} are dropped"
            );
            let truth = |x: &[f64], a: &[f64], b: &[f64]| {
                let mut out = vec![0.0; TOKENS * OUTPUT];
                for (t, row) in (0..TOKENS).flat_map(|t| (0..OUTPUT).map(move |row| (t, row))) {
                    let x = &x[t * INPUT..][..INPUT];
                    let plain = (0..INPUT).map(|i| f64::from(weights[row * INPUT + i]) * x[i]).sum::<f64>();
                    let inner = |r: usize| {
                        (0..INPUT).map(|i| a[r * INPUT + i] * x[i] * kept(t * INPUT + i)).sum::<f64>()
                    };
                    let added = (0..RANK).map(|r| 2.0 * b[r * OUTPUT + row] * inner(r)).sum::<f64>();
                    out[t * OUTPUT + row] =
                        plain + linear.bias.as_ref().map_or(0.0, |bias| bias[row].into()) + added;
                }
                out
            };
            let mut rows = Rows::default();
            rows.quantize(INPUT, &x, Precision::Sixteen, &pool);
            let mut y = vec![0.0; TOKENS * OUTPUT];
            maps.forward(Target::Up, &linear, &rows, &mut y);
            let [wide_x, a, b] = [&x, &map.a, &map.b].map(|x| wide(x));
            assert_near(&y, &truth(&wide_x, &a, &b), "y");

            let (mut dx, mut grads) = (vec![0.0; x.len()], zero.clone());
            maps.backward(Target::Up, &linear, &x, &g, &mut dx, &mut grads).expect("there is memory");
            let grads = grads.low_rank(Target::Up).expect("it was put there");
            assert_near(&dx, &slopes(&wide_x, |x| weighted(&g, &truth(x, &a, &b))), "∂x");
            assert_near(&grads.a, &slopes(&a, |a| weighted(&g, &truth(&wide_x, a, &b))), "∂A");
            assert_near(&grads.b, &slopes(&b, |b| weighted(&g, &truth(&wide_x, &a, b))), "∂B");
        }
    }
}
