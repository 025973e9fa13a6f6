//! The states of TCP and the ways between them: figure 5 of RFC 9293.

use serde_json::{Value, json};

/// Each state as the ladder, `ss` and the RFC call it.
const STATES: &[(&str, &str, &str)] = &[
    ("CLOSED", "UNCONN", "CLOSED"),
    ("LISTEN", "LISTEN", "LISTEN"),
    ("SYN_SENT", "SYN-SENT", "SYN-SENT"),
    ("SYN_RECV", "SYN-RECV", "SYN-RECEIVED"),
    ("ESTABLISHED", "ESTAB", "ESTABLISHED"),
    ("FIN_WAIT_1", "FIN-WAIT-1", "FIN-WAIT-1"),
    ("FIN_WAIT_2", "FIN-WAIT-2", "FIN-WAIT-2"),
    ("CLOSE_WAIT", "CLOSE-WAIT", "CLOSE-WAIT"),
    ("CLOSING", "CLOSING", "CLOSING"),
    ("LAST_ACK", "LAST-ACK", "LAST-ACK"),
    ("TIME_WAIT", "TIME-WAIT", "TIME-WAIT"),
];

/// Each arrow of the figure: from, to, what happens, and what is sent.
const ARROWS: &[(&str, &str, &str, &str)] = &[
    ("CLOSED", "LISTEN", "passive OPEN", "create TCB"),
    ("CLOSED", "SYN_SENT", "active OPEN", "create TCB, snd SYN"),
    ("LISTEN", "SYN_RECV", "rcv SYN", "snd SYN,ACK"),
    ("LISTEN", "SYN_SENT", "SEND", "snd SYN"),
    ("LISTEN", "CLOSED", "CLOSE", "delete TCB"),
    ("SYN_SENT", "SYN_RECV", "rcv SYN", "snd SYN,ACK"),
    ("SYN_SENT", "ESTABLISHED", "rcv SYN,ACK", "snd ACK"),
    ("SYN_SENT", "CLOSED", "CLOSE", "delete TCB"),
    ("SYN_RECV", "ESTABLISHED", "rcv ACK of SYN", ""),
    ("SYN_RECV", "FIN_WAIT_1", "CLOSE", "snd FIN"),
    ("SYN_RECV", "LISTEN", "rcv RST", ""),
    ("ESTABLISHED", "FIN_WAIT_1", "CLOSE", "snd FIN"),
    ("ESTABLISHED", "CLOSE_WAIT", "rcv FIN", "snd ACK"),
    ("FIN_WAIT_1", "FIN_WAIT_2", "rcv ACK of FIN", ""),
    ("FIN_WAIT_1", "CLOSING", "rcv FIN", "snd ACK"),
    ("FIN_WAIT_2", "TIME_WAIT", "rcv FIN", "snd ACK"),
    ("CLOSE_WAIT", "LAST_ACK", "CLOSE", "snd FIN"),
    ("CLOSING", "TIME_WAIT", "rcv ACK of FIN", ""),
    ("LAST_ACK", "CLOSED", "rcv ACK of FIN", "delete TCB"),
    ("TIME_WAIT", "CLOSED", "timeout of 2 MSL", "delete TCB"),
];

/// Ways that the figure leaves out: from, to, what happens.
const NOT_DRAWN: &[(&str, &str, &str)] = &[
    ("FIN_WAIT_1", "TIME_WAIT", "rcv FIN and ACK of FIN"),
    ("SYN_SENT", "CLOSED", "rcv RST"),
    ("SYN_RECV", "CLOSED", "rcv RST"),
    ("ESTABLISHED", "CLOSED", "RST"),
    ("FIN_WAIT_1", "CLOSED", "RST"),
    ("FIN_WAIT_2", "CLOSED", "RST"),
    ("CLOSE_WAIT", "CLOSED", "RST"),
    ("CLOSING", "CLOSED", "RST"),
    ("LAST_ACK", "CLOSED", "RST"),
    ("TIME_WAIT", "CLOSED", "RST"),
];

/// All states.
pub fn states() -> Value {
    let states = STATES.iter().map(|(name, ss, rfc)| json!({ "name": name, "ss": ss, "rfc": rfc }));
    states.collect()
}

/// All ways from one state to another.
pub fn transitions() -> Value {
    let drawn = ARROWS.iter().map(|(from, to, event, action)| {
        json!({ "from": from, "to": to, "event": event, "action": action })
    });
    let others = NOT_DRAWN.iter().map(|(from, to, event)| {
        json!({ "from": from, "to": to, "event": event, "action": "", "note": true })
    });
    drawn.chain(others).collect()
}
