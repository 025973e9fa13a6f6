//! The ladders in the docs, for systems that can't capture packets. `scripts/pictures` makes them.

/// Each name and its text, from `docs/pictures`.
macro_rules! stored {
    ($($name:literal),*) => {
        &[$(($name, include_str!(concat!("../../../../docs/pictures/", $name, ".txt")))),*]
    };
}

const LADDERS: &[(&str, &str)] = stored!(
    "udp-send",
    "udp-recv",
    "udp-chat",
    "tcp-server",
    "tcp-client",
    "tcp-duplex",
    "file-download",
    "handshake",
    "half-open",
    "close",
    "stream",
    "window",
    "partial",
    "loss",
    "reorder",
    "truncated"
);

/// The ladder of a step or lesson as the docs show it.
pub fn ladder(name: &str) -> Option<&'static str> {
    LADDERS.iter().find(|(stored, _)| *stored == name).map(|(_, text)| *text)
}
