//! The crate → WebAssembly → `pkg/wasm/`.
//!
//! cargo decides whether anything must be compiled. The bindings are made by wasm-bindgen as a library, so its
//! version stands in `Cargo.lock` and nowhere else.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;
use wasm_bindgen_cli_support::Bindgen;

use crate::machine::node;
use crate::machine::toolchain::{self, Route, TARGET};
use crate::support::command::{command, read, run};
use crate::support::fresh::unless_fresh;
use crate::support::size::gzipped;
use crate::{root, say, target_dir};

const PROFILE: &str = "wasm";

/// The crate, and the name of its modules in the package.
const PACKAGE: &str = "shotglass";

/// What takes out of bindings all that only readers need.
const COMPACT: &str = "pkg/compact.mjs";

/// A build of the engine for one set of WebAssembly features.
struct Build {
    /// Its folder in `pkg/wasm/`.
    name: &'static str,
    /// The cargo features of the crate that make the difference.
    features: &'static [&'static str],
    /// Whether its memory is shared among workers.
    is_shared: bool,
}

/// All builds. They differ in the engine's own crate and in how it is linked, and share everything else: relaxed SIMD
/// is enabled by the crate itself, function by function.
const BUILDS: [Build; 4] = [
    Build { name: "simd128", features: &[], is_shared: false },
    Build { name: "relaxed", features: &["relaxed"], is_shared: false },
    Build { name: "threads", features: &["relaxed", "threads"], is_shared: true },
    Build { name: "simd128-threads", features: &["threads"], is_shared: true },
];

/// What all code is compiled for. A linker shares memory only among code that was compiled with atomics; code with
/// atomics runs just as well where memory is not shared, in every engine that has SIMD.
const TARGET_FEATURES: &str = "+simd128,+atomics";

/// What a shared memory begins with, in bytes: the module's own data and stack. What it has beyond that is lost, since
/// the allocator only uses what it asks for itself. wasm-bindgen adds a page; [`write_memory`] tells the package the sum.
const INITIAL_MEMORY: u64 = 18 * 65_536;

/// The most that a 32-bit memory can have. A page asks for less where it cannot have as much.
const MAX_MEMORY: u64 = 1 << 32;

/// Makes `pkg/wasm/` what the sources say: a folder for each build. Answers the manifests of the crates that are in
/// them, the engine's own left out.
pub fn build(forced: Option<Route>) -> Result<Vec<PathBuf>> {
    each_build(forced, PACKAGE, &BUILDS, |build, module| {
        let out = Path::new("pkg/wasm").join(build.name);
        bind(module, &out, PACKAGE, &format!("wasm-{}", build.name), build.is_shared)
    })
}

/// The same into another folder, whatever was made before.
pub fn build_into(forced: Option<Route>, folder: &Path) -> Result<Vec<PathBuf>> {
    each_build(forced, PACKAGE, &BUILDS, |build, module| {
        generate(module, &folder.join(build.name), "shotglass")
    })
}

/// The same for the tests that run as WebAssembly, into [`tests_folder`], but for two builds: `threads` and `simd128` have
/// all of their code.
pub fn build_tests(forced: Option<Route>) -> Result<()> {
    let [simd128, _, threads, _] = BUILDS;
    each_build(forced, "shotglass-tests-wasm", &[simd128, threads], |build, module| {
        let out = tests_folder().join(build.name);
        bind(module, &out, "tests", &format!("wasm-tests-{}", build.name), build.is_shared)
    })
    .map(drop)
}

/// Where [`build_tests`] leaves a folder for each build.
pub fn tests_folder() -> PathBuf {
    target_dir().join("wasm-tests")
}

fn each_build(
    forced: Option<Route>,
    package: &str,
    builds: &[Build],
    bind: impl Fn(&Build, &Path) -> Result<()>,
) -> Result<Vec<PathBuf>> {
    same_wasm_bindgen(&fs::read_to_string(root().join("Cargo.lock"))?)?;
    let route = toolchain::find(forced)?;
    let mut crates = BTreeSet::new();
    for build in builds {
        let (module, linked) = compile(route, build, package)?;
        bind(build, &module)?;
        crates.extend(linked);
    }
    Ok(crates.into_iter().collect())
}

