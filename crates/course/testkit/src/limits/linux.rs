//! Linux: all processes of the computer, from /proc.

use std::collections::HashMap;
use std::fs;

use nix::unistd::{SysconfVar, sysconf};

use super::used::Used;

/// All processes that are running now: of each parent its children, with the pages of memory that each has.
pub struct Processes(HashMap<u32, Vec<(u32, u64)>>);

impl Processes {
    /// Looks at them.
    pub fn now() -> Processes {
        let mut children: HashMap<u32, Vec<(u32, u64)>> = HashMap::new();
        let Ok(folder) = fs::read_dir("/proc") else { return Processes(children) };
        for entry in folder.flatten() {
            let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
                continue;
            };
            let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            if let Some((parent, pages)) = parent_and_pages(&stat) {
                children.entry(parent).or_default().push((id, pages));
            }
        }
        Processes(children)
    }

    /// What the descendants of a process use together.
    pub fn below(&self, root: u32) -> Used {
        let page = sysconf(SysconfVar::PAGE_SIZE).ok().flatten().unwrap_or(4096);
        let page = u64::try_from(page).unwrap_or(4096);
        let mut used = Used::default();
        let mut parents = vec![root];
        while let Some(parent) = parents.pop() {
            for (id, pages) in self.0.get(&parent).into_iter().flatten() {
                used.processes += 1;
                used.memory += pages * page;
                used.written += written(*id);
                parents.push(*id);
            }
        }
        used
    }
}

/// The line `wchar: N` of proc_pid_io(5). Nothing of a process that has just ended.
fn written(id: u32) -> u64 {
    let io = fs::read_to_string(format!("/proc/{id}/io")).unwrap_or_default();
    let bytes = io.lines().find_map(|line| line.strip_prefix("wchar: ")?.parse().ok());
    bytes.unwrap_or(0)
}

/// `PID (NAME) STATE PARENT …`: proc_pid_stat(5). Nothing of one that has ended and only waits to be reaped.
fn parent_and_pages(stat: &str) -> Option<(u32, u64)> {
    const PARENT: usize = 1; // counted after the name, which may hold spaces and brackets
    const PAGES: usize = 21;
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    if *fields.first()? == "Z" {
        return None;
    }
    Some((fields.get(PARENT)?.parse().ok()?, fields.get(PAGES)?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_and_its_memory_are_seen() {
        let used = Processes::now().below(std::os::unix::process::parent_id());
        let why = "a process sees zeros in its own /proc/self/stat";
        let is_shown =
            crate::skip::under_qemu("a process's own memory", why) || used.memory > 1 << 20;
        assert!(used.processes >= 1 && is_shown);
        assert_eq!(parent_and_pages("1 (a) Z 1 2"), None);
        fs::write("/dev/null", [0; 5000]).unwrap();
        assert!(written(std::process::id()) >= 5000);
    }
}
