//! What is refused, and what it says.

use crate::folder::{Folder, header};
use std::fs;
use std::path::Path;
use tape::{ReadError, Reader, WriteError, Writer};

/// The error's text with the folder's name shortened to `T`.
fn refusal(dir: &Path) -> String {
    let error = Reader::open(dir).err().expect("it is refused");
    error.to_string().replace(&dir.display().to_string(), "T")
}

#[test]
fn what_is_not_a_tape_says_what_it_is() {
    let folder = Folder::new();
    assert_eq!(refusal(&folder), "T is not a tape: there is nothing of that name");

    fs::write(&*folder, "text").unwrap();
    assert_eq!(refusal(&folder), "T is not a tape: it is a file, and a tape is a folder with segment files");

    fs::remove_file(&*folder).unwrap();
    fs::create_dir(&*folder).unwrap();
    for other in ["truth.ndjson", "1.segment", "000000001.segment", "99999999999.segment", "+0000001.segment"]
    {
        fs::write(folder.join(other), "text").unwrap();
    }
    assert_eq!(refusal(&folder), "T is not a tape: the folder holds no segment files (00000000.segment)");

    for content in ["", "BURNTAPE", "something else, and longer than any header"] {
        let folder = Folder::with_segment(content.as_bytes());
        assert_eq!(refusal(&folder), "T is not a tape: its first segment does not begin like one (BURNTAPE)");
    }
}

#[test]
fn a_newer_format_is_refused_by_name() {
    let folder = Folder::with_segment(&header(3, 0, 0));
    assert_eq!(
        refusal(&folder),
        "T/00000000.segment has tape format 3, and this program reads formats 1 to 2: use the burnbar that wrote it or a \
         newer one"
    );
    let later = Folder::with_tape(&[], 1);
    fs::write(later.join("00000001.segment"), header(3, 1, 0)).unwrap();
    let seek = Reader::open(&later).unwrap().seek(tape::Offset(0));
    assert!(matches!(seek, Err(ReadError::Version { found: 3, .. })), "{seek:?}");
}

#[test]
fn a_tape_is_never_written_over() {
    let folder = Folder::new();
    let deep = folder.join("not/yet/there");
    let writer = Writer::create(&deep).unwrap();
    let error = Writer::create(&deep).err().expect("it is refused");
    assert!(matches!(error, WriteError::Occupied { .. }));
    let text = error.to_string().replace(&deep.display().to_string(), "T");
    assert_eq!(text, "T already holds a tape: name another folder, or remove this one");
    writer.finish().unwrap();

    let file = folder.join("file");
    fs::write(&file, "text").unwrap();
    assert!(matches!(Writer::create(&file), Err(WriteError::Io { .. })));
    assert!(Writer::create(&folder).is_ok(), "a folder with other things in it will do");
}
