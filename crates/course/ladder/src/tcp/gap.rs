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
        let first = ack.sack.iter().map(|block| block.0).min();
        let here: Vec<String> = ack
            .sack
            .iter()
            .map(|(from, end)| format!("{from} to {}", end.wrapping_sub(1)))
            .collect();
        let which = match self.duplicates {
            1 => "a duplicate ACK".to_owned(),
            number => format!("duplicate ACK number {number}"),
        };
        Some(match first {
            None => Remark::new(format!("{which}: {number} is still missing"), meaning),
            Some(first) => {
                let missing = format!("{number} to {}", first.wrapping_sub(1));
                let fact = format!(
                    "{which}: {missing} are missing, {} are here (SACK)",
                    here.join(" and ")
                );
                Remark::new(fact, meaning)
            }
        })
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
