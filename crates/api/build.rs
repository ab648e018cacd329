//! Makes the folder of built pages, empty where `./x web` has not run, so that cargo can watch it and embed what is in it.

fn main() {
    // A source tree that cannot be written, as a vendored one, has its pages already or does without.
    let _ = std::fs::create_dir_all("dist");
    println!("cargo::rerun-if-changed=dist");
}