/// The module, and the manifests of the crates that were compiled for it.
fn compile(route: Route, build: &Build, package: &str) -> Result<(PathBuf, Vec<PathBuf>)> {
    say(&format!("wasm: compiling {package} ({}); minutes when cold, seconds after", build.name));
    let told = read(
        cargo(route, "rustc", &rustflags(route)?)
            .args(["--package", package, "--lib"])
            // What cargo made, and from what; people are told as ever.
            .arg("--message-format=json-render-diagnostics")
            // Cargo leaves link-time optimisation out where an rlib is made too, and Cargo.toml names both.
            .args(["--crate-type", "cdylib"])
            .arg(format!("--features={}", build.features.join(",")))
            // For the engine alone, in its tests as well: in the flags of all they would make other dependencies of it.
            .args(["-Zprofile-rustflags", "--config", CODEGEN])
            .args(["--", QUIET])
            .args(link_args(build)),
    )?;
    let module = package.replace('-', "_");
    let module = build_dir(route).join(TARGET).join(PROFILE).join(module).with_extension("wasm");
    Ok((module, linked(&told)?))
}

/// A command of cargo that compiles for [`TARGET`], or looks at what is compiled for it. All have one profile and one
/// folder, so that macros and the scripts of builds are compiled once.
pub fn cargo(route: Route, subcommand: &str, rustflags: &str) -> Command {
    let mut cargo = route.cargo(subcommand);
    cargo.args(["--locked", "--profile", PROFILE]).arg("--target-dir").arg(build_dir(route));
    // Without it cargo gives a cdylib's file a name without a hash, and takes the file of the build that was made last
    // for that of the other, whose dependencies are as fresh.
    cargo.env("__CARGO_DEFAULT_LIB_METADATA", "shotglass").env("CARGO_ENCODED_RUSTFLAGS", rustflags);
    cargo
}

fn build_dir(route: Route) -> PathBuf {
    target_dir().join("wasm").join(route.folder())
}

/// The manifests of the crates that cargo compiled for [`TARGET`], or had compiled before, by its messages: not those of
/// macros and of what ran while building, which are for this machine, and not our own.
fn linked(messages: &str) -> Result<Vec<PathBuf>> {
    let messages = messages.lines().map(serde_json::from_str::<Value>);
    let messages = messages.collect::<Result<Vec<_>, _>>().context("cargo did not tell what it compiled")?;
    let is_linked = |message: &&Value| {
        let files = message["filenames"].as_array().into_iter().flatten().filter_map(Value::as_str);
        files.map(Path::new).any(|file| file.components().any(|part| part.as_os_str() == TARGET))
    };
    let manifests = messages.iter().filter(is_linked).filter_map(|message| message["manifest_path"].as_str());
    Ok(manifests.map(PathBuf::from).filter(|manifest| !is_ours(manifest)).collect())
}

/// Whether a manifest is one of the workspace, and not of something that was put into its folder.
fn is_ours(manifest: &Path) -> bool {
    ["", "tests/wasm", "xtask"].iter().any(|member| manifest == root().join(member).join("Cargo.toml"))
}

/// The flags of all builds, in cargo's encoding that leaves spaces in paths alone.
///
/// Panic messages name source files; the published module should not tell where they lay on this machine.
pub fn rustflags(route: Route) -> Result<String> {
    let mut flags = vec![format!("-Ctarget-feature={TARGET_FEATURES}")];
    for (folder, name) in folders(route)? {
        flags.push(format!("--remap-path-prefix={}={name}", folder.display()));
    }
    Ok(flags.join("\x1f"))
}

/// The folders that source files are compiled from, each with what stands for it in the module.
fn folders(route: Route) -> Result<Vec<(PathBuf, &'static str)>> {
    let library = route.library_source()?;
    let mut folders = vec![(root().to_owned(), "."), (library.clone(), "rust")];
    // Debian's is a link.
    folders.extend(library.canonicalize().ok().filter(|real| *real != library).map(|real| (real, "rust")));
    folders.extend(cargo_home().map(|home| (home, "cargo")));
    Ok(folders)
}

