//! Brotli and gzip beside each file, so that the server never compresses the same file twice.

use crate::files;
use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, GzBuilder};
use std::fs;
use std::io::Write;
use std::path::Path;

/// What gains from compression; images and fonts are compressed already.
const KINDS: [&str; 10] = ["css", "html", "ico", "js", "json", "map", "svg", "txt", "wasm", "webmanifest"];

/// Sizes in bytes, summed over all files that have a compressed form.
#[derive(Default)]
pub struct Sizes {
    pub plain: u64,
    pub brotli: u64,
    pub gzip: u64,
}

/// Writes `x.br` (quality 11) and `x.gz` (level 9) beside each file `x` below `folder` that gains from it.
pub fn compress_below(folder: &Path) -> Result<Sizes> {
    let mut sizes = Sizes::default();
    for file in files::below(folder)? {
        let kind = file.extension().and_then(|kind| kind.to_str());
        if !kind.is_some_and(|kind| KINDS.contains(&kind)) {
            continue;
        }
        let plain = files::read(&file)?;
        let brotli = brotli(&plain)?;
        let gzip = gzip(&plain)?;
        sizes.plain += plain.len() as u64;
        sizes.brotli += brotli.len() as u64;
        sizes.gzip += gzip.len() as u64;
        for (suffix, packed) in [(".br", brotli), (".gz", gzip)] {
            let mut name = file.clone().into_os_string();
            name.push(suffix);
            fs::write(&name, packed).with_context(|| format!("writing {}", name.display()))?;
        }
    }
    Ok(sizes)
}

fn brotli(plain: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let how = BrotliEncoderParams { quality: 11, lgwin: 24, size_hint: plain.len(), ..Default::default() };
    brotli::BrotliCompress(&mut &plain[..], &mut packed, &how)?;
    Ok(packed)
}

fn gzip(plain: &[u8]) -> Result<Vec<u8>> {
    // No time stamp in the header: the same input gives the same bytes.
    let mut packer = GzBuilder::new().write(Vec::new(), Compression::best());
    packer.write_all(plain)?;
    Ok(packer.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn both_forms_unpack_to_the_original() {
        let plain = b"hydrate ".repeat(500);
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &brotli(&plain).unwrap()[..], &mut unpacked).unwrap();
        assert_eq!(unpacked, plain);

        unpacked.clear();
        let packed = gzip(&plain).unwrap();
        flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, plain);
    }

    #[test]
    fn only_files_that_gain_from_it_get_compressed_forms() {
        let folder = std::env::temp_dir().join(format!("xtask-pack-{}", std::process::id()));
        files::write(&folder.join("pkg/slipway.js"), &b"export ".repeat(100)).unwrap();
        files::write(&folder.join("logo.png"), b"png").unwrap();
        let sizes = compress_below(&folder).unwrap();
        assert_eq!(sizes.plain, 700);
        assert!(sizes.brotli < 100 && sizes.gzip < 100);
        assert!(folder.join("pkg/slipway.js.br").is_file());
        assert!(folder.join("pkg/slipway.js.gz").is_file());
        assert!(!folder.join("logo.png.br").exists());
        fs::remove_dir_all(folder).unwrap();
    }
}
