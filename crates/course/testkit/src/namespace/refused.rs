//! What moving into a namespace may end in.

/// Why there is no namespace: what was refused, and what would help.
#[derive(Clone, Debug)]
pub struct Refused(pub String);
