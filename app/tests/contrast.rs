//! Reads style/tokens.css and holds every pair of text and background to WCAG 2.2 AA, in both themes.

use std::collections::HashMap;

type Colour = [f64; 3];

/// Lightness 0 to 1, chroma, hue in degrees → linear sRGB. Björn Ottosson's OKLab matrices.
fn linear_srgb(lightness: f64, chroma: f64, hue: f64) -> Colour {
    let (a, b) = (chroma * hue.to_radians().cos(), chroma * hue.to_radians().sin());
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    [
        (4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s).clamp(0.0, 1.0),
        (-1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s).clamp(0.0, 1.0),
        (-0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s).clamp(0.0, 1.0),
    ]
}

fn luminance([red, green, blue]: Colour) -> f64 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// `oklch(L C H)`; anything else, transparency included, is not a colour this test can judge.
fn oklch(text: &str) -> Option<Colour> {
    let inside = text.trim().strip_prefix("oklch(")?.strip_suffix(')')?;
    let numbers: Vec<f64> = inside.split_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
    let [lightness, chroma, hue] = numbers[..] else { return None };
    Some(linear_srgb(lightness, chroma, hue))
}

/// Token name → (light, dark), aliases (`var(--x)`) followed.
fn tokens() -> HashMap<String, (Colour, Colour)> {
    let sheet = include_str!("../../style/tokens.css");
    let mut colours = HashMap::new();
    for line in sheet.lines() {
        let Some((name, value)) = line.trim().strip_prefix("--").and_then(|line| line.split_once(": ")) else {
            continue;
        };
        let value = value.trim_end_matches(';');
        if let Some(alias) = value.strip_prefix("var(--").and_then(|alias| alias.strip_suffix(')')) {
            let pair: Option<&(Colour, Colour)> = colours.get(alias);
            let pair = *pair.unwrap_or_else(|| panic!("--{name} stands for --{alias}, which is not a colour above it"));
            colours.insert(name.to_owned(), pair);
        } else if let Some((light, dark)) = value
            .strip_prefix("light-dark(")
            .and_then(|both| both.strip_suffix(')'))
            .and_then(|both| both.split_once("), "))
            && let (Some(light), Some(dark)) = (oklch(&[light, ")"].concat()), oklch(dark))
        {
            colours.insert(name.to_owned(), (light, dark));
        }
    }
    colours
}

/// Each pair of names that is too close, in words.
fn too_close(pairs: impl IntoIterator<Item = (String, String)>, least: f64) -> Vec<String> {
    let colours = tokens();
    let find = |name: &str| *colours.get(name).unwrap_or_else(|| panic!("tokens.css has no colour --{name}"));
    pairs
        .into_iter()
        .flat_map(|(front, back)| {
            let ((front_light, front_dark), (back_light, back_dark)) = (find(&front), find(&back));
            [("light", contrast(front_light, back_light)), ("dark", contrast(front_dark, back_dark))]
                .into_iter()
                .filter(|(_, ratio)| *ratio < least)
                .map(|(theme, ratio)| format!("{theme}: --{front} on --{back} is {ratio:.2}, wants {least}"))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn product(fronts: &[&str], backs: &[&str]) -> Vec<(String, String)> {
    fronts.iter().flat_map(|front| backs.iter().map(|back| ((*front).to_owned(), (*back).to_owned()))).collect()
}

const GROUNDS: [&str; 5] = ["page", "surface", "surface-raised", "neutral-2", "neutral-3"];
const STATUSES: [&str; 5] = ["success", "warning", "danger", "info", "accent"];

#[test]
fn the_measure_itself_is_right() {
    let (white, black) = (linear_srgb(1.0, 0.0, 0.0), linear_srgb(0.0, 0.0, 0.0));
    assert!((contrast(white, black) - 21.0).abs() < 0.01);
    // #767676 is the lightest grey that passes on white: 4.54.
    let grey = 0.181_164_244_f64;
    assert!((contrast(white, [grey; 3]) - 4.54).abs() < 0.01);
}

#[test]
fn text_is_readable_in_both_themes() {
    let mut pairs = product(&["text", "text-muted", "neutral-12"], &GROUNDS);
    pairs.extend(product(&["text-muted", "text"], &["neutral-4", "accent-soft"]));
    pairs.extend(product(&["on-solid"], &["accent-solid", "accent-solid-hover", "danger-solid", "danger-solid-hover"]));
    for status in STATUSES {
        let (text, soft) = (format!("{status}-text"), format!("{status}-soft"));
        pairs.extend(product(&[&text], &GROUNDS));
        pairs.push((text, soft.clone()));
        pairs.push(("text".to_owned(), soft));
    }
    pairs.extend(product(&["unknown-text"], &["unknown-soft", "page", "surface"]));
    assert_eq!(too_close(pairs, 4.5), Vec::<String>::new());
}

#[test]
fn graphics_and_control_outlines_stand_out() {
    let grounds = ["page", "surface", "surface-raised", "neutral-2"];
    let mut pairs = product(&["control-border", "focus", "unknown-border", "unknown-solid"], &grounds);
    for status in STATUSES {
        pairs.extend(product(&[&format!("{status}-solid")], &["page", "surface", "neutral-2"]));
    }
    for series in 1..=5 {
        pairs.extend(product(&[&format!("series-{series}")], &["page", "surface"]));
    }
    assert_eq!(too_close(pairs, 3.0), Vec::<String>::new());
}
