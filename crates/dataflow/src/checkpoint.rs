//! State on disk. A checkpoint is a folder of shards, each written whole (temporary file, fsync, rename) with its
//! checksum; the manifest, written when all shards are there, makes it exist. Three are kept.

use crate::fingerprint::OtherLog;
use crate::grid::WindowNumber;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

const MAGIC: &[u8; 8] = b"BURNCKPT";
const VERSION: u32 = 4;
const KEPT: usize = 3;
const MANIFEST: &str = "manifest";
const LOCK: &str = "lock";

/// What must be the same for a checkpoint to be of use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Names the log: a checksum of its first entry. What tells logs apart that begin alike is with the place in it.
    pub log: u32,
    /// Width of a window, microseconds.
    pub window_us: i64,
    /// Green laps in an economy.
    pub green_laps: usize,
    /// The model that the run began with, its name and a checksum of its numbers; priors alone without one.
    pub model: Option<(String, u32)>,
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Identity { log, window_us, green_laps, model } = self;
        write!(f, "log {log:08x}, windows of {} s, {green_laps} green laps, ", *window_us as f64 * 1e-6)?;
        match model {
            Some((name, numbers)) => write!(f, "model {name} {numbers:08x}"),
            None => f.write_str("no model"),
        }
    }
}

/// One part of a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shard {
    /// The race and the cars of one worker.
    Cars(usize),
    /// The field.
    Field,
    /// The place in the log.
    Source,
    /// What has been written out.
    Sink,
}

impl Shard {
    fn file(self) -> String {
        match self {
            Shard::Cars(worker) => format!("cars-{worker}"),
            Shard::Field => "field".into(),
            Shard::Source => "source".into(),
            Shard::Sink => "sink".into(),
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    identity: Identity,
    workers: usize,
}

/// What a shard is sealed with beside its bytes: one that was renamed, or is another run's, is a damaged one.
#[derive(Serialize)]
struct Seal<'a> {
    boundary: WindowNumber,
    name: &'a str,
    /// Of a manifest there is none: it is what names the run.
    identity: Option<&'a Identity>,
}

/// Why a checkpoint cannot be written or read.
#[derive(Debug, Error)]
pub enum CheckpointError {
    /// The system refused.
    #[error("checkpoint {}: {source}", path.display())]
    Io {
        /// File or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Its bytes cannot be trusted.
    #[error("checkpoint {} is damaged: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: &'static str,
    },
    /// Another version of this program wrote it.
    #[error(
        "{} holds the state of another version of this program (format {theirs}, not {VERSION}): remove the folder and the log \
         is read again from its start, or give another folder",
        dir.display()
    )]
    OtherFormat {
        /// The folder of checkpoints.
        dir: PathBuf,
        /// The version of the format that is there.
        theirs: u32,
    },
    /// It belongs to a log that begins alike.
    #[error("{} holds the state of another log ({why}): give another folder", dir.display())]
    OtherLog {
        /// The folder of checkpoints.
        dir: PathBuf,
        /// What tells them apart.
        why: OtherLog,
    },
    /// Another process writes it.
    #[error("{} is in use by process {process}: end that, or give another folder", dir.display())]
    InUse {
        /// The folder of checkpoints.
        dir: PathBuf,
        /// Its number, as it wrote it.
        process: String,
    },
    /// It belongs to another run.
    #[error("{} holds the state of another run ({theirs}; this is {ours}): give another folder", dir.display())]
    OtherRun {
        /// The folder of checkpoints.
        dir: PathBuf,
        /// What is there.
        theirs: Box<Identity>,
        /// What was asked for.
        ours: Box<Identity>,
    },
}

/// A folder of checkpoints.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    dir: PathBuf,
    identity: Identity,
    /// Locked while there is one of these.
    _lock: Arc<File>,
}

/// A checkpoint that exists.
#[derive(Clone, Debug)]
pub struct FoundCheckpoint {
    /// The first window that is not in it.
    pub boundary: WindowNumber,
    /// How many workers wrote it.
    pub workers: usize,
    path: PathBuf,
    identity: Identity,
}

