//! Opening: which file is ours, and the two connections to it.

use super::columns::ColumnLayout;
use super::upgrade;
use events::{CarInsight, Forecast};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The schema this program writes: `user_version` of the file.
const VERSION: i64 = 3;
/// Marks the file as ours: `application_id`, "BurB".
const APPLICATION: i64 = 0x4275_7242;
const SCHEMA: &str = include_str!("schema.sql");
/// How insights lie in their table.
pub(super) const INSIGHTS: ColumnLayout = ColumnLayout {
    fields: CarInsight::FIELDS,
    structs: &[("forecast", Forecast::FIELDS)],
    lists: &["signs"],
    bools: &["forecast_one_stop_is_enough"],
};
/// By what an insight is found, in order: windows are appended, read and cut whole.
const INSIGHT_KEYS: [(&str, &str); 3] =
    [("session", "TEXT"), ("window_end_us", "INTEGER"), ("vehicle_id", "TEXT")];
/// How long a connection waits for another process's lock.
const BUSY: Duration = Duration::from_secs(1);

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A later Burn Bar wrote it.
    #[error("the store {} has schema {found}, this program knows {VERSION}: use a newer Burn Bar or another file", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: i64,
    },
    /// It is some other program's database.
    #[error("{} is an SQLite database, but not a Burn Bar store: name another file", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// SQLite refused.
    #[error("cannot open the store {}: {source}; check that its folder exists and may be written", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// SQLite's own words.
        source: rusqlite::Error,
    },
}

/// Insights at rest. One writer connection and one reader connection, each used by one thread at a time.
#[derive(Debug)]
pub struct Store {
    location: Location,
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
}

#[derive(Debug)]
struct Location {
    path: PathBuf,
    /// Flags that the path needs to be understood.
    flags: OpenFlags,
}

impl Store {
    /// Opens the file, creating it where there is none.
    ///
    /// # Errors
    /// Another program's database, a newer schema, or a file that SQLite cannot open.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Self::at(Location { path: path.to_owned(), flags: OpenFlags::empty() })
    }

    /// A store that lives as long as this value.
    ///
    /// # Errors
    /// SQLite refused.
    pub fn in_memory() -> Result<Self, OpenError> {
        // A name of its own, known to this process only, lets several connections meet: https://sqlite.org/inmemorydb.html
        static OPENED: AtomicU64 = AtomicU64::new(0);
        let name = format!("file:/burnbar-{}?vfs=memdb", OPENED.fetch_add(1, Ordering::Relaxed));
        Self::at(Location { path: name.into(), flags: OpenFlags::SQLITE_OPEN_URI })
    }

    fn at(location: Location) -> Result<Self, OpenError> {
        let refused = |source| OpenError::Sqlite { path: location.path.clone(), source };
        let mut writer = location.connect(Access::Write).map_err(refused)?;
        prepare(&mut writer, &location.path)?;
        // A commit is atomic without a sync. A power cut may undo the last commits whole, rows and position together,
        // and the stream writes them again from its journal.
        writer.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;").map_err(refused)?;
        let reader = location.connect(Access::Read).map_err(refused)?;
        Ok(Store { writer: Mutex::new(writer), reader: Mutex::new(reader), location })
    }

    pub(crate) fn writer(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner) // SQLite rolled back what a panic left open
    }

    pub(crate) fn reader(&self) -> MutexGuard<'_, Connection> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new connection that cannot write.
    pub(crate) fn new_reader(&self) -> rusqlite::Result<Connection> {
        self.location.connect(Access::Read)
    }
}

enum Access {
    Read,
    Write,
}

impl Location {
    fn connect(&self, access: Access) -> rusqlite::Result<Connection> {
        let access = match access {
            Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        };
        let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX | self.flags;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(BUSY)?;
        Ok(connection)
    }
}

/// Makes an empty file a store, brings an older one up to date, and refuses what is not one, untouched.
fn prepare(writer: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let refused = |source| OpenError::Sqlite { path: path.to_owned(), source };
    let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate).map_err(refused)?;
    let number = |sql: &str| transaction.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(refused);
    let application = number("PRAGMA application_id")?;
    let found = number("PRAGMA user_version")?;
    let objects = number("SELECT count(*) FROM sqlite_schema")?;
    match (application, found, objects) {
        (APPLICATION, VERSION, _) => return Ok(()),
        (APPLICATION, VERSION.., _) => return Err(OpenError::Newer { path: path.to_owned(), found }),
        (APPLICATION, 1.., _) => {
            upgrade::set_aside(&transaction, found).map_err(refused)?;
            create(&transaction).map_err(refused)?;
            upgrade::bring_over(&transaction).map_err(refused)?;
        }
        (0, 0, 0) => create(&transaction).map_err(refused)?,
        _ => return Err(OpenError::Foreign { path: path.to_owned() }),
    }
    transaction.commit().map_err(refused)
}

/// Makes all tables and views that are not there.
fn create(connection: &Connection) -> rusqlite::Result<()> {
    let is_key = |column: &String| INSIGHT_KEYS.iter().any(|(key, _)| key == column);
    let keys = INSIGHT_KEYS.map(|(key, kind)| format!("{key} {kind} NOT NULL, ")).concat();
    let others = INSIGHTS.columns().into_iter().filter(|column| !is_key(column));
    let others: String = others.map(|column| format!("{column} ANY, ")).collect();
    let primary = INSIGHT_KEYS.map(|(key, _)| key).join(", ");
    let table =
        format!("CREATE TABLE insights ({keys}{others}PRIMARY KEY ({primary})) STRICT, WITHOUT ROWID;");
    connection.execute_batch(&table)?;
    connection.execute_batch(SCHEMA)
}
