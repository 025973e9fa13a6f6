//! What a student should notice, and how a duration is written in it.

/// Something to notice: what happened here, and what it means. A ladder explains each meaning once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remark {
    /// What happened; empty where the packets show it.
    pub fact: String,
    /// What it means; empty where the fact says it.
    pub meaning: String,
}

impl Remark {
    /// A fact alone.
    pub fn fact(fact: impl Into<String>) -> Remark {
        Remark::new(fact, "")
    }

    /// A fact and its meaning.
    pub fn new(fact: impl Into<String>, meaning: impl Into<String>) -> Remark {
        Remark { fact: fact.into(), meaning: meaning.into() }
    }
}

/// A duration as a person writes it.
pub fn duration(nanoseconds: u64) -> String {
    let milliseconds = nanoseconds as f64 / 1e6;
    match milliseconds {
        1000.0.. => format!("{:.1} s", milliseconds / 1000.0),
        10.0.. => format!("{milliseconds:.0} ms"),
        0.1.. => format!("{milliseconds:.1} ms"),
        _ => format!("{:.0} µs", milliseconds * 1000.0),
    }
}