impl Checkpoints {
    /// Those in `dir`, which is created if need be.
    ///
    /// # Errors
    /// The system refused, or another process uses them.
    pub fn open(dir: &Path, identity: Identity) -> Result<Self, CheckpointError> {
        fs::create_dir_all(dir).map_err(at(dir))?;
        Ok(Checkpoints { dir: dir.into(), identity, _lock: Arc::new(lock(dir)?) })
    }

    fn path(&self, boundary: WindowNumber) -> PathBuf {
        self.dir.join(format!("{boundary:020}"))
    }

    /// Writes a shard; if it was the last of its checkpoint, writes the manifest and drops old checkpoints.
    ///
    /// # Errors
    /// The system refused.
    pub fn write<T: Serialize>(
        &self,
        boundary: WindowNumber,
        shard: Shard,
        workers: usize,
        value: &T,
    ) -> Result<(), CheckpointError> {
        let path = self.path(boundary);
        fs::create_dir_all(&path).map_err(at(&path))?;
        let sealed = |name| Seal { boundary, name, identity: Some(&self.identity) };
        write_shard(&path, &sealed(&shard.file()), value)?;
        let others = [Shard::Field, Shard::Source, Shard::Sink];
        let shards = (0..workers).map(Shard::Cars).chain(others);
        if shards.into_iter().all(|shard| path.join(shard.file()).exists()) {
            let seal = Seal { boundary, name: MANIFEST, identity: None };
            write_shard(&path, &seal, &Manifest { identity: self.identity.clone(), workers })?;
            self.drop_old(boundary)?;
        }
        Ok(())
    }

    fn drop_old(&self, newest: WindowNumber) -> Result<(), CheckpointError> {
        let older: Vec<_> = self.boundaries()?.into_iter().filter(|boundary| *boundary < newest).collect();
        let whole: Vec<_> = older.iter().filter(|b| self.path(**b).join(MANIFEST).exists()).collect();
        let kept = whole.len().checked_sub(KEPT - 1).map(|skip| *whole[skip]).unwrap_or(0);
        for boundary in older.iter().filter(|boundary| **boundary < kept) {
            let path = self.path(*boundary);
            fs::remove_dir_all(&path).map_err(at(&path))?;
        }
        Ok(())
    }

    /// Forgets what lies behind `boundary`: half-written checkpoints of a run that died must not be completed by the
    /// shards of the next.
    ///
    /// # Errors
    /// The system refused.
    pub fn drop_after(&self, boundary: Option<WindowNumber>) -> Result<(), CheckpointError> {
        for other in self.boundaries()?.into_iter().filter(|other| boundary.is_none_or(|kept| *other > kept))
        {
            let path = self.path(other);
            fs::remove_dir_all(&path).map_err(at(&path))?;
        }
        Ok(())
    }

    fn boundaries(&self) -> Result<Vec<WindowNumber>, CheckpointError> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.dir).map_err(at(&self.dir))? {
            let name = entry.map_err(at(&self.dir))?.file_name();
            found.extend(name.to_str().and_then(|name| name.parse::<WindowNumber>().ok()));
        }
        found.sort_unstable();
        Ok(found)
    }

    /// The checkpoints that exist, newest first.
    ///
    /// # Errors
    /// The system refused, or one belongs to another run or to another version of this program.
    pub fn found(&self) -> Result<Vec<FoundCheckpoint>, CheckpointError> {
        let (mut found, mut of_other_format) = (Vec::new(), None);
        for boundary in self.boundaries()?.into_iter().rev() {
            let path = self.path(boundary);
            match read_shard::<Manifest>(&path, &Seal { boundary, name: MANIFEST, identity: None }) {
                Ok(Manifest { identity, .. }) if identity != self.identity => {
                    let (dir, ours) = (self.dir.clone(), self.identity.clone());
                    return Err(CheckpointError::OtherRun {
                        dir,
                        theirs: identity.into(),
                        ours: ours.into(),
                    });
                }
                Ok(Manifest { identity, workers }) => {
                    found.push(FoundCheckpoint { boundary, workers, path, identity });
                }
                Err(CheckpointError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
                Err(other @ CheckpointError::OtherFormat { .. }) => of_other_format = Some(other),
                Err(damaged) => tracing::warn!("{damaged}"),
            }
        }
        // one among others is damaged like any that cannot be read
        match of_other_format.filter(|_| found.is_empty()) {
            Some(other) => Err(other),
            None => Ok(found),
        }
    }
}

