//! A program that was started belongs to a job object, with all that it starts. When the last handle of the job is closed, the
//! system ends them; and it closes a handle when the process that has it ends, however that happens.

use std::io;
use std::os::windows::io::AsRawHandle;
use std::os::windows::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus};

use win32job::{ExtendedLimitInfo, Job, JobError};

use super::accept::alone;

/// A job, until it is ended.
pub struct Group(Option<Job>);

/// From now on all that this process starts ends with it, also when it is killed.
pub fn end_with_this_process() -> io::Result<()> {
    let job = new_job().map_err(io::Error::other)?;
    job.assign_current_process().map_err(io::Error::other)?;
    job.into_handle(); // which stays open
    Ok(())
}

/// Starts a program in a group of its own.
pub fn spawn(command: &mut Command) -> io::Result<(Child, Group)> {
    let mut child = {
        let _alone = alone();
        command.spawn()?
    };
    let job = new_job().and_then(|job| {
        job.assign_process(child.as_raw_handle() as isize)?;
        Ok(job)
    });
    match job {
        Ok(job) => Ok((child, Group(Some(job)))),
        // It has ended already, and can't belong to a job any more.
        Err(_) if matches!(child.try_wait(), Ok(Some(_))) => Ok((child, Group(new_job().ok()))),
        Err(error) => {
            child.kill()?;
            Err(io::Error::other(error))
        }
    }
}

fn new_job() -> Result<Job, JobError> {
    Job::create_with_limit_info(ExtendedLimitInfo::new().limit_kill_on_job_close())
}

impl Group {
    /// Ends all of it.
    pub fn end(&mut self) {
        self.0 = None;
    }

    /// Ends what its first program has left running. Returns how that one ended.
    pub fn end_rest(&mut self, status: ExitStatus) -> ExitStatus {
        match self.0.take() {
            Some(_job) => status,
            // With its job a program ends with exit code 0, as if all had gone well.
            None => ExitStatus::from_raw(1),
        }
    }
}
