//! A way for a caller to record what happens inside a pass. A pass without a recorder costs nothing extra.

/// A recorder of a pass, which asks it at each place that can be recorded. By default it records nothing.
pub(crate) trait Tap {
    /// Memory for the attention weights of a layer, `(heads, slots)`, if they are to be recorded. This works only for
    /// a pass of one row without branches.
    fn attention(&mut self, _layer: usize) -> Option<&mut [f32]> {
        None
    }
}

/// A recorder that records nothing.
#[derive(Debug)]
pub(crate) struct NoTap;

impl Tap for NoTap {}
