//! The log of a check: what was done, said and seen, in this order. Its texts are the story. What the grader must remember
//! about the conversation with the program is not kept beside the log, but read from it.

use std::net::SocketAddr;

/// The two ends of a connection: the grader's address, and the program's.
pub type Ends = (SocketAddr, SocketAddr);

/// An entry of the log.
pub enum Entry {
    /// An action that went well, as the story has it.
    Action(String),
    /// The program was started: what comes before is about an earlier run of it.
    Started,
    /// The grader said something to the program.
    Said {
        /// How many bytes the program had printed before.
        printed: usize,
        /// The connection, if it was one.
        on: Option<Ends>,
    },
    /// A line of this many bytes was typed into the program.
    Typed(usize),
    /// The program did what was expected.
    Saw {
        /// Up to here its stdout holds texts that were expected and came.
        up_to: usize,
    },
}

/// All entries, and what the user should know although nothing failed.
#[derive(Default)]
pub struct Log {
    entries: Vec<Entry>,
    /// What the user should know.
    pub notes: Vec<String>,
}

impl Log {
    /// Adds an entry.
    pub fn add(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// How many entries there are.
    pub fn length(&self) -> usize {
        self.entries.len()
    }

    /// Forgets all entries but the first ones.
    pub fn truncate(&mut self, length: usize) {
        self.entries.truncate(length);
    }

    /// The texts, and the notes.
    pub fn into_texts(self) -> (Vec<String>, Vec<String>) {
        let text = |entry| if let Entry::Action(text) = entry { Some(text) } else { None };
        (self.entries.into_iter().filter_map(text).collect(), self.notes)
    }

    /// Since the program was started.
    fn of_this_run(&self) -> &[Entry] {
        let start = self.entries.iter().rposition(|entry| matches!(entry, Entry::Started));
        &self.entries[start.unwrap_or(0)..]
    }

    /// Has the program done anything yet that was expected of it?
    pub fn has_contact(&self) -> bool {
        self.of_this_run().iter().any(|entry| matches!(entry, Entry::Saw { .. }))
    }

    /// The same, in this run or in one before.
    pub fn has_contact_in_any_run(&self) -> bool {
        self.entries.iter().any(|entry| matches!(entry, Entry::Saw { .. }))
    }

    /// How many bytes were typed into the program.
    pub fn typed(&self) -> usize {
        let typed = |entry: &Entry| if let Entry::Typed(bytes) = entry { *bytes } else { 0 };
        self.of_this_run().iter().map(typed).sum()
    }

    /// Up to here its stdout holds texts that were expected and came.
    pub fn seen(&self) -> usize {
        let seen = |entry: &Entry| if let Entry::Saw { up_to } = entry { *up_to } else { 0 };
        self.of_this_run().iter().map(seen).max().unwrap_or(0)
    }

    /// How much the program had printed when the grader began to say what the next expectation is about. That was not caused
    /// by it, and doesn't count.
    pub fn turn_begins(&self) -> usize {
        let mut begins = 0;
        let mut is_over = true;
        for entry in self.of_this_run() {
            match entry {
                Entry::Said { printed, .. } if is_over => {
                    begins = *printed;
                    is_over = false;
                }
                Entry::Saw { .. } => is_over = true,
                _ => {}
            }
        }
        begins
    }

    /// The connection on which the grader said something last, if that is still open at its side.
    pub fn connection(&self) -> Option<Ends> {
        let said =
            |entry: &Entry| if let Entry::Said { on, .. } = entry { Some(*on) } else { None };
        self.of_this_run().iter().rev().find_map(said).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_begins_with_the_first_word_after_an_expectation() {
        let mut log = Log::default();
        let said = |printed| Entry::Said { printed, on: None };
        log.add(Entry::Started);
        log.add(said(5));
        log.add(said(7));
        assert_eq!((log.turn_begins(), log.has_contact()), (5, false));
        log.add(Entry::Saw { up_to: 20 });
        log.add(Entry::Saw { up_to: 0 });
        assert_eq!((log.turn_begins(), log.seen(), log.has_contact()), (5, 20, true));
        log.add(said(22));
        assert_eq!(log.turn_begins(), 22);
        log.add(Entry::Started);
        assert_eq!((log.turn_begins(), log.seen(), log.has_contact()), (0, 0, false));
    }
}
