//! Values that several steps take on the command line.

use std::net::IpAddr;
use std::time::Duration;

/// A duration on the command line, in seconds: `5`, `0.5`.
///
/// From a millisecond, because the system takes a timeout of 0 for "wait forever", to a day, so that a sum of a few
/// durations can't overflow.
pub fn parse_seconds(text: &str) -> std::result::Result<Duration, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.001..=86_400.0).contains(&seconds) => {
            Ok(Duration::from_secs_f64(seconds))
        }
        _ => Err("give seconds from 0.001 to 86400 (a day), such as 5 or 0.5".into()),
    }
}

/// A multicast group on the command line.
pub fn parse_group(text: &str) -> std::result::Result<IpAddr, String> {
    match text.parse::<IpAddr>() {
        Ok(group) if group.is_multicast() => Ok(group),
        _ => Err("no multicast group; those are 224.0.0.0 to 239.255.255.255 and ff00::/8, try 239.1.2.3".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_duration_is_too_short_or_too_long_to_wait_for() {
        assert_eq!(parse_seconds("0.001"), Ok(Duration::from_millis(1)));
        assert_eq!(parse_seconds("1e-3"), Ok(Duration::from_millis(1)));
        assert_eq!(parse_seconds("86400"), Ok(Duration::from_secs(86_400)));
        let wrong = "0 -1 0.0000001 1e-300 86400.1 1e300 18446744073709551615 inf nan 5s";
        for text in wrong.split(' ').chain([""]) {
            assert!(parse_seconds(text).is_err_and(|why| why.contains("0.001 to 86400")), "{text}");
        }
    }
}
