//! What arrives out of order: duplicate ACKs, and the selective ones (RFC 5681, section 2; RFC 2018).

use etherparse::{TcpHeader, TcpOptionElement};

use crate::remark::Remark;

/// The acknowledgments of one end.
#[derive(Debug, Default)]
pub struct Acks {
    /// The highest number.
    highest: Option<u32>,
    /// How many duplicates of it have come.
    pub duplicates: usize,
}

/// An acknowledgment; all numbers are counted from the other side's first.
pub struct Ack<'a> {
    /// The number of the byte that is expected.
    pub number: u32,
    /// What has come after a gap: from the first number to the one after the last.
    pub sack: &'a [(u32, u32)],
    /// It says nothing else: no data, no SYN, no FIN, the same window.
    pub is_bare: bool,
    /// The number after the last byte that the other side has sent.
    pub sent: u32,
}

impl Acks {
    /// The next one.
    pub fn follow(&mut self, ack: &Ack<'_>) -> Option<Remark> {
        let number = ack.number;
        if let Some((from, end)) = ack.sack.iter().find(|block| block.1 <= number) {
            self.highest = Some(number);
            let fact = format!("{} came a second time", range(*from, *end));
            return Some(Remark::new(fact, "SACK can say that too: RFC 2883"));
        }
        if self.highest != Some(number) {
            let filled = std::mem::take(&mut self.duplicates) > 0;
            self.highest = Some(number);
            let fact = format!("the gap is filled: this ACK is for everything before {number}");
            return (filled && ack.sack.is_empty()).then(|| Remark::fact(fact));
        }
        if !ack.is_bare || number >= ack.sent {
            return None;
        }
        self.duplicates += 1;
        let meaning = "an ACK is for all bytes before its number, so with a gap the number stays";
        let which = match self.duplicates {
            1 => "a duplicate ACK".to_owned(),
            number => format!("duplicate ACK number {number}"),
        };
        let Some(first) = ack.sack.iter().map(|block| block.0).min() else {
            return Some(Remark::new(format!("{which}: {number} is still missing"), meaning));
        };
        let here: Vec<String> = ack.sack.iter().map(|(from, end)| range(*from, *end)).collect();
        let verb = |text: &str| if text.contains(' ') { "are" } else { "is" };
        let (missing, here) = (range(number, first), here.join(" and "));
        let (lack, have) = (verb(&missing), verb(&here));
        let fact = format!("{which}: {missing} {lack} missing, {here} {have} here (SACK)");
        Some(Remark::new(fact, meaning))
    }
}

/// The numbers of the bytes from the first one up to the one before the end.
fn range(from: u32, end: u32) -> String {
    match end.wrapping_sub(1) {
        last if last == from => from.to_string(),
        last => format!("{from} to {last}"),
    }
}

/// The blocks of a selective acknowledgment.
pub fn sack(header: &TcpHeader, first: u32) -> Vec<(u32, u32)> {
    let mut blocks = Vec::new();
    for option in header.options_iterator().flatten() {
        if let TcpOptionElement::SelectiveAcknowledgement(one, more) = option {
            blocks.push(one);
            blocks.extend(more.into_iter().flatten());
        }
    }
    let counted = |number: u32| number.wrapping_sub(first);
    blocks.into_iter().map(|(from, end)| (counted(from), counted(end))).collect()
}
