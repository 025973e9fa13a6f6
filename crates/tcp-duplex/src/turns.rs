//! Talking strictly in turns, as the classic tutorials do: you say one line, then the peer says one.

use std::sync::mpsc::Receiver;

use common::console::{self, Lines};

use crate::Conversation;

/// Our turn to speak. The receiving thread hands it to the thread that reads the keyboard.
pub struct Turn;

/// Sends one line, then waits until the peer has spoken. What is typed too early is sent at our turn.
/// True when the conversation is over, false at the end of a pipe.
pub fn talk_in_turns(
    talk: &Conversation,
    mut lines: Lines,
    we_begin: bool,
    turns: &Receiver<Turn>,
) -> bool {
    let mut our_turn = we_begin;
    loop {
        if !our_turn {
            console::status("the peer's turn; what is typed now is sent afterwards");
            if turns.recv().is_err() {
                return true; // the receiving thread has ended, and with it the conversation
            }
        }
        console::status("your turn");
        let Some(line) = lines.next_line() else { return lines.is_keyboard() };
        our_turn = !talk.send(&line); // when nothing was sent it is still our turn
        if line == "end" {
            return true;
        }
    }
}
