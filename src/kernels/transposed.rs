//! The product with the transposed matrix, `dx (tokens, columns) += g (tokens, rows) · W`: the gradient of the input of a
//! product, from the gradient of its result.
//!
//! The sum goes over the rows, each of which has a scale of its own in every block. So weights become floats, some rows
//! and columns at a time, which all tokens multiply before the next. The rows are added in one order: in parts of
//! [`ROWS`], which all begin with zero. A column belongs to one task.

use wide::{f32x4, i32x4, u8x16, u16x8};

use super::Pool;
use super::pack::{GROUPS, Packed, SHARED, STRIP};

/// Columns in one task of a thread.
pub(super) const COLUMNS: usize = 32;
/// Rows that are floats at once. With [`COLUMNS`], they take half of the nearest cache.
pub(super) const ROWS: usize = 128;
/// Tokens that are multiplied together.
const TILE: usize = 5;
/// Vectors of four columns that are multiplied together.
const PAIR: usize = 2;
/// Rows whose gradients are interleaved at once, so that the output layer needs no copy of all of its own.
const AT_ONCE: usize = 32 * ROWS;

/// Weights as floats.
pub(super) struct Floats([[[f32x4; PAIR]; ROWS]; COLUMNS / 4 / PAIR]);

impl Floats {
    /// Sets four rows and four columns, from these on. Each of the vectors is a column.
    #[inline(always)]
    pub fn set(&mut self, row: usize, column: usize, columns: [f32x4; 4]) {
        let rows = &mut self.0[column / 4 / PAIR][row..row + 4];
        for (out, weights) in rows.iter_mut().zip(f32x4::transpose(columns)) {
            out[column / 4 % PAIR] = weights;
        }
    }
}

/// Adds the product of `g` with a matrix of `rows × columns` to `dx`. `floats(row, column, out)` sets the weights from
/// that row and column on, as many as there are and `out` holds.
pub(super) fn add(
    (rows, columns): (usize, usize),
    g: &[f32],
    dx: &mut [f32],
    pool: &Pool,
    floats: &(dyn Fn(usize, usize, &mut Floats) + Sync),
) {
    let tokens = dx.len() / columns;
    assert!(
        g.len() == tokens * rows && dx.len() == tokens * columns,
        "{tokens} tokens of {rows} × {columns}"
    );
    if g.is_empty() {
        return;
    }
    let tiles = tokens.div_ceil(TILE);
    let mut x = vec![[0.0; TILE]; tiles * rows.min(AT_ONCE)];
    for first in (0..rows).step_by(AT_ONCE) {
        let rows_of_g = first..rows.min(first + AT_ONCE);
        let count = rows_of_g.len();
        let x = &mut x[..tiles * count];
        pool.stripes(x, tiles * count, count, &|mut stripe| {
            let first = stripe.columns().start / count * TILE;
            for (t, g) in g.chunks_exact(rows).skip(first).take(TILE).enumerate() {
                for (x, g) in stripe.row(0).iter_mut().zip(&g[rows_of_g.clone()]) {
                    x[t] = *g;
                }
            }
        });
        let x = &*x;
        pool.stripes(dx, columns, COLUMNS, &|mut stripe| {
            let mut weights = Floats([[[f32x4::ZERO; PAIR]; ROWS]; _]);
            for row in (0..count).step_by(ROWS) {
                floats(first + row, stripe.columns().start, &mut weights);
                for (tile, x) in x.chunks_exact(count).enumerate() {
                    let x = &x[row..count.min(row + ROWS)];
                    for (pair, weights) in weights.0.iter().enumerate() {
                        let sums = products(&weights[..x.len()], x);
                        for (token, sums) in (tile * TILE..tokens).zip(&sums) {
                            add_sums(stripe.row(token), pair * PAIR * 4, bytemuck::cast_ref(sums));
                        }
                    }
                }
            }
        });
    }
}

/// The products of a tile and some columns, summed over the rows.
///
/// The sums stay in registers. The loop over the rows is not unrolled, because there would be too few of them.
#[inline(never)]
fn products(weights: &[[f32x4; PAIR]], x: &[[f32; TILE]]) -> [[f32x4; PAIR]; TILE] {
    let mut sums = [[f32x4::ZERO; PAIR]; TILE];
    for (weights, x) in weights.iter().zip(x) {
        for (sums, x) in sums.iter_mut().zip(x) {
            let x = f32x4::splat(*x);
            for (sum, weights) in sums.iter_mut().zip(weights) {
                *sum += *weights * x;
            }
        }
    }
    sums
}

/// Adds sums to a row, from column `first` on, as far as it goes.
#[inline(always)]
fn add_sums(row: &mut [f32], first: usize, sums: &[f32; 4 * PAIR]) {
    if let Some(out) = row.get_mut(first..first + sums.len()) {
        out.iter_mut().zip(sums).for_each(|(out, sum)| *out += sum);
    } else {
        row.iter_mut().skip(first).zip(sums).for_each(|(out, sum)| *out += sum);
    }
}

/// The weights of a packed matrix.
pub(super) fn packed(w: &Packed, row: usize, column: usize, out: &mut Floats) {
    let size = w.format.block;
    let strips = (row / STRIP..w.rows.div_ceil(STRIP)).take(ROWS / STRIP);
    for (row, strip) in (0..).step_by(STRIP).zip(strips) {
        let (shared, blocks) = w.strip(strip);
        let shared = shared.get(column / SHARED * GROUPS..).unwrap_or_default();
        let blocks = blocks.chunks_exact(w.format.vectors()).skip(column / size);
        for (column, block) in (0..COLUMNS).step_by(size).zip(blocks) {
            for group in 0..GROUPS {
                four_rows(w, shared, block, group, |at, weights| {
                    out.set(row + 4 * group, column + at, weights);
                });
            }
        }
    }
}

/// Calls `out(column, weights)` for each four columns of four rows of a block. A lane is a row.
#[inline(always)]
fn four_rows(
    w: &Packed,
    shared: &[u16x8],
    block: &[u16x8],
    group: usize,
    mut out: impl FnMut(usize, [f32x4; 4]),
) {
    let scale: f32x4 = if w.format.shares() {
        let bytes: &[[i8; 4]; GROUPS] = bytemuck::cast_ref(&block[0]);
        bytemuck::cast::<_, f32x4>(shared[group]) * f32x4::new(bytes[group].map(f32::from))
    } else {
        bytemuck::cast(block[group])
    };
    let min = if w.format.has_mins { bytemuck::cast(block[GROUPS + group]) } else { f32x4::ZERO };
    let zero = i32x4::splat(w.format.zero);
    let floats = |codes: u16x8| {
        let codes: i32x4 = bytemuck::cast(codes);
        let mask = i32x4::splat(0xFF);
        [codes & mask, codes >> 8u32 & mask, codes >> 16u32 & mask, codes >> 24u32 & mask]
            .map(|codes| f32x4::from_i32x4(codes - zero) * scale + min)
    };

    let steps = block[w.format.first_step() + group..].iter().step_by(GROUPS);
    if w.format.bits != 4 && w.format.book.is_none() {
        for (step, &codes) in steps.enumerate() {
            out(4 * step, floats(codes));
        }
        return;
    }
    for (step, &codes) in steps.enumerate() {
        for (half, nibbles) in [codes, codes >> 4u32].into_iter().enumerate() {
            let mut codes = nibbles & u16x8::splat(0x0F0F);
            if let Some(book) = w.format.book {
                codes = bytemuck::cast(u8x16::new(*book).shuffle(bytemuck::cast(codes)));
            }
            out(8 * step + 4 * half, floats(codes));
        }
    }
}
