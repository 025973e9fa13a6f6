//! What each thread of each program called last, and which conversation its calls are about.
//!
//! A call that names its peer is about the conversation with that peer. One that names none is about the conversation
//! that its thread has begun or accepted, or else its program.

use std::collections::HashMap;

use crate::scenario::Side;
use crate::timeline::{Event, Recorded};

/// All threads of all programs.
#[derive(Default)]
pub struct Threads {
    threads: HashMap<(usize, String), Thread>,
    /// The program and the thread that called connect or sendto last, before its packets came.
    calling: Option<(usize, String)>,
    /// The conversation that each program has begun or accepted last.
    latest: HashMap<usize, usize>,
}

/// What a thread of a program did last.
#[derive(Clone, Default)]
pub struct Thread {
    /// Its last call.
    pub call: String,
    /// When that was.
    pub called: u64,
    /// The conversation that it is busy with.
    pub conversation: Option<usize>,
    /// How many bytes it wants to send.
    pub sends: usize,
}

/// After these calls the kernel sends a packet to an address that may be new.
pub fn begins_conversation(call: &str) -> bool {
    matches!(call, "connect" | "sendto")
}

/// Is a call about one conversation? `accept` is about none before it returns, and a program that waits closes its
/// listening socket too.
pub fn is_about_one(event: &Event, facts: &Recorded) -> bool {
    match &*facts.call {
        "send" | "sendto" | "recv" | "shutdown" => true,
        "close" => facts.peer.is_some() || event.side == Some(Side::Left),
        _ => false,
    }
}

impl Threads {
    /// The thread of an event; `meant` is the conversation that the event names.
    fn of(&mut self, event: &Event, meant: Option<usize>) -> Option<&mut Thread> {
        let program = event.program?;
        let latest = self.latest.get(&program).copied();
        let thread = self.threads.entry((program, event.thread.clone())).or_default();
        thread.conversation = meant.or(thread.conversation).or(latest);
        Some(thread)
    }

    /// A thread is about to make a call.
    pub fn calls(
        &mut self,
        event: &Event,
        facts: &Recorded,
        meant: Option<usize>,
    ) -> Option<Thread> {
        if begins_conversation(&facts.call) {
            self.calling = Some((event.program?, event.thread.clone()));
        }
        let thread = self.of(event, meant)?;
        thread.call.clone_from(&facts.call);
        thread.called = event.at;
        thread.sends = facts.bytes.unwrap_or(0);
        Some(thread.clone())
    }

    /// A call of a thread has returned, or its program explains what that means. Adds which call it was, where the facts
    /// don't say it.
    pub fn returns(
        &mut self,
        event: &Event,
        facts: &mut Recorded,
        meant: Option<usize>,
    ) -> Option<Thread> {
        let thread = self.of(event, meant)?.clone();
        if facts.call.is_empty() && facts.own.is_none() && facts.peer.is_some() {
            facts.call.clone_from(&thread.call);
        }
        if let ("accept", Some(accepted)) = (&*facts.call, meant) {
            self.latest.insert(event.program?, accepted);
        }
        Some(thread)
    }

    /// A conversation begins with a packet: the program whose call came before has begun it.
    pub fn begun_by(&mut self, conversation: usize) -> Option<usize> {
        let (program, thread) = self.calling.take()?;
        self.latest.insert(program, conversation);
        self.threads.entry((program, thread)).or_default().conversation = Some(conversation);
        Some(program)
    }
}
