//! Who has which socket: the descriptors of each process. Threads share their process's table of descriptors, fork copies it.

use std::collections::HashMap;

/// All threads that strace has seen, and their descriptors.
#[derive(Default)]
pub struct Tables {
    threads: HashMap<u32, Thread>,
    tables: Vec<HashMap<i64, Descriptor>>,
    /// The threads that are about to make another one, which may be seen before they are.
    parents: Vec<Parent>,
}

#[derive(Clone, Copy)]
struct Thread {
    process: u32,
    table: usize,
}

/// An open descriptor of a socket.
#[derive(Clone, Copy)]
struct Descriptor {
    socket: usize,
    /// A new program does not get it.
    ends_with_program: bool,
}

struct Parent {
    thread: u32,
    shares_files: bool,
    child: Option<u32>,
}

/// How many descriptors of a socket are open after one was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// In the same process.
    pub here: usize,
    /// In other processes.
    pub elsewhere: usize,
}

impl Tables {
    /// The program that a thread belongs to, by its process. A thread that was not seen before belongs to the one that is about
    /// to make another.
    pub fn process(&mut self, thread: u32) -> u32 {
        if let Some(known) = self.threads.get(&thread) {
            return known.process;
        }
        let parent = self.parents.iter_mut().find(|parent| parent.child.is_none());
        let parent = parent.map(|parent| {
            parent.child = Some(thread);
            (parent.thread, parent.shares_files)
        });
        let made = match parent.and_then(|parent| Some((parent, *self.threads.get(&parent.0)?))) {
            Some(((_, shares_files), by)) => Thread {
                process: by.process, // until it runs another program
                table: if shares_files { by.table } else { self.copy(by.table) },
            },
            None => {
                self.tables.push(HashMap::new());
                Thread { process: thread, table: self.tables.len() - 1 }
            }
        };
        self.threads.insert(thread, made);
        made.process
    }

    fn copy(&mut self, table: usize) -> usize {
        self.tables.push(self.tables[table].clone());
        self.tables.len() - 1
    }

    /// A thread is about to make another thread or process.
    pub fn clone_begins(&mut self, thread: u32, call: &str) {
        let shares_files = call.contains("CLONE_FILES");
        self.parents.push(Parent { thread, shares_files, child: None });
    }

    /// It has made it; `None`: it could not.
    pub fn clone_ends(&mut self, thread: u32, child: Option<u32>) {
        if let Some(child) = child {
            self.process(child);
        }
        self.parents.retain(|parent| parent.thread != thread);
    }

    /// A process runs another program now.
    pub fn executes(&mut self, thread: u32) {
        let Some(known) = self.threads.get(&thread).copied() else { return };
        let table = self.copy(known.table);
        self.tables[table].retain(|_, descriptor| !descriptor.ends_with_program);
        self.threads.insert(thread, Thread { process: thread, table });
        self.forget_unused(known.table);
    }

    /// A thread has ended. Returns the sockets that its process still had open, if it was the last one.
    pub fn ends(&mut self, thread: u32) -> Vec<usize> {
        let Some(known) = self.threads.remove(&thread) else { return Vec::new() };
        self.forget_unused(known.table)
    }

    fn forget_unused(&mut self, table: usize) -> Vec<usize> {
        if self.threads.values().any(|thread| thread.table == table) {
            return Vec::new();
        }
        self.tables[table].drain().map(|(_, descriptor)| descriptor.socket).collect()
    }

    /// The socket that a descriptor of a thread stands for.
    pub fn socket(&self, thread: u32, descriptor: i64) -> Option<usize> {
        let table = self.threads.get(&thread)?.table;
        self.tables[table].get(&descriptor).map(|found| found.socket)
    }

    /// A thread has a new descriptor of a socket.
    pub fn open(&mut self, thread: u32, descriptor: i64, socket: usize, ends_with_program: bool) {
        if let Some(known) = self.threads.get(&thread) {
            let opened = Descriptor { socket, ends_with_program };
            self.tables[known.table].insert(descriptor, opened);
        }
    }

    /// A thread closes a descriptor. Returns the socket and what is left of it; `None`: it stands for no socket.
    pub fn close(&mut self, thread: u32, descriptor: i64) -> Option<(usize, Left)> {
        let table = self.threads.get(&thread)?.table;
        let Descriptor { socket, .. } = self.tables[table].remove(&descriptor)?;
        let count = |table: &HashMap<i64, Descriptor>| {
            table.values().filter(|other| other.socket == socket).count()
        };
        let here = count(&self.tables[table]);
        let all: usize = self.tables.iter().map(count).sum();
        Some((socket, Left { here, elsewhere: all - here }))
    }

    /// The descriptors of a thread from one number to another.
    pub fn between(&self, thread: u32, first: i64, last: i64) -> Vec<i64> {
        let Some(known) = self.threads.get(&thread) else { return Vec::new() };
        let all = self.tables[known.table].keys().copied();
        all.filter(|descriptor| (first..=last).contains(descriptor)).collect()
    }
}
