//! The ends of a connection, their states, and what travels between them.

use std::fmt;

use etherparse::TcpHeader;

/// What travels from one end to the other.
pub struct Segment<'a> {
    /// The end that sent it: 0 is the caller.
    pub from: usize,
    /// When it came.
    pub at: u64,
    /// Its header.
    pub header: &'a TcpHeader,
    /// How many bytes it carries.
    pub length: usize,
    /// It never arrived.
    pub lost: bool,
}

impl Segment<'_> {
    /// How many sequence numbers it takes.
    pub fn space(&self) -> u32 {
        self.length as u32 + u32::from(self.header.syn) + u32::from(self.header.fin)
    }

    /// The phase that it belongs to; a bare ACK belongs to any.
    pub fn phase(&self) -> Option<Phase> {
        match self.header {
            header if header.fin || header.rst => Some(Phase::Close),
            _ if self.length > 0 => Some(Phase::Data),
            header if header.syn => Some(Phase::Handshake),
            _ => None,
        }
    }
}

/// The states of RFC 9293 that packets lead to, as `ss` and `netstat` call them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the RFC's
pub enum State {
    #[default]
    Closed,
    SynSent,
    SynReceived,
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
}

impl State {
    /// After this end has sent a FIN; `knows` says whether it has seen the other side's FIN.
    pub fn after_own_fin(self, knows: bool) -> State {
        match self {
            State::Established | State::SynReceived => State::FinWait1,
            State::CloseWait if knows => State::LastAck,
            State::CloseWait => State::Closing, // both FINs were sent at the same moment
            state => state,
        }
    }

    /// After the other side's FIN has come.
    pub fn after_their_fin(self) -> State {
        match self {
            State::Established => State::CloseWait,
            State::FinWait1 => State::Closing,
            State::FinWait2 => State::TimeWait,
            state => state,
        }
    }

    /// After the other side has acknowledged this end's FIN.
    pub fn after_ack_of_fin(self) -> State {
        match self {
            State::FinWait1 => State::FinWait2,
            State::Closing => State::TimeWait,
            State::LastAck => State::Closed,
            state => state,
        }
    }

    /// Is this end done?
    pub fn is_over(self) -> bool {
        matches!(self, State::Closed | State::TimeWait)
    }
}

impl fmt::Display for State {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            State::Closed => "CLOSED",
            State::SynSent => "SYN_SENT",
            State::SynReceived => "SYN_RECV",
            State::Established => "ESTABLISHED",
            State::FinWait1 => "FIN_WAIT_1",
            State::FinWait2 => "FIN_WAIT_2",
            State::CloseWait => "CLOSE_WAIT",
            State::Closing => "CLOSING",
            State::LastAck => "LAST_ACK",
            State::TimeWait => "TIME_WAIT",
        })
    }
}

/// The phases of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
#[allow(missing_docs)]
pub enum Phase {
    Handshake,
    Data,
    Close,
}

impl fmt::Display for Phase {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Phase::Handshake => "handshake",
            Phase::Data => "data",
            Phase::Close => "close",
        })
    }
}
