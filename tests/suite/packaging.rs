//! What the program is handed out in: service, package, completions, man pages.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

use crate::support::{run, succeed};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs another program; nothing where it is not here.
fn other(program: &str, arguments: &[&str]) -> Option<Output> {
    let output = Command::new(program).args(arguments).current_dir(root()).output().ok();
    if output.is_none() {
        println!("skipped: {program} is not here");
    }
    output
}

#[test]
fn completions_and_man_pages_know_every_command() {
    let commands = ["serve", "import", "export", "backup", "restore", "check", "migrate", "token"];
    for shell in ["bash", "zsh", "fish"] {
        let script = succeed(&["completions", shell]);
        assert!(commands.iter().all(|command| script.contains(command)), "{shell}");
    }
    let folder = TempDir::new().unwrap();
    succeed(&["man", folder.path().to_str().unwrap()]);
    let page = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    for command in commands {
        assert!(page("atlas.1").contains(command), "{command}");
        assert!(page(&format!("atlas-{command}.1")).contains("SYNOPSIS"), "{command}");
    }
    assert!(page("atlas-token-create.1").contains("role"));
    assert_eq!(run(&["completions", "cmd"]).status.code(), Some(2));
}

#[test]
fn the_service_is_valid_and_locked_up() {
    let folder = TempDir::new().unwrap();
    let unit = folder.path().join("atlas-aect.service");
    let text = fs::read_to_string(root().join("packaging/atlas.service")).unwrap();
    // the program is where it is installed, here it is the one that was built
    fs::write(&unit, text.replace("/usr/bin/atlas", env!("CARGO_BIN_EXE_atlas"))).unwrap();
    let unit = unit.to_str().unwrap();
    let Some(verified) = other("systemd-analyze", &["verify", "--man=no", unit]) else { return };
    let said = String::from_utf8_lossy(&verified.stderr).into_owned();
    let ours: Vec<&str> = said.lines().filter(|line| line.contains("atlas-aect")).collect();
    assert!(verified.status.success() && ours.is_empty(), "{said}");
    let exposure = ["security", "--offline=true", "--no-pager", "--threshold=25", unit];
    let exposure = other("systemd-analyze", &exposure).unwrap();
    assert!(exposure.status.success(), "{}", String::from_utf8_lossy(&exposure.stdout));
}

#[test]
fn the_package_has_everything_in_its_place() {
    if other("dpkg-deb", &["--version"]).is_none() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let made = Command::new(root().join("packaging/deb"))
        .args([env!("CARGO_BIN_EXE_atlas"), folder.path().to_str().unwrap()])
        .env("ATLAS_TEST_COMPRESSION", "none")
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let package = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    let place = folder.path().join("root");
    let place = place.to_str().unwrap();
    assert!(other("dpkg-deb", &["-x", &package, place]).unwrap().status.success());
    let there = |path: &str| PathBuf::from(format!("{place}/{path}"));
    for path in [
        "usr/lib/systemd/system/atlas-aect.service",
        "etc/default/atlas-aect",
        "usr/share/doc/atlas-aect/operations.md",
        "usr/share/doc/atlas-aect/copyright",
        "usr/share/bash-completion/completions/atlas",
        "usr/share/man/man1/atlas-serve.1.gz",
    ] {
        assert!(there(path).is_file(), "{path}");
    }
    let version = Command::new(there("usr/bin/atlas")).arg("--version").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&version.stdout), succeed(&["--version"]));
    let about = other("dpkg-deb", &["--info", &package]).unwrap();
    let about = String::from_utf8_lossy(&about.stdout).into_owned();
    for line in ["Package: atlas-aect", "libc6 (>=", "conffiles", "postinst", "prerm"] {
        assert!(about.contains(line), "{line}: {about}");
    }
}