/// Without loop strength reduction, which computes each address of a kernel's inner loop by an addition of its own:
/// WebAssembly's loads add a constant for nothing.
const CODEGEN: &str = r#"profile.wasm.package.shotglass.rustflags=["-Cllvm-args=-disable-lsr"]"#;

/// The compiler warns in each build that the feature `atomics` is not stable. That is no lint that could be named, and
/// `check` has all others.
const QUIET: &str = "-Awarnings";

/// How the module of a build is linked.
fn link_args(build: &Build) -> Vec<String> {
    if !build.is_shared {
        return Vec::new();
    }
    // What wasm-bindgen needs to give each thread its own stack and thread-local variables.
    let exports = ["__wasm_init_tls", "__tls_size", "__tls_align", "__tls_base", "__heap_base"];
    let mut args = vec!["--shared-memory".to_owned(), "--import-memory".to_owned()];
    args.push(format!("--initial-memory={INITIAL_MEMORY}"));
    args.push(format!("--max-memory={MAX_MEMORY}"));
    args.extend(exports.map(|name| format!("--export={name}")));
    args.into_iter().map(|arg| format!("-Clink-arg={arg}")).collect()
}

fn cargo_home() -> Option<PathBuf> {
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
}

/// The module and its bindings, `<name>_bg.wasm` and `<name>.js`, into the folder `out`; with a shared memory
/// `<name>_memory.js` too.
fn bind(module: &Path, out: &Path, name: &str, stamp: &str, is_shared: bool) -> Result<()> {
    // This file counts too: it holds the options given to wasm-bindgen.
    let inputs = [module, Path::new("Cargo.lock"), Path::new("xtask/src/build/wasm.rs"), Path::new(COMPACT)];
    let ends = [".js", ".d.ts", "_bg.wasm", "_memory.js"];
    // Only a module whose memory is shared has it from outside.
    let ends = if is_shared { &ends[..] } else { &ends[..3] };
    let outputs: Vec<_> = ends.iter().map(|end| out.join(format!("{name}{end}"))).collect();
    let outputs: Vec<_> = outputs.iter().map(PathBuf::as_path).collect();
    unless_fresh(stamp, &inputs, &outputs, || {
        let out = root().join(out);
        // A file that an older build made and this one does not would be packed.
        let _ = fs::remove_dir_all(&out);
        generate(module, &out, name)?;
        if name == PACKAGE {
            node::ensure()?;
            run(command("node").args([COMPACT, "--minify"]).arg(&out))?;
        }
        report_size(stamp, &out.join(format!("{name}_bg.wasm")))
    })
}

fn generate(module: &Path, out: &Path, name: &str) -> Result<()> {
    let mut output = Bindgen::new()
        .input_path(module)
        .out_name(name)
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .typescript(true)
                .omit_default_module_path(true)
                .remove_name_section(true)
                .remove_producers_section(true)
                .generate_output()
        })
        .map_err(|error| anyhow!("wasm-bindgen: {error:#}"))?;
    let imported = output.wasm().memories.iter().find(|memory| memory.import.is_some());
    let pages = imported.map(|memory| memory.initial);
    output.emit(out).map_err(|error| anyhow!("wasm-bindgen: {error:#}"))?;
    pages.map_or(Ok(()), |pages| write_memory(pages, out, name))
}

/// Writes down how many pages the module wants of the memory that it is given. JavaScript makes that memory and cannot
/// ask: not every browser tells the limits of an import.
fn write_memory(pages: u64, out: &Path, name: &str) -> Result<()> {
    let about =
        "/** How many pages of memory the module wants to begin with. With fewer it does not start. */";
    fs::write(
        out.join(format!("{name}_memory.js")),
        format!("{about}\nexport const INITIAL_PAGES = {pages};\n"),
    )?;
    let types = format!("{about}\nexport declare const INITIAL_PAGES: number;\n");
    Ok(fs::write(out.join(format!("{name}_memory.d.ts")), types)?)
}

