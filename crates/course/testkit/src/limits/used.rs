//! What processes use.

/// What some processes use together.
#[derive(Default)]
pub struct Used {
    /// How many there are.
    pub processes: usize,
    /// How many bytes of memory they have.
    pub memory: u64,
    /// How many bytes they have written.
    pub written: u64,
}
