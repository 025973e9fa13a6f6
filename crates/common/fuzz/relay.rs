//! What must hold for any command line of the relay, each word on a line of its own.

use grader::command::relay::faults_of;
use grader::relay::try_datagrams;

/// It is refused, or its faults do what they say to datagrams: none is made up, and only as many come twice or not at all as
/// the options allow.
pub fn relay(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let words: Vec<&str> = text.split('\n').collect();
    let Some(faults) = faults_of(&words) else { return };
    assert!(faults.drop <= 100 && faults.duplicate <= 100 && faults.reorder <= 100, "{text}");
    assert!(faults.delay.as_secs() <= 3600, "{text}");
    assert!(faults.coalesce.unwrap_or_default().as_secs() <= 3600, "{text}");
    assert!(faults.split != Some(0) && faults.reset_after != Some(0), "{text}");
    let payloads: Vec<Vec<u8>> = (0..20_u8).map(|number| vec![number; 3]).collect();
    let arrived = try_datagrams(faults.clone(), bytes.len() as u64, &payloads);
    assert!(arrived.iter().all(|payload| payloads.contains(payload)), "{text}");
    let is_good = [faults.drop, faults.duplicate, faults.reorder] == [0; 3];
    if is_good && faults.delay.is_zero() {
        assert_eq!(arrived, payloads, "{text}");
    }
    if faults.drop == 100 {
        assert!(arrived.is_empty(), "{text}");
    }
}
