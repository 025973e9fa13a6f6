//! Talking strictly in turns, as the classic tutorials do: you say one line, then the peer says one.

use std::sync::mpsc::Receiver;

use common::console;

/// Our turn to speak. The receiving thread hands it to the thread that reads the keyboard.
pub struct Turn;

/// Whose turn it is.
pub struct Turns {
    pub ours: bool,
    /// Our turns, as the receiving thread hands them over.
    handed: Receiver<Turn>,
}

impl Turns {
    /// The client begins.
    pub fn new(we_begin: bool, handed: Receiver<Turn>) -> Self {
        Self { ours: we_begin, handed }
    }

    /// Waits until the peer has spoken; what is typed too early is sent at our turn. False when the receiving thread has
    /// ended, and with it the conversation.
    pub fn wait_for_ours(&mut self) -> bool {
        if !self.ours {
            console::status("the peer's turn; what is typed now is sent afterwards");
            self.ours = self.handed.recv().is_ok();
        }
        if self.ours {
            console::status("your turn");
        }
        self.ours
    }
}
