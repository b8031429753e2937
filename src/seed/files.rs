//! Files and folders that declare secrets, and files that values are in.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::declared::Declared;
use super::document::{Source, parse};
use super::mistake::{Mistake, Mistakes};
use crate::secret::id::Scope;
use crate::sensitive::Sensitive;

/// What files of a folder are looked at.
const EXTENSIONS: [&str; 5] = ["yaml", "yml", "json", "jsonl", "ndjson"];
/// How much is read of a file with a value: more than a value can have.
const MOST_OF_A_VALUE: u64 = 128 * 1024;

/// Which files a document may name for values.
#[derive(Debug)]
pub enum Files {
    /// Any; relative paths begin at this folder.
    From(PathBuf),
    /// None: whoever sent the document is not to read files here.
    Refused,
}

impl Files {
    /// What is in a file, if there is not too much of it for a value.
    pub(super) fn read(&self, file: &str) -> Result<Sensitive<Vec<u8>>, String> {
        let Self::From(folder) = self else {
            return Err("files are not read for a document that was sent; give the value".into());
        };
        let path = folder.join(file);
        let mut bytes = Sensitive::new(Vec::new());
        let read = File::open(&path)
            .and_then(|file| file.take(MOST_OF_A_VALUE).read_to_end(bytes.expose_mut()));
        read.map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        Ok(bytes)
    }
}

/// Where seeds are.
#[derive(Debug, Clone)]
pub enum Seed {
    /// A text, and what it is called.
    Text(&'static str, Sensitive<String>),
    /// A file, or a folder whose files are taken in the order of their names.
    Path(PathBuf),
}

/// Reads seeds in their order. Secrets that name no account or region are in `home`.
pub fn read(seeds: &[Seed], home: &Scope) -> Result<Vec<Declared>, Mistakes> {
    let mut declared = Vec::new();
    let mut mistakes = Vec::new();
    let mut add = |read: Result<Vec<Declared>, Mistakes>| match read {
        Ok(more) => declared.extend(more),
        Err(Mistakes(more)) => mistakes.extend(more),
    };
    for seed in seeds {
        match seed {
            Seed::Text(name, text) => {
                let files = Files::From(PathBuf::new());
                add(parse(text.expose(), &Source { name, files }, home));
            }
            Seed::Path(path) => match files_at(path) {
                Ok(files) => files.iter().for_each(|file| add(read_file(file, home))),
                Err(error) => add(Err(unreadable(path, &error))),
            },
        }
    }
    if mistakes.is_empty() {
        Ok(declared)
    } else {
        Err(Mistakes(mistakes))
    }
}

/// The file itself, or the folder's files.
fn files_at(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !fs::metadata(path)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path)? {
        let file = entry?.path();
        let extension = file.extension().and_then(|extension| extension.to_str());
        if extension.is_some_and(|extension| EXTENSIONS.contains(&extension)) && file.is_file() {
            files.push(file);
        }
    }
    if files.is_empty() {
        let text = format!(
            "the folder has no files that end in {}",
            EXTENSIONS.join(", ")
        );
        return Err(io::Error::other(text));
    }
    files.sort();
    Ok(files)
}

fn read_file(path: &Path, home: &Scope) -> Result<Vec<Declared>, Mistakes> {
    let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    let text = Sensitive::new(text);
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let source = Source {
        name: &path.display().to_string(),
        files: Files::From(folder),
    };
    parse(text.expose(), &source, home)
}

fn unreadable(path: &Path, error: &io::Error) -> Mistakes {
    Mistakes(vec![Mistake {
        source: path.display().to_string(),
        place: None,
        field: String::new(),
        text: error.to_string(),
    }])
}
