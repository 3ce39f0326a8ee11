//! What a caller sees of a pass while it runs. A pass that nobody watches pays nothing for it.

/// Is asked at the places of a pass where there is something to see. By default it wants nothing.
pub(crate) trait Tap {
    /// Room for the weights of the attention of a layer, `(heads, slots)`, where they are wanted. Only of a pass of
    /// one row that has no branch.
    fn attention(&mut self, _layer: usize) -> Option<&mut [f32]> {
        None
    }
}

/// Wants nothing.
#[derive(Debug)]
pub(crate) struct NoTap;

impl Tap for NoTap {}