fn report_size(what: &str, file: &Path) -> Result<()> {
    let bytes = fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
    say(&format!("{what}: {} bytes, {} gzipped", bytes.len(), gzipped(&bytes)?));
    Ok(())
}

/// The bindings are generated by one crate for code compiled with the other: only the same version fits.
fn same_wasm_bindgen(lock: &str) -> Result<()> {
    let library = version_in_lock(lock, "wasm-bindgen")?;
    let support = version_in_lock(lock, "wasm-bindgen-cli-support")?;
    if library != support {
        bail!(
            "Cargo.lock has wasm-bindgen {library} and wasm-bindgen-cli-support {support}; \
             make them equal: cargo update -p wasm-bindgen-cli-support --precise {library}"
        );
    }
    Ok(())
}

fn version_in_lock<'a>(lock: &'a str, package: &str) -> Result<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    lines
        .next()
        .and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"'))
        .with_context(|| format!("Cargo.lock does not hold {package}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lock(library: &str, support: &str) -> String {
        format!(
            "version = 4\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"{library}\"\n\n\
             [[package]]\nname = \"wasm-bindgen-cli-support\"\nversion = \"{support}\"\n"
        )
    }

    #[test]
    fn a_version_is_found_by_the_whole_name() {
        let lock = lock("0.2.1", "0.2.2");
        let version = |package| version_in_lock(&lock, package).ok();
        assert_eq!(version("wasm-bindgen"), Some("0.2.1"));
        assert_eq!(version("wasm-bindgen-cli-support"), Some("0.2.2"));
        assert_eq!(version("wasm"), None);
    }

    #[test]
    fn unequal_versions_are_refused_with_the_command_that_mends_them() {
        assert!(same_wasm_bindgen(&lock("0.2.1", "0.2.1")).is_ok());
        let error = same_wasm_bindgen(&lock("0.2.1", "0.2.2")).expect_err("they differ");
        assert!(error.to_string().ends_with("--precise 0.2.1"), "{error}");
    }

    #[test]
    fn this_checkout_agrees_with_itself() {
        let lock = fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock");
        same_wasm_bindgen(&lock).expect("one version of wasm-bindgen");
    }

    #[test]
    fn what_is_linked_is_what_was_compiled_for_the_target_and_is_not_ours() {
        let made = |manifest: &str, file: &str| {
            let message =
                json!({ "reason": "compiler-artifact", "manifest_path": manifest, "filenames": [file] });
            message.to_string()
        };
        let ours = root().join("Cargo.toml").display().to_string();
        let messages = [
            made("/r/linked/Cargo.toml", "/t/wasm32-unknown-unknown/wasm/deps/liblinked.rlib"),
            made("/r/macro/Cargo.toml", "/t/wasm/deps/libmacro.so"),
            made(&ours, "/t/wasm32-unknown-unknown/wasm/shotglass.wasm"),
            json!({ "reason": "build-script-executed" }).to_string(),
        ];
        assert_eq!(linked(&messages.join("\n")).expect("read"), [Path::new("/r/linked/Cargo.toml")]);
        linked("Compiling").expect_err("no JSON");
    }

    #[test]
    fn flags_keep_a_path_with_spaces_whole() {
        let flags = rustflags(Route::Installed).expect("a compiler says where it is");
        assert_eq!(flags.split('\x1f').next(), Some("-Ctarget-feature=+simd128,+atomics"));
        assert!(flags.contains(&format!("\x1f--remap-path-prefix={}=.", root().display())), "{flags}");
    }

    #[test]
    fn only_the_build_with_threads_shares_its_memory() {
        for build in &BUILDS {
            let args = link_args(build);
            assert_eq!(args.is_empty(), !build.name.ends_with("threads"), "{}", build.name);
            assert!(args.iter().all(|arg| arg.starts_with("-Clink-arg=--")), "{args:?}");
        }
    }

    /// A feature that `Cargo.toml` does not have would fail a build after minutes.
    #[test]
    fn each_feature_is_one_of_the_crate() {
        let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
        for feature in BUILDS.iter().flat_map(|build| build.features) {
            assert!(manifest.lines().any(|line| line.starts_with(&format!("{feature} = ["))), "{feature}");
        }
    }
}
