//! What is made: the modules, the package, the lab, and all that is published of them.

pub mod image;
pub mod notices;
pub mod pack;
pub mod package;
pub mod publish;
pub mod record;
pub mod site;
pub mod snapshot;
pub mod wasm;