impl FoundCheckpoint {
    /// Reads a shard.
    ///
    /// # Errors
    /// The system refused, or its bytes cannot be trusted.
    pub fn read<T: DeserializeOwned>(&self, shard: Shard) -> Result<T, CheckpointError> {
        let name = &shard.file();
        read_shard(&self.path, &Seal { boundary: self.boundary, name, identity: Some(&self.identity) })
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> CheckpointError + use<> {
    let path = path.to_path_buf();
    move |source| CheckpointError::Io { path, source }
}

/// The lock of a folder, with this process in it.
fn lock(dir: &Path) -> Result<File, CheckpointError> {
    let path = dir.join(LOCK);
    let open = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path);
    let mut file = open.map_err(at(&path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut process = String::new();
            file.read_to_string(&mut process).map_err(at(&path))?;
            return Err(CheckpointError::InUse { dir: dir.into(), process: process.trim().into() });
        }
        Err(TryLockError::Error(source)) => return Err(CheckpointError::Io { path, source }),
    }
    file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(at(&path))?;
    Ok(file)
}

fn checksum(seal: &Seal<'_>, payload: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&postcard::to_stdvec(seal).unwrap_or_default());
    crc.update(payload);
    crc.finalize()
}

fn write_shard<T: Serialize>(dir: &Path, seal: &Seal<'_>, value: &T) -> Result<(), CheckpointError> {
    let (name, path) = (seal.name, dir.join(seal.name));
    let payload = postcard::to_stdvec(value)
        .map_err(|_| CheckpointError::Damaged { path: path.clone(), why: "its state cannot be written" })?;
    let mut bytes = Vec::with_capacity(payload.len() + 16);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&checksum(seal, &payload).to_le_bytes());
    bytes.extend_from_slice(&payload);
    // each worker completes the manifest by itself: its own temporary name keeps them apart
    let temporary = dir.join(format!(".{name}.{:?}", std::thread::current().id()));
    let mut file = File::create(&temporary).map_err(at(&temporary))?;
    file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(at(&temporary))?;
    fs::rename(&temporary, &path).map_err(at(&path))?;
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(at(dir))
}

fn read_shard<T: DeserializeOwned>(dir: &Path, seal: &Seal<'_>) -> Result<T, CheckpointError> {
    let path = dir.join(seal.name);
    let bytes = fs::read(&path).map_err(at(&path))?;
    let damaged = |why| CheckpointError::Damaged { path: path.clone(), why };
    let (magic, rest) = bytes.split_first_chunk::<8>().ok_or_else(|| damaged("it is too short"))?;
    let (version, rest) = rest.split_first_chunk::<4>().ok_or_else(|| damaged("it is too short"))?;
    let (crc, payload) = rest.split_first_chunk::<4>().ok_or_else(|| damaged("it is too short"))?;
    if magic != MAGIC {
        return Err(damaged("it does not begin like a checkpoint"));
    }
    let theirs = u32::from_le_bytes(*version);
    if theirs != VERSION {
        let dir = dir.parent().unwrap_or(dir).into();
        return Err(CheckpointError::OtherFormat { dir, theirs });
    }
    if u32::from_le_bytes(*crc) != checksum(seal, payload) {
        return Err(damaged("its checksum is wrong: bytes have changed, or it is not in its place"));
    }
    postcard::from_bytes(payload).map_err(|_| damaged("its state cannot be understood"))
}
