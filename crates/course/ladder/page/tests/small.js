// A small run, as the data of a page has it: a handshake, a call that waits, a byte, a close with an RST.

const tcp = (side, flags, seq, ack, length, more = {}) => ({
  kind: "packet",
  side,
  connection: 0,
  packet: {
    number: 0,
    protocol: "tcp",
    head: flags.join("+"),
    flags,
    seq,
    ack,
    length,
    raw: [1, 2],
    window: 64,
    layout: 0,
    hex: "",
  },
  ...more,
});

export const SCENARIO = {
  id: "small",
  title: "A small run",
  packets: 6,
  lost: 0,
  programs: [
    { name: "server", side: 1 },
    { name: "client", side: 0 },
  ],
  connections: [
    { protocol: "tcp", name: "client", caller: "127.0.0.1:50000", waiting: "127.0.0.1:8899", sockets: [1, 2] },
  ],
  sockets: [
    { protocol: "tcp", local: "127.0.0.1:8899", program: 0 },
    { protocol: "tcp", local: "127.0.0.1:50000", peer: "127.0.0.1:8899", connection: 0, end: 0, program: 1 },
    { protocol: "tcp", local: "127.0.0.1:8899", peer: "127.0.0.1:50000", connection: 0, end: 1, program: 0 },
  ],
  rows: [
    { kind: "command", side: 1, program: 0, text: "server", at: 0 }, // 1
    {
      kind: "call",
      side: 1,
      program: 0,
      number: "4",
      call: "accept",
      text: "wait for a client",
      at: 1,
      now: [[0, { state: "LISTEN", recv_q: 0, send_q: 128 }]],
    },
    {
      kind: "call",
      side: 0,
      program: 1,
      number: "2",
      call: "connect",
      connection: 0,
      text: "SYN, SYN+ACK, ACK",
      at: 2,
    }, // 3
    { kind: "phase", text: "handshake", connection: 0, at: 3 },
    tcp(0, ["SYN"], 0, undefined, 0, {
      at: 3,
      now: [[1, { state: "SYN_SENT", sent: 0 }]],
      why: [{ is: "opens", call: 3 }],
    }), // 5
    tcp(1, ["SYN", "ACK"], 0, 1, 0, {
      at: 4,
      now: [
        [1, { state: "ESTABLISHED" }],
        [2, { state: "SYN_RECV" }],
      ],
      why: [
        { is: "accepts", of: 5 },
        { is: "acks-syn", of: 5, ack: 1 },
      ],
    }),
    tcp(0, ["ACK"], 1, 1, 0, {
      at: 5,
      now: [[2, { state: "ESTABLISHED", arrived: 0, read: 0 }]],
      why: [{ is: "acks-syn", of: 6, ack: 1 }],
    }), // 7
    { kind: "note", text: "both have agreed", connection: 0, at: 5 },
    {
      kind: "return",
      side: 1,
      program: 0,
      text: "accepted",
      at: 6,
      returns: { call: "accept" },
      why: [{ is: "accepted", of: 7 }],
    }, // 9
    { kind: "call", side: 1, program: 0, number: "5", call: "recv", connection: 0, text: "wait", at: 7 },
    { kind: "phase", text: "data", connection: 0, at: 8 }, // 11
    tcp(0, ["PSH", "ACK"], 1, 1, 1, {
      at: 8,
      now: [
        [1, { sent: 1 }],
        [2, { arrived: 1 }],
      ],
      why: [{ is: "carries", bytes: 1, seq: 1, next: 2 }],
    }),
    tcp(1, ["ACK"], 1, 2, 0, { at: 9, why: [{ is: "acks-data", bytes: 1, ack: 2, of: 12 }] }), // 13
    {
      kind: "return",
      side: 1,
      program: 0,
      text: "received 1 byte",
      at: 10,
      returns: { call: "recv", bytes: 1 },
      now: [[2, { read: 1 }]],
      why: [{ is: "took", bytes: 1, left: 0 }],
    },
    { kind: "phase", text: "close", connection: 0, at: 11 }, // 15
    tcp(1, ["RST", "ACK"], 1, 2, 0, {
      at: 11,
      now: [
        [1, { state: "CLOSED" }],
        [2, { state: null }],
      ],
      why: [{ is: "resets" }],
    }),
    { kind: "ended", side: 1, program: 0, text: "ends", at: 12 }, // 17
  ],
};

export const DATA = {
  scenarios: [SCENARIO],
  fields: [],
  layouts: [[]],
  states: [
    { name: "LISTEN", rfc: "LISTEN", ss: "LISTEN" },
    { name: "SYN_RECV", rfc: "SYN-RECEIVED", ss: "SYN-RECV" },
    { name: "ESTABLISHED", rfc: "ESTABLISHED", ss: "ESTAB" },
  ],
  transitions: [],
};
