//! The clock of packets and narration: nanoseconds since 1970, as `CLOCK_REALTIME` has them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The moment now, on the clock of packets and narration.
pub fn now() -> u64 {
    nanoseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// A time in nanoseconds.
pub fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
