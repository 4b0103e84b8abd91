//! Whether a file is text. The same guess as the `isbinaryfile` package makes, which Backstage asks: it decides which
//! files are rendered.

/// How much of a file is looked at.
const LOOKED_AT: usize = 512;

pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(LOOKED_AT)];
    // Byte order marks of UTF-8, UTF-32 and UTF-16 say text.
    let marks: [&[u8]; 5] =
        [&[0xEF, 0xBB, 0xBF], &[0, 0, 0xFE, 0xFF], &[0xFF, 0xFE, 0, 0], &[0xFE, 0xFF], &[0xFF, 0xFE]];
    if head.is_empty() || marks.iter().any(|mark| head.starts_with(mark)) {
        return false;
    }
    if head.starts_with(b"%PDF-") {
        return true;
    }
    let mut odd = 0;
    let mut i = 0;
    while i < head.len() {
        match head[i] {
            0 => return true,
            7..=14 | 32..=127 => i += 1,
            lead => {
                let width = match lead {
                    0xC0..=0xDF => 2,
                    0xE0..=0xEF => 3,
                    0xF0..=0xF7 => 4,
                    _ => 1,
                };
                let tail = head.get(i + 1..i + width).unwrap_or_default();
                if width > 1 && tail.len() == width - 1 && tail.iter().all(|b| b & 0xC0 == 0x80) {
                    i += width;
                    continue;
                }
                odd += 1;
                i += 1;
                if i > 32 && odd * 100 > head.len() * 10 {
                    return true;
                }
            }
        }
    }
    odd * 100 > head.len() * 10
}
